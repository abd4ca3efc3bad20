package io.kmerflow.cli.serving;

import io.kmerflow.job.JobConfig;
import io.kmerflow.job.ReadScoringJob;
import java.io.IOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.Path;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.flink.configuration.Configuration;
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
            "Runs the annotation job from the reads topic to the annotations topic, until it is " + "stopped.",
            "Flink runs in this process; on a cluster submit the job's jar with Flink's client "
                    + "(docs/run-the-job.md)."
        },
        footer = "kmerflow serve --bootstrap-servers localhost:9092 --models-topic models",
        mixinStandardHelpOptions = true)
public final class ServeCommand implements Callable<Integer> {
    private static final long STOP_SECONDS = 20;

    private final AtomicReference<JobClient> running = new AtomicReference<>();
    private volatile boolean stopping;

    @Spec
    private CommandSpec spec;

    @Mixin
    private KafkaConnectionOptions kafka;

    @Mixin
    private TopicOptions topics;

    @Mixin
    private RecordSizeOptions sizes;

    @Mixin
    private ModelOptions model;

    @Mixin
    private ServeOptions serving;

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
        InetAddress address = address();
        MetricsPort metricsPort = metricsPort(address);
        Configuration options = new Configuration();
        kafka.addTo(options);
        topics.addTo(options);
        sizes.addTo(options);
        model.addTo(options);
        serving.addTo(options);
        JobConfig config = JobConfig.from(options);
        StreamExecutionEnvironment flink =
                LocalFlink.environment(serving.parallelism(), metricsPort, address, scratch());
        ReadScoringJob.build(flink, config, config.requireModel());
        spec.commandLine()
                .getErr()
                .printf(
                        Locale.ROOT,
                        "%s: %s -> %s at %s; stop with Ctrl-C%n",
                        model.describe(),
                        topics.reads(),
                        topics.annotations(),
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
}
