package io.kmerflow.cli.serving;

import io.kmerflow.cli.base.ExitCode;
import io.kmerflow.corpus.label.LabelFile;
import io.kmerflow.corpus.label.LabelFormat;
import io.kmerflow.corpus.label.LabelSettings;
import io.kmerflow.corpus.label.ReferenceLabels;
import io.kmerflow.job.JobConfig;
import io.kmerflow.job.kafka.DeliveryPreflight;
import io.kmerflow.job.kafka.KafkaConfig;
import io.kmerflow.job.kafka.LabelTopic;
import io.kmerflow.schema.DeadLetter;
import io.kmerflow.sequence.PrintableText;
import io.kmerflow.sequence.file.SequenceFiles;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Collectors;
import org.apache.flink.configuration.Configuration;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Labels of reads onto their topic. */
@Command(
        name = "label",
        description = {
            "Writes labels of reads to the labels topic; lines that cannot be read go to the dead-letters topic.",
            "A table (.tsv, with a header) or JSON Lines (.jsonl) has read_id and label, and may have run_id, mate, "
                    + "ontology_id, source, revision and confidence. Of alignments (.sam, .paf) the primary one of each read "
                    + "gives the label: the reference's name, or what --references says of it. The last word of each source "
                    + "on a read counts."
        },
        footer = {
            "kmerflow label --bootstrap-servers localhost:9092 --input labels.tsv --source curator",
            "kmerflow label --bootstrap-servers localhost:9092 --input run.paf.gz --source minimap2 --references taxa.tsv --min-mapq 30"
        },
        mixinStandardHelpOptions = true)
public final class LabelCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    @Option(
            names = {"-i", "--input"},
            required = true,
            paramLabel = "FILE",
            description = "File of labels, plain or .gz, or - for standard input.")
    private String input;

    @Option(
            names = "--format",
            paramLabel = "FORMAT",
            description = "tsv, jsonl, sam or paf (default: by the file's name).")
    private LabelFormat format;

    @Option(
            names = "--source",
            required = true,
            paramLabel = "TEXT",
            description = "Who or what gives the labels, where a line does not say.")
    private String source;

    @Option(
            names = "--run-id",
            paramLabel = "ID",
            description = "Run of reads whose line names none and whose name does not tell it.")
    private String runId;

    @Option(
            names = "--references",
            paramLabel = "FILE",
            description =
                    "Labels of references: lines of reference, label and, where there is one, ontology id, separated by tabs.")
    private Path references;

    @Option(
            names = "--min-mapq",
            paramLabel = "N",
            defaultValue = "0",
            description =
                    "Alignments with a lower mapping quality give no label, 0 to 255 (default: ${DEFAULT-VALUE}).")
    private int minMappingQuality;

    @Option(
            names = "--mate-suffix",
            description = "Names end in /1 or /2 for mates, as minimap2 writes them for pairs.")
    private boolean mateSuffix;

    @Option(
            names = "--revision",
            paramLabel = "N",
            description =
                    "Revision of the labels, which rises with every word of a source on a read (default: the time,"
                            + " in milliseconds).")
    private Long revision;

    @Mixin
    private KafkaConnectionOptions kafka;

    @Mixin
    private LabelsTopicOption labelsTopic;

    @Mixin
    private TopicOptions topics;

    @Override
    public Integer call() throws IOException {
        LabelFile file = file();
        KafkaConfig config = config();
        DeliveryPreflight preflight = new DeliveryPreflight(config, Duration.ZERO);
        preflight.check(List.of(), List.of(config.deadLettersTopic()));
        preflight.checkLabelsTopic(labelsTopic.labels(), true);
        LabelFile.Counts counts;
        AtomicReference<DeadLetter> first = new AtomicReference<>();
        try (LabelTopic topic = new LabelTopic(config, labelsTopic.labels())) {
            counts = file.read(topic::send, letter -> {
                first.compareAndSet(null, letter);
                topic.send(letter);
            });
            topic.flush();
        } catch (IllegalArgumentException e) {
            throw new ParameterException(spec.commandLine(), e.getMessage(), e);
        }
        print(counts);
        if (first.get() != null) {
            FirstDeadLetter.print(first.get(), spec.commandLine().getErr());
        }
        return counts.deadLetters() > 0 ? ExitCode.DEAD_LETTERS : ExitCode.FINE;
    }

    private LabelFile file() {
        try {
            LabelFormat read = format == null ? LabelFormat.of(input) : format;
            requireFile();
            if (!read.isAlignments() && (references != null || minMappingQuality > 0)) {
                throw new IllegalArgumentException(String.format(
                        Locale.ROOT,
                        "Expected --references and --min-mapq with alignments (.sam, .paf), got them with %s",
                        read.name().toLowerCase(Locale.ROOT)));
            }
            Instant now = Instant.now();
            LabelSettings settings = new LabelSettings(
                    source,
                    runId,
                    references == null ? null : ReferenceLabels.read(references),
                    minMappingQuality,
                    mateSuffix,
                    revision == null ? now.toEpochMilli() : revision,
                    now);
            return new LabelFile(input, read, settings);
        } catch (IllegalArgumentException e) {
            throw new ParameterException(spec.commandLine(), e.getMessage(), e);
        }
    }

    /** Before topics are made for what is not there. */
    private void requireFile() {
        if (input.equals(SequenceFiles.STANDARD_INPUT)) {
            return;
        }
        Path file = Path.of(input);
        if (Files.isDirectory(file) || !Files.isReadable(file)) {
            throw new IllegalArgumentException(String.format(
                    Locale.ROOT,
                    Files.exists(file)
                            ? "Expected a readable file of labels, got %s"
                            : "Expected a file of labels, there is none at %s",
                    file));
        }
    }

    private KafkaConfig config() {
        Configuration options = new Configuration();
        kafka.addTo(options);
        topics.addTo(options);
        return JobConfig.from(options).requireKafka();
    }

    private void print(LabelFile.Counts counts) {
        PrintWriter err = spec.commandLine().getErr();
        err.printf(
                Locale.ROOT,
                "%,d labels onto topic %s, %,d dead letters%s%s%n",
                counts.labels(),
                labelsTopic.labels(),
                counts.deadLetters(),
                counts.replaced() == 0
                        ? ""
                        : String.format(
                                Locale.ROOT, ", %,d labels replace another one of an earlier line", counts.replaced()),
                counts.passed().entrySet().stream()
                        .map(passed -> String.format(Locale.ROOT, ", %,d %s", passed.getValue(), passed.getKey()))
                        .map(PrintableText::escape)
                        .collect(Collectors.joining()));
        err.flush();
    }
}
