package io.kmerflow.cli.retrain;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.module.SimpleModule;
import com.fasterxml.jackson.databind.ser.std.ToStringSerializer;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import io.kmerflow.bundle.ModelBundle;
import io.kmerflow.cli.base.CommandFailure;
import io.kmerflow.cli.base.ExitCode;
import io.kmerflow.cli.base.Home;
import io.kmerflow.cli.serving.LocalFlink;
import io.kmerflow.job.JobConfig;
import io.kmerflow.job.JobOptions;
import io.kmerflow.job.ReadScoringJob;
import io.kmerflow.job.kafka.DeliveryPreflight;
import io.kmerflow.kafka.EmbeddedKafka;
import io.kmerflow.pretraining.settings.SettingsTree;
import io.kmerflow.sequence.PrintableText;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.core.execution.JobClient;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The closed loop on one machine: broker, job, drift, labels, retraining, change under load. */
@Command(
        name = "loop-demo",
        description = {
            "Runs the closed loop once on this machine: a job serves a model that knows five organisms, a sixth arrives,"
                    + " labels arrive, 'retrain' makes the next model, and the job changes to it under load.",
            "Kafka and Flink run in this process, training in separate processes. The reads are the samples that are shipped,"
                    + " or a table of your own. Takes 10 to 25 minutes on two cores."
        },
        footer = {"kmerflow loop-demo", "kmerflow loop-demo --bad-labels", "kmerflow loop-demo --bad-live"},
        mixinStandardHelpOptions = true)
public final class LoopDemoCommand implements Callable<Integer> {
    private static final Duration ANNOTATED = Duration.ofMinutes(5);
    private static final int ATTEMPTS = 3;
    private static final int DRIFT_WINDOW = 250;
    private static final double NEW_RECALL = 0.85;
    private static final ObjectMapper YAML = new ObjectMapper(new YAMLFactory())
            .registerModule(new SimpleModule().addSerializer(Path.class, new ToStringSerializer()));

    @Spec
    private CommandSpec spec;

    @Option(
            names = "--out",
            paramLabel = "DIR",
            defaultValue = "loop-demo",
            description = "Folder of both models and the report, new or empty (default: ${DEFAULT-VALUE}).")
    private Path out;

    @Option(
            names = "--data",
            paramLabel = "FILE",
            description =
                    "Labelled reads, a table with columns sequence and label, 200 or more of each of 4 labels or more"
                            + " (default: samples/loop.tsv.gz).")
    private Path data;

    @Option(
            names = "--new",
            paramLabel = "LABEL",
            defaultValue = "Helicobacter pylori",
            description = "The label that the first model does not know (default: ${DEFAULT-VALUE}).")
    private String newLabel;

    @Option(
            names = "--background",
            paramLabel = "LABEL",
            defaultValue = "other",
            description = "The label of all other organisms (default: ${DEFAULT-VALUE}).")
    private String background;

    @Option(
            names = "--rate",
            paramLabel = "READS",
            defaultValue = "60",
            description = "Reads a second while the new model is compared and serves (default: ${DEFAULT-VALUE}).")
    private int rate;

    @Option(
            names = "--epochs",
            paramLabel = "N",
            defaultValue = "4",
            description = "Passes over the reads (default: ${DEFAULT-VALUE}).")
    private int epochs;

    @Option(
            names = "--bad-labels",
            description = "The labels that arrive are wrong: the gate has to refuse, and the first model stays active.")
    private boolean badLabels;

    @Option(
            names = "--bad-live",
            description = "After the change the reads are of unknown organisms: the guard has to go back by itself.")
    private boolean badLive;

    private final long startNanos = System.nanoTime();
    private volatile boolean feeding = true;
    private volatile RuntimeException feedFailure;

