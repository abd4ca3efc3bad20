package io.kmerflow.cli.serving;

import io.kmerflow.cli.base.ExitCode;
import io.kmerflow.cli.base.SignalTrap;
import io.kmerflow.cli.live.LivePage;
import io.kmerflow.cli.topic.TopicReader;
import io.kmerflow.job.JobConfig;
import io.kmerflow.job.ReadScoringJob;
import java.io.PrintWriter;
import java.net.InetAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.flink.api.common.JobExecutionResult;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.core.execution.JobClient;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.logging.log4j.core.config.Configurator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
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
    private static final Logger LOG = LoggerFactory.getLogger(ServeCommand.class);
    /** With the times of {@link JobStop} below the 30 s that Kubernetes gives. */
    private static final Duration STOP = Duration.ofSeconds(15);

    private static final long POLL_MILLIS = 200;
    private static final long ANSWER_SECONDS = 2;
    private static final String UNKNOWN = "UNKNOWN";
    /** How much of the topics the live page begins with, as {@code kmerflow view} does without {@code --hours}. */
    private static final Duration PAGE_PAST = Duration.ofHours(24);

    private final AtomicReference<JobClient> running = new AtomicReference<>();
    private volatile boolean ended;

    @Spec
    private CommandSpec spec;

    @Mixin
    private KafkaConnectionOptions kafka;

    @Mixin
    private TopicOptions topics;

    @Mixin
    private ReadRecordOptions reads;

    @Mixin
    private RegistryOptions registry;

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
            names = "--health-port",
            paramLabel = "PORT",
            description =
                    "Answer probes at http://ADDRESS:PORT/health: 200 while the job runs with a loaded model, else 503;"
                            + " 0 is any free port (default: none).")
    private Integer healthPort;

    @Option(
            names = "--status-interval",
            paramLabel = "SECONDS",
            defaultValue = "60",
            description =
                    "Interval between status lines, in seconds: reads, called reads, dead letters, lag, restarts, model; 0"
                            + " for never (default: ${DEFAULT-VALUE}). A change of the model is always printed.")
    private long statusSeconds;

    @Option(
            names = "--log-format",
            paramLabel = "text|json",
            defaultValue = "text",
            description =
                    "Lines on the error stream: text, or json for one object a line with time, level, logger and message"
                            + " (default: ${DEFAULT-VALUE}).")
    private LogFormat logFormat;

    private enum LogFormat {
        TEXT,
        JSON
    }

    @Mixin
    private BindOptions bind;

    @Mixin
    private ViewOptions view;

    @Override
    public Integer call() throws Exception {
        InetAddress address = bind.address(spec);
        if (logFormat == LogFormat.JSON) {
            Configurator.reconfigure(
                    ServeCommand.class.getResource("/log4j2-json.properties").toURI());
        }
        MetricsPort metricsPort = metricsPort(address);
        Configuration options = new Configuration();
        kafka.addTo(options);
        topics.addTo(options);
        reads.addTo(options);
        registry.addTo(options);
        model.addTo(options);
        serving.addTo(options);
        JobConfig config = JobConfig.from(options);
        Configuration cluster = new Configuration();
        JobFigures figures = JobFiguresReporterFactory.addTo(cluster);
        Path scratch = ScratchFolder.create(Path.of(System.getProperty("java.io.tmpdir")), this::cancel);
        StreamExecutionEnvironment flink =
                LocalFlink.environment(serving.parallelism(), metricsPort, address, scratch, cluster);
        try (EarlyModel early = EarlyModel.load(config.requireModel())) {
            ReadScoringJob.build(flink, config, config.requireModel());
            return serve(flink, config, address, metricsPort, figures, early, scratch.resolve("stopped"));
        }
    }

    private int serve(
            StreamExecutionEnvironment flink,
            JobConfig config,
            InetAddress address,
            MetricsPort metricsPort,
            JobFigures figures,
            EarlyModel early,
            Path savepoints)
            throws Exception {
        try (HealthPort health = healthPort == null ? null : new HealthPort(address, healthPort, this::state, figures);
                LivePage page = view.isAsked() ? LivePage.start(page(config, address)) : null;
                ServeLog log = new ServeLog(figures, line -> say("%s", line))) {
            say(
                    "%s: %s -> %s at %s; stop with Ctrl-C",
                    model.describe(), topics.reads(), topics.annotations(), kafka.bootstrapServers());
            if (metricsPort != null) {
                say("metrics at %s", metricsPort.url());
            }
            if (health != null) {
                say("health at %s", health.url());
            }
            if (page != null) {
                say("live page at %s", page.url());
            }
            log.start(Duration.ofSeconds(statusSeconds));
            return run(flink, savepoints, figures, early);
        }
    }

    /** Runs the job to its end, or until the process is asked to end: then the job and its model end first. */
    private int run(StreamExecutionEnvironment flink, Path savepoints, JobFigures figures, EarlyModel early)
            throws Exception {
        try (SignalTrap signals = new SignalTrap()) {
            JobClient job = flink.executeAsync("kmerflow serve");
            running.set(job);
            CompletableFuture<JobExecutionResult> result = job.getJobExecutionResult();
            try {
                while (!signals.asked()) {
                    try {
                        result.get(POLL_MILLIS, TimeUnit.MILLISECONDS);
                        return ExitCode.FINE;
                    } catch (TimeoutException e) { // it runs
                        if (!figures.models().isEmpty()) {
                            early.release(); // the job has the model, and may change it
                        }
                    }
                }
                early.release();
                say("stopping; a second signal ends the process at once");
                JobStop.withSavepoint(job, savepoints, STOP);
                return signals.exitCode();
            } catch (InterruptedException e) {
                JobStop.cancel(job);
                throw e;
            } finally {
                ended = true;
            }
        }
    }

    /** The job's state in Flink's words; STARTING before it is submitted, UNKNOWN where Flink does not say. */
    private String state() {
        JobClient job = running.get();
        if (job == null) {
            return "STARTING";
        }
        try {
            return job.getJobStatus().get(ANSWER_SECONDS, TimeUnit.SECONDS).name();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return UNKNOWN;
        } catch (ExecutionException | TimeoutException | IllegalStateException e) {
            return UNKNOWN;
        }
    }

    private LivePage.Settings page(JobConfig config, InetAddress address) {
        return new LivePage.Settings(
                kafka.bootstrapServers(),
                kafka.properties(),
                new LivePage.Topics(
                        topics.reads(),
                        topics.annotations(),
                        topics.deadLetters(),
                        serving.modelEvents(),
                        config.driftTopic(),
                        config.requireKafka().groupId()),
                registry.format(),
                TopicReader.Start.ago(PAGE_PAST),
                address,
                view.port());
    }

    private void say(String format, Object... values) {
        if (logFormat == LogFormat.JSON) {
            LOG.info(String.format(Locale.ROOT, format, values));
            return;
        }
        PrintWriter err = spec.commandLine().getErr();
        err.printf(Locale.ROOT, format + "%n", values);
        err.flush();
    }

    /** Where signals cannot be taken, the job ends while the JVM shuts down. */
    private void cancel() {
        JobClient job = running.get();
        if (job != null && !ended) {
            try {
                JobStop.cancel(job);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
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
