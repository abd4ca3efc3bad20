package io.kmerflow.cli.serving;

import io.kmerflow.job.JobConfig;
import io.kmerflow.job.JobOptions;
import io.kmerflow.job.ReadScoringJob;
import io.kmerflow.job.kafka.KafkaConfig;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.connector.base.DeliveryGuarantee;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.util.FileUtils;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** The annotation job against a real Kafka, on Flink in this process. */
@Command(
        name = "serve",
        description = {
            "Runs the annotation job: reads topic to annotations topic, until it is stopped.",
            "Flink runs in this process; for a cluster submit the job's jar with Flink's own client."
        },
        mixinStandardHelpOptions = true)
public final class ServeCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    @Mixin
    private KafkaOptions kafka;

    @Mixin
    private ModelOptions model;

    @Option(
            names = "--group-id",
            defaultValue = "kmerflow",
            description = "Consumer group (default: ${DEFAULT-VALUE}).")
    private String groupId;

    @Option(
            names = "--start",
            defaultValue = "COMMITTED",
            description = "Where to begin: ${COMPLETION-CANDIDATES}; committed is the group's offset, else the earliest"
                    + " (default: ${DEFAULT-VALUE}).")
    private KafkaConfig.Start start;

    @Option(names = "--bounded", description = "Stop at the offsets that are the last now.")
    private boolean bounded;

    @Option(
            names = "--delivery",
            defaultValue = "at-least-once",
            description = "at-least-once (lowest latency; a restart may repeat annotations under the same ids) or"
                    + " exactly-once (annotations appear with each checkpoint) (default: ${DEFAULT-VALUE}).")
    private String delivery;

    @Option(
            names = "--checkpoint-interval",
            paramLabel = "SECONDS",
            defaultValue = "10",
            description = "Seconds between checkpoints (default: ${DEFAULT-VALUE}).")
    private int checkpointSeconds;

    @Option(
            names = "--transaction-timeout",
            paramLabel = "SECONDS",
            defaultValue = "300",
            description = "Seconds a broker keeps an open transaction, for exactly-once (default: ${DEFAULT-VALUE}).")
    private int transactionSeconds;

    @Option(
            names = "--parallelism",
            paramLabel = "N",
            defaultValue = "1",
            description = "Subtasks of the job; they share one loaded model (default: ${DEFAULT-VALUE}).")
    private int parallelism;

    @Option(
            names = "--route",
            paramLabel = "SAMPLE=DIR",
            description = "Score the reads of that sample, or of that barcode where they name no such sample, with that"
                    + " bundle; repeat for each (default: all reads go to --model).")
    private Map<String, String> routes = Map.of();

    @Option(
            names = "--models-topic",
            paramLabel = "TOPIC",
            description = "Follow model announcements on this topic, for example models; see 'publish'"
                    + " (default: none, the model never changes).")
    private String modelsTopic;

    @Option(
            names = "--model-events-topic",
            paramLabel = "TOPIC",
            defaultValue = "model-events",
            description = "Topic of what came of announcements (default: ${DEFAULT-VALUE}).")
    private String modelEventsTopic;

    @Option(
            names = "--prepare-timeout",
            paramLabel = "SECONDS",
            defaultValue = "120",
            description = "Longest wait until every subtask has loaded an announced model, in seconds"
                    + " (default: ${DEFAULT-VALUE}).")
    private int prepareSeconds;

    @Option(
            names = "--metrics-port",
            paramLabel = "PORT|RANGE",
            description = "Answer Prometheus at http://HOST:PORT/metrics, on the first free port of a range such as"
                    + " 9249-9259 (default: none).")
    private String metricsPorts;

    @Override
    public Integer call() throws Exception {
        DeliveryGuarantee guarantee = deliveryGuarantee();
        MetricsPort metricsPort = metricsPort();
        Configuration options = new Configuration();
        kafka.addTo(options);
        model.addTo(options);
        options.set(JobOptions.KAFKA_GROUP_ID, groupId);
        options.set(JobOptions.KAFKA_START, start);
        options.set(JobOptions.KAFKA_BOUNDED, bounded);
        options.set(JobOptions.KAFKA_DELIVERY, guarantee);
        options.set(JobOptions.KAFKA_TRANSACTION_TIMEOUT, Duration.ofSeconds(transactionSeconds));
        options.set(JobOptions.CHECKPOINT_INTERVAL, Duration.ofSeconds(checkpointSeconds));
        options.set(JobOptions.PARALLELISM, parallelism);
        options.set(JobOptions.MODEL_ROUTES, routes);
        if (modelsTopic != null) {
            options.set(JobOptions.KAFKA_MODELS_TOPIC, modelsTopic);
            options.set(JobOptions.KAFKA_MODEL_EVENTS_TOPIC, modelEventsTopic);
            options.set(JobOptions.MODEL_PREPARE_TIMEOUT, Duration.ofSeconds(prepareSeconds));
        }
        JobConfig config = JobConfig.from(options);
        StreamExecutionEnvironment flink = LocalFlink.environment(parallelism, metricsPort, checkpoints());
        ReadScoringJob.build(flink, config, config.requireModel());
        spec.commandLine()
                .getErr()
                .printf(
                        Locale.ROOT,
                        "%s: %s -> %s at %s; stop with Ctrl-C%n",
                        model.describe(),
                        kafka.readsTopic(),
                        kafka.annotationsTopic(),
                        kafka.bootstrapServers());
        if (metricsPort != null) {
            spec.commandLine()
                    .getErr()
                    .printf(Locale.ROOT, "metrics at http://localhost:%d/metrics%n", metricsPort.port());
        }
        spec.commandLine().getErr().flush();
        flink.execute("kmerflow serve");
        return 0;
    }

    /** For restarts within this run; gone when the process ends. */
    private static Path checkpoints() throws IOException {
        Path folder = Files.createTempDirectory("kmerflow-checkpoints");
        Runtime.getRuntime()
                .addShutdownHook(
                        new Thread(() -> FileUtils.deleteDirectoryQuietly(folder.toFile()), "remove-checkpoints"));
        return folder;
    }

    private MetricsPort metricsPort() {
        try {
            return metricsPorts == null ? null : MetricsPort.firstFreeOf(metricsPorts);
        } catch (IllegalArgumentException e) {
            throw new picocli.CommandLine.ParameterException(spec.commandLine(), e.getMessage());
        }
    }

    private DeliveryGuarantee deliveryGuarantee() {
        return switch (delivery) {
            case "at-least-once" -> DeliveryGuarantee.AT_LEAST_ONCE;
            case "exactly-once" -> DeliveryGuarantee.EXACTLY_ONCE;
            default ->
                throw new picocli.CommandLine.ParameterException(
                        spec.commandLine(),
                        String.format(
                                Locale.ROOT, "Expected --delivery at-least-once or exactly-once, got '%s'", delivery));
        };
    }
}