    @Override
    public Integer call() throws Exception {
        if (badLabels && badLive) {
            throw new ParameterException(spec.commandLine(), "Expected --bad-labels or --bad-live, got both");
        }
        DemoData reads = data();
        Files.createDirectories(out);
        out = out.toAbsolutePath().normalize();
        Path first = firstModel(reads);
        say(
                "starting Kafka and Flink with the model of %d labels ...",
                reads.knownLabels().size());
        try (EmbeddedKafka kafka = EmbeddedKafka.start()) {
            Configuration options = options(kafka.bootstrapServers(), first);
            JobConfig job = JobConfig.from(options);
            DeliveryPreflight preflight = new DeliveryPreflight(job.requireKafka(), Duration.ZERO);
            preflight.checkLabelsTopic("labels", true);
            StreamExecutionEnvironment flink = LocalFlink.environment(1);
            ReadScoringJob.build(flink, job, job.requireModel());
            JobClient client = flink.executeAsync("kmerflow loop-demo");
            try (DemoStream stream = new DemoStream(kafka.bootstrapServers())) {
                return loop(reads, first, kafka.bootstrapServers(), stream);
            } finally {
                client.cancel().get();
            }
        }
    }

    private DemoData data() throws IOException {
        if (Files.exists(out)) {
            try (Stream<Path> files = Files.list(out)) {
                if (files.findAny().isPresent()) {
                    throw new ParameterException(
                            spec.commandLine(), "Expected a new or empty folder for --out, got " + out);
                }
            }
        }
        try {
            return DemoData.read(data == null ? Home.samples().resolve("loop.tsv.gz") : data, newLabel, background);
        } catch (IllegalArgumentException e) {
            throw new ParameterException(spec.commandLine(), e.getMessage(), e);
        }
    }

    private Path firstModel(DemoData reads) throws IOException, InterruptedException {
        Path table = DemoData.table(reads.training(), out.resolve("training.tsv"));
        DemoData.table(reads.suite(), out.resolve("suite.tsv"));
        DemoData.fasta(
                reads.suite().stream()
                        .filter(row -> row.label().equals(background))
                        .toList(),
                out.resolve("unknown.fasta"));
        DemoData.fasta(reads.suite(), out.resolve("profile.fasta")); // of reads it was trained on a model is too sure
        List<Map<String, Object>> labels = new ArrayList<>();
        reads.knownLabels().forEach(label -> labels.add(Map.of("name", label, "background", label.equals(background))));
        Map<String, Object> config = new LinkedHashMap<>();
        config.put(
                "model",
                Map.of("k", 6, "hidden", 64, "layers", 1, "heads", 2, "feedForward", 128, "maxPositions", 224));
        config.put("labels", labels);
        config.put("wide", true);
        config.put("window", Map.of("bases", 200, "minReadBases", 50, "strand", "CANONICAL"));
        config.put("csv", Map.of("train", table.toString(), "epochs", epochs));
        config.put("training", training());
        Path file = out.resolve("first.yaml");
        YAML.writeValue(file.toFile(), config);
        say(
                "training a model of %s (%,d reads) ...",
                String.join(", ", reads.knownLabels()), reads.training().size());
        child(
                "finetune",
                "--config",
                file.toString(),
                "--out",
                out.resolve("first-run").toString());
        Path bundle = out.resolve("first");
        child(
                "export",
                "--checkpoint",
                out.resolve("first-run").resolve("model").toString(),
                "--name",
                "loop",
                "--model-version",
                "1",
                "--profile-reads",
                out.resolve("profile.fasta").toString(),
                "--out",
                bundle.toString());
        return bundle;
    }

    private static Map<String, Object> training() {
        return Map.of(
                "batchSize",
                32,
                "learningRate",
                1.5e-3,
                "warmUpSteps",
                50,
                "evaluateEvery",
                100,
                "checkpointEvery",
                100);
    }

    private void child(String... arguments) throws IOException, InterruptedException {
        CommandProcess.run(List.of(arguments), out.resolve(arguments[0] + ".log"), line -> {});
    }

    /** Of a job that takes part in the loop. */
    static Configuration options(String servers, Path bundle) {
        Configuration options = new Configuration();
        options.set(JobOptions.KAFKA_BOOTSTRAP_SERVERS, servers);
        options.set(JobOptions.KAFKA_CREATE_TOPICS, true);
        options.set(JobOptions.KAFKA_NEW_TOPIC_PARTITIONS, 1);
        options.set(JobOptions.KAFKA_MODELS_TOPIC, "models");
        options.set(JobOptions.KAFKA_DRIFT_TOPIC, "drift");
        options.set(JobOptions.DRIFT_WINDOW_READS, DRIFT_WINDOW);
        options.set(JobOptions.MODEL_BUNDLE, bundle.toString());
        options.set(JobOptions.MODEL_DEVICE, "cpu");
        options.set(JobOptions.CHECKPOINT_INTERVAL, Duration.ofSeconds(2));
        return options;
    }

