package io.kmerflow.cli.serving;

import io.kmerflow.cli.base.CommandFailure;
import io.kmerflow.cli.base.ExitCode;
import io.kmerflow.cli.base.Json;
import io.kmerflow.cli.compare.AnnotationSide;
import io.kmerflow.cli.compare.Comparison;
import io.kmerflow.cli.compare.ComparisonJson;
import io.kmerflow.cli.compare.ComparisonText;
import io.kmerflow.cli.compare.ModelFilter;
import io.kmerflow.cli.topic.TopicReader;
import io.kmerflow.schema.ReadAnnotation;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Two models' annotations of the same reads. */
@Command(
        name = "diff",
        description = {
            "Compares what two models, or two settings of one, call the same reads.",
            "Prints a matrix of the calls of both, the most frequent changes with examples, and the share of reads with the same call"
                    + " of each sample. Reads are matched by run, name and mate; of several annotations of a read the newest counts,"
                    + " in a file the last. A side is a file of 'annotate', JSON Lines or TSV, plain or compressed, or - for"
                    + " standard input, or topic:NAME with --bootstrap-servers. Lines and records that are no annotation are left"
                    + " out and reported; the exit code is then 3."
        },
        footer = {
            "kmerflow diff old.jsonl new.jsonl",
            "kmerflow diff topic:annotations topic:annotations --model-a 3.0 --model-b 4.0 --bootstrap-servers localhost:9092"
        },
        mixinStandardHelpOptions = true)
public final class DiffCommand implements Callable<Integer> {
    private static final String TOPIC = "topic:";
    private static final String STANDARD_INPUT = "-";
    private static final int SHOWN_PROBLEMS = 5;

    @Spec
    private CommandSpec spec;

    @Parameters(index = "0", paramLabel = "A", description = "Annotations of the one: a file, - or topic:NAME.")
    private String a;

    @Parameters(index = "1", paramLabel = "B", description = "Annotations of the other.")
    private String b;

    @Option(
            names = "--model-a",
            paramLabel = "MODEL",
            description =
                    "Take annotations of that model alone for A: its version, name and version, or 6 digits or more of its"
                            + " digest (default: any).")
    private String modelA;

    @Option(names = "--model-b", paramLabel = "MODEL", description = "The same for B (default: any).")
    private String modelB;

    @Option(
            names = "--examples",
            paramLabel = "N",
            defaultValue = "2",
            description =
                    "Reads to name of each pair of different calls, drawn by their hash (default: ${DEFAULT-VALUE}).")
    private int examples;

    @Option(names = "--json", description = "Print one JSON object, with the matrix of every sample.")
    private boolean json;

    @Mixin
    private final KafkaConnectionOptions kafka = KafkaConnectionOptions.optional();

    @Mixin
    private RegistryOptions registry;

    private long problems;

    @Override
    public Integer call() throws IOException {
        check();
        Path scratch = ScratchFolder.create(Path.of(System.getProperty("java.io.tmpdir")), () -> {});
        AnnotationSide one = read(a, modelA, scratch.resolve("a"));
        AnnotationSide other = read(b, modelB, scratch.resolve("b"));
        Comparison comparison = one.compare(other, examples);
        if (comparison.all().reads() == 0) {
            throw new CommandFailure(String.format(
                    Locale.ROOT,
                    "Expected reads that both sides annotated, got %,d annotations of %s and %,d of %s with none in common",
                    one.annotations(),
                    a,
                    other.annotations(),
                    b));
        }
        PrintWriter out = spec.commandLine().getOut();
        if (json) {
            out.println(Json.MAPPER
                    .writerWithDefaultPrettyPrinter()
                    .writeValueAsString(ComparisonJson.of(one, other, comparison)));
            out.flush();
        } else {
            new ComparisonText(out).print(one, other, comparison);
        }
        return problems == 0 ? ExitCode.FINE : ExitCode.REJECTED;
    }

    private void check() {
        if (examples < 0) {
            throw usage(String.format(Locale.ROOT, "Expected --examples of 0 or more, got %d", examples));
        }
        if (a.equals(STANDARD_INPUT) && b.equals(STANDARD_INPUT)) {
            throw usage("Expected one side at most from standard input, got both");
        }
        if (a.equals(b) && (modelA == null || modelB == null || modelA.equals(modelB))) {
            throw usage(String.format(
                    Locale.ROOT, "Expected two sides, or two models of one (--model-a, --model-b), got %s twice", a));
        }
        if ((a.startsWith(TOPIC) || b.startsWith(TOPIC)) && kafka.bootstrapServers() == null) {
            throw usage("Expected --bootstrap-servers with a topic, got none");
        }
    }

    private ParameterException usage(String sentence) {
        return new ParameterException(spec.commandLine(), sentence);
    }

    private AnnotationSide read(String from, String model, Path folder) throws IOException {
        AnnotationSide side = new AnnotationSide(from, new ModelFilter(model), folder, this::leaveOut);
        if (from.startsWith(TOPIC)) {
            side.readTopic(() -> topic(from.substring(TOPIC.length())));
        } else {
            file(side, from);
        }
        return side;
    }

    private static void file(AnnotationSide side, String path) throws IOException {
        try {
            side.readFile(path);
        } catch (NoSuchFileException e) {
            throw new CommandFailure(
                    String.format(Locale.ROOT, "Expected a file of annotations at %s, there is none", path), e);
        }
    }

    private TopicReader<ReadAnnotation> topic(String name) {
        return new TopicReader<>(
                kafka.bootstrapServers(),
                kafka.properties(),
                name,
                ReadAnnotation.class,
                registry.format(),
                TopicReader.Start.BEGINNING,
                notice -> {});
    }

    private void leaveOut(String place, String message) {
        problems++;
        if (problems <= SHOWN_PROBLEMS) {
            PrintWriter err = spec.commandLine().getErr();
            err.printf(
                    Locale.ROOT,
                    "kmerflow: left out %s: %s%s%n",
                    place,
                    message,
                    problems == SHOWN_PROBLEMS ? "; further ones are counted" : "");
            err.flush();
        }
    }
}
