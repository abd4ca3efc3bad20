package io.kmerflow.cli.doctor;

import ai.djl.engine.Engine;
import ai.onnxruntime.OrtEnvironment;
import io.kmerflow.bundle.ModelBundle;
import io.kmerflow.cli.base.Brokers;
import io.kmerflow.cli.base.BundlePlace;
import io.kmerflow.cli.base.ErrorMessage;
import io.kmerflow.cli.base.ExitCode;
import io.kmerflow.cli.base.Home;
import io.kmerflow.cli.base.Json;
import io.kmerflow.job.kafka.ClientProperties;
import io.kmerflow.scoring.GoldenCheck;
import io.kmerflow.scoring.OnnxWindowScorer;
import io.kmerflow.scoring.ScoringDevice;
import io.kmerflow.scoring.ScoringOptions;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** What this machine has and lacks. */
@Command(
        name = "doctor",
        description = {
            "Reports what this machine has and what is missing: Java, memory, GPU, native libraries, " + "model, Kafka."
        },
        footer = "kmerflow doctor --bootstrap-servers localhost:9092",
        mixinStandardHelpOptions = true)
public final class DoctorCommand implements Callable<Integer> {
    private static final Duration KAFKA_TIMEOUT = Duration.ofSeconds(5);

    @Spec
    private CommandSpec spec;

    @Option(
            names = "--model",
            paramLabel = "BUNDLE",
            description = BundlePlace.DESCRIPTION + ", to check (default: the bundled model).")
    private BundlePlace model;

    @Option(names = "--bootstrap-servers", paramLabel = "HOST:PORT", description = "Kafka to reach (default: none).")
    private String bootstrapServers;

    @Option(
            names = "--client-properties",
            paramLabel = "FILE",
            description = "Properties of the Kafka client, for example for security (docs/secured-kafka.md).")
    private String clientProperties;

    @Option(names = "--training", description = "Also load PyTorch, which takes some seconds and 1 GB of memory.")
    private boolean training;

    @Option(
            names = "--speed",
            description =
                    "Also measure, for a minute, how many bases per second the job annotates on this machine's CPU, and"
                            + " say which sequencers that covers; 'bench keep-up' shows it.")
    private boolean speed;

    @Option(names = "--json", description = "Print one JSON object.")
    private boolean json;

    private record Finding(boolean fine, String text) {}

    private interface Check {
        String run() throws Exception;
    }

    private final Map<String, Finding> findings = new LinkedHashMap<>();

    @Override
    public Integer call() throws Exception {
        check("java", () -> System.getProperty("java.version") + ", " + System.getProperty("java.vm.name"));
        check("cpu", () -> Runtime.getRuntime().availableProcessors() + " cores");
        check("memory", DoctorCommand::memory);
        check("onnxruntime", DoctorCommand::onnxRuntime);
        note("gpu", gpu());
        check("model", this::modelCheck);
        if (training) {
            check("pytorch", () -> {
                Engine engine = Engine.getEngine("PyTorch");
                return String.format(Locale.ROOT, "%s, %d GPUs to train on", engine.getVersion(), engine.getGpuCount());
            });
        }
        if (bootstrapServers != null) {
            check("kafka", this::kafka);
        }
        if (speed) {
            check("long reads", () -> SpeedCheck.of(bundle(), true, SpeedCheck.MEASURED));
            check("short reads", () -> SpeedCheck.of(bundle(), false, SpeedCheck.MEASURED));
        }
        print();
        return findings.values().stream().allMatch(Finding::fine) ? ExitCode.FINE : ExitCode.FAILED;
    }

    private void check(String name, Check check) {
        try {
            findings.put(name, new Finding(true, check.run()));
        } catch (Exception | LinkageError e) {
            findings.put(name, new Finding(false, ErrorMessage.of(e)));
        }
    }

    private void note(String name, String text) {
        findings.put(name, new Finding(true, text));
    }

    private static String memory() {
        long machine = ((com.sun.management.OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean())
                .getTotalMemorySize();
        return String.format(
                Locale.ROOT,
                "%.1f GiB in the machine, %.1f GiB heap at most",
                machine / (double) (1L << 30),
                Runtime.getRuntime().maxMemory() / (double) (1L << 30));
    }

    private static String onnxRuntime() {
        Engine.getEngine("OnnxRuntime"); // before any OrtEnvironment of our own
        return OrtEnvironment.getEnvironment().getVersion();
    }

    private static String gpu() {
        String missing = ScoringDevice.missingForGpu(0);
        return missing == null ? "usable for scoring" : "not used: " + missing;
    }

    private Path bundle() {
        return model == null ? Home.defaultModel() : model.local();
    }

    private String modelCheck() {
        ModelBundle bundle = ModelBundle.read(bundle());
        try (OnnxWindowScorer scorer = new OnnxWindowScorer(bundle.modelFile(), ScoringOptions.cpu(1))) {
            float worst = GoldenCheck.require(bundle, scorer);
            return String.format(
                    Locale.ROOT,
                    "%s %s, %d labels, golden logits within %.1e",
                    bundle.name(),
                    bundle.version(),
                    bundle.contract().labels().size(),
                    worst);
        }
    }

    private String kafka() throws InterruptedException {
        int brokers = Brokers.count(bootstrapServers, ClientProperties.of(clientProperties, Map.of()), KAFKA_TIMEOUT);
        return String.format(Locale.ROOT, "%d brokers at %s", brokers, bootstrapServers);
    }

    private void print() throws Exception {
        if (json) {
            List<Map<String, Object>> rows = new ArrayList<>();
            findings.forEach(
                    (name, finding) -> rows.add(Map.of("check", name, "fine", finding.fine(), "says", finding.text())));
            spec.commandLine().getOut().println(Json.MAPPER.writeValueAsString(Map.of("checks", rows)));
            return;
        }
        findings.forEach((name, finding) -> spec.commandLine()
                .getOut()
                .printf(Locale.ROOT, "%-5s %-12s %s%n", finding.fine() ? "ok" : "LACKS", name, finding.text()));
    }
}