    private int loop(DemoData reads, Path first, String servers, DemoStream stream) throws Exception {
        ModelBundle old = ModelBundle.read(first);
        int calm = feed(stream, reads.calm(), null);
        stream.awaitAnnotated(ANNOTATED);
        long[] before = awaitDrift(stream, calm / DRIFT_WINDOW);
        say(
                "%,d reads of what it knows: %.1f %% other, %d drift reports, %d over a threshold",
                calm, 100 * stream.seen(null, 1, calm).otherShare(), before[0], before[1]);
        List<String> names = new ArrayList<>();
        List<DemoData.Row> outbreak = reads.outbreak();
        feed(stream, outbreak, names);
        stream.awaitAnnotated(ANNOTATED);
        int known = stream.sent();
        long[] after = awaitDrift(stream, known / DRIFT_WINDOW);
        DemoStream.Seen seen = stream.seen(null, calm + 1, known);
        say(
                "%s arrives: %.1f %% not called (%.1f %% other), %d drift reports, %d over a threshold %s",
                newLabel,
                100 * seen.uncalledShare(),
                100 * seen.otherShare(),
                after[0] - before[0],
                after[1] - before[1],
                stream.exceeded(before[0]));
        int labelled = label(stream, reads, outbreak, names);
        say("%,d labels arrive%s", labelled, badLabels ? ", most of them wrong" : "");

        Thread feeder = new Thread(() -> feedUntilStopped(stream, reads, old.digest()), "loop-demo-feeder");
        feeder.setDaemon(true);
        feeder.start();
        String refusal = null;
        try {
            retrain(first, servers);
        } catch (RefusedException e) {
            refusal = e.getMessage();
            say("%s", refusal);
        } finally {
            feeding = false;
            feeder.join();
        }
        if (feedFailure != null) {
            throw feedFailure;
        }
        stream.awaitAnnotated(ANNOTATED);
        return judge(stream, old.digest(), known, refusal);
    }

    private int feed(DemoStream stream, List<DemoData.Row> rows, List<String> names) {
        for (DemoData.Row row : rows) {
            String name = stream.send(row);
            if (names != null) {
                names.add(name);
            }
        }
        return stream.sent();
    }

    /** Reports come a moment after the annotation that fills their window. */
    private static long[] awaitDrift(DemoStream stream, int expected) {
        long deadline = System.nanoTime() + Duration.ofSeconds(20).toNanos();
        while (stream.drift()[0] < expected && System.nanoTime() < deadline) {
            LockSupport.parkNanos(Duration.ofMillis(100).toNanos());
        }
        return stream.drift();
    }

    /** Half of the reads of what is known are labelled by a program, all of the new ones by a person. */
    private int label(DemoStream stream, DemoData reads, List<DemoData.Row> rows, List<String> names) {
        List<String> all = new ArrayList<>(reads.knownLabels());
        all.add(newLabel);
        int labelled = 0;
        for (int i = 0; i < rows.size(); i++) {
            String truth = rows.get(i).label();
            boolean isNew = truth.equals(newLabel);
            if (!isNew && i % 2 == 1) {
                continue;
            }
            boolean wrong = badLabels && i % 4 != 0;
            String said = wrong ? all.get((all.indexOf(truth) + 1 + i % 3) % all.size()) : truth;
            stream.label(names.get(i), said, isNew ? "curator" : "aligner");
            labelled++;
        }
        return labelled;
    }

    /** The stream continues at its rate; with --bad-live it changes as soon as the new model annotates. */
    private void feedUntilStopped(DemoStream stream, DemoData reads, String oldDigest) {
        try {
            List<DemoData.Row> usual = reads.later();
            List<DemoData.Row> strange = reads.strange();
            long next = System.nanoTime();
            for (int i = 0; feeding; i++) {
                boolean turned = badLive
                        && i % 10 != 0
                        && stream.models().keySet().stream().anyMatch(d -> !d.equals(oldDigest));
                List<DemoData.Row> rows = turned ? strange : usual;
                stream.send(rows.get(i % rows.size()));
                next += 1_000_000_000L / rate;
                LockSupport.parkNanos(next - System.nanoTime());
            }
        } catch (RuntimeException e) {
            feedFailure = e;
        }
    }

