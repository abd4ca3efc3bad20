package io.kmerflow.cli.serving;

import io.kmerflow.job.JobConfig;
import io.kmerflow.job.JobOptions;
import io.kmerflow.job.ReadScoringJob;
import io.kmerflow.job.kafka.KafkaConfig;
import java.io.IOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.connector.base.DeliveryGuarantee;
import org.apache.flink.core.execution.JobClient;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
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
    private static final long STOP_SECONDS = 20;

    private final AtomicReference<JobClient> running = new AtomicReference<>();
    private volatile boolean stopping;

    @Spec
    private CommandSpec spec;

    @Mixin
    private KafkaOptions kafka;

    @Mixin
    private RecordSizeOptions sizes;

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
            description = "Answer Prometheus at http://ADDRESS:PORT/metrics, on the first free port of a range such as"
                    + " 9249-9259 (default: none).")
    private String metricsPorts;

    @Option(
            names = "--bind-address",
            paramLabel = "ADDRESS",
            defaultValue = "127.0.0.1",
            description =
                    "Where metrics and Flink's web interface, which has no login, can be reached: an address of this"
                            + " machine, or 0.0.0.0 for all of them (default: ${DEFAULT-VALUE}, this machine only).")
    private String bindAddress;

    @Override
    public Integer call() throws Exception {
        DeliveryGuarantee guarantee = deliveryGuarantee();
        InetAddress address = address();
        MetricsPort metricsPort = metricsPort(address);
        Configuration options = new Configuration();
        kafka.addTo(options);
        sizes.addTo(options);
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
        StreamExecutionEnvironment flink = LocalFlink.environment(parallelism, metricsPort, address, scratch());
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
            spec.commandLine().getErr().printf(Locale.ROOT, "metrics at %s%n", metricsPort.url());
        }
        spec.commandLine().getErr().flush();
        JobClient job = flink.executeAsync("kmerflow serve");
        running.set(job);
        try {
            job.getJobExecutionResult().get();
        } catch (ExecutionException e) {
            if (stopping) {
                return 0; // cancelled, as asked
            }
            throw e;
        }
        return 0;
    }

    /** Ends the job when the process is asked to end: it writes no checkpoint any more, and closes its model and clients. */
    private void stop() {
        stopping = true;
        JobClient job = running.get();
        if (job == null) {
            return;
        }
        try {
            if (!job.getJobStatus().get(STOP_SECONDS, TimeUnit.SECONDS).isGloballyTerminalState()) {
                job.cancel().get(STOP_SECONDS, TimeUnit.SECONDS);
                job.getJobExecutionResult().get(STOP_SECONDS, TimeUnit.SECONDS);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (ExecutionException | TimeoutException | IllegalStateException e) {
            return; // it has ended: cancelled, or with its cluster
        }
    }

    private Path scratch() throws IOException {
        return ScratchFolder.create(Path.of(System.getProperty("java.io.tmpdir")), this::stop);
    }

    private InetAddress address() {
        try {
            return InetAddress.getByName(bindAddress);
        } catch (UnknownHostException e) {
            throw new picocli.CommandLine.ParameterException(
                    spec.commandLine(),
                    String.format(
                            Locale.ROOT,
                            "Expected --bind-address with an address of this machine, got '%s'",
                            bindAddress));
        }
    }

    private MetricsPort metricsPort(InetAddress address) {
        try {
            return metricsPorts == null ? null : MetricsPort.firstFreeOf(address, metricsPorts);
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