    private void retrain(Path first, String servers) throws Exception {
        Map<String, Object> config = new LinkedHashMap<>();
        config.put("parent", first.toString());
        config.put("version", "2");
        config.put("kafka", Map.of("bootstrapServers", servers));
        config.put("snapshot", Map.of("labelled", true));
        config.put("labels", List.of(Map.of("name", newLabel)));
        config.put("replay", List.of(Map.of("data", out.resolve("training.tsv").toString())));
        config.put("finetuning", Map.of("epochs", epochs, "training", training()));
        config.put(
                "evaluation",
                Map.of(
                        "suite", out.resolve("suite.tsv").toString(),
                        "unknown", out.resolve("unknown.fasta").toString()));
        config.put(
                "gate",
                Map.of(
                        "minNewRecall",
                        NEW_RECALL,
                        "maxOldLoss",
                        0.01,
                        "maxUnknownCalls",
                        0.5,
                        "maxLatencyRatio",
                        5.0)); // beside training and serving a time swings
        config.put("export", Map.of("int8", false));
        // Many reads of the new organism are called something known by the first model; on those the second must not
        // agree.
        config.put("shadow", Map.of("share", 1.0, "reads", 600, "minAgreement", 0.4));
        config.put("guard", Map.of("reads", 600, "waitSeconds", 300, "maxDriftShare", 1.0));
        Path file = out.resolve("retrain.yaml");
        YAML.writeValue(file.toFile(), config);
        RetrainConfig read = SettingsTree.read(file, RetrainConfig.class);
        RetrainRun run = new RetrainRun(read, out, out.resolve("retrain"), line -> say("  %s", line), line -> {});
        for (int attempt = 1; ; attempt++) {
            try {
                run.run(attempt > 1);
                return;
            } catch (RefusedException e) {
                throw e;
            } catch (CommandFailure e) { // a busy machine may be too slow for a client's time-out
                if (attempt == ATTEMPTS) {
                    throw e;
                }
                say("  %s; going on with --resume", e.getMessage());
            }
        }
    }

    private int judge(DemoStream stream, String oldDigest, int known, String refusal) throws IOException {
        String newDigest = stream.models().keySet().stream()
                .filter(digest -> !digest.equals(oldDigest))
                .findFirst()
                .orElse(null);
        table("first model", stream.seen(oldDigest, 1, stream.sent()));
        if (newDigest != null) {
            table("second model", stream.seen(newDigest, 1, stream.sent()));
        }
        long lost = stream.sent() - stream.annotated();
        say(
                "%,d reads sent, %,d annotated: %d lost, %d twice",
                stream.sent(), stream.annotated(), lost, stream.duplicates());
        say("report: %s", out.resolve("retrain").resolve("report.html"));
        say("%.1f minutes", (System.nanoTime() - startNanos) / 60e9);
        if (lost != 0 || stream.duplicates() != 0) {
            throw new CommandFailure("Expected every read once, see above");
        }
        if (badLabels || badLive) {
            if (refusal == null) {
                throw new CommandFailure("Expected the model to be refused, it serves");
            }
            if (badLive && newDigest == null) {
                throw new CommandFailure(
                        "Expected the guard to go back from the second model, which never served: " + refusal);
            }
            if (badLabels && newDigest != null) {
                throw new CommandFailure("Expected the first model alone to have served");
            }
            say(
                    badLabels
                            ? "as expected: the gate refused, the first model serves"
                            : "as expected: the guard went back by itself");
            return ExitCode.FINE;
        }
        if (refusal != null) {
            throw new CommandFailure(refusal);
        }
        return ExitCode.FINE;
    }

    private void table(String title, DemoStream.Seen seen) {
        say("%s, live:", title);
        seen.byTruth()
                .forEach((truth, counts) -> say(
                        "  %-28s %,6d reads, %5.1f %% called right, %5.1f %% called wrong, %5.1f %% not called",
                        truth,
                        counts[0],
                        100.0 * counts[1] / counts[0],
                        100.0 * counts[2] / counts[0],
                        100.0 * (counts[0] - counts[1] - counts[2]) / counts[0]));
    }

    private void say(String format, Object... values) {
        PrintWriter writer = spec.commandLine().getOut();
        writer.println(PrintableText.escape(String.format(Locale.ROOT, format, values)));
        writer.flush();
    }
}
