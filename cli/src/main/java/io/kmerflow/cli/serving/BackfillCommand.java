package io.kmerflow.cli.serving;

import io.kmerflow.bundle.ModelBundle;
import io.kmerflow.cli.base.CommandFailure;
import io.kmerflow.cli.base.ExitCode;
import io.kmerflow.cli.base.SignalTrap;
import io.kmerflow.corpus.backfill.BackfillConfig;
import io.kmerflow.corpus.backfill.BackfillFolder;
import io.kmerflow.corpus.backfill.BackfillFolder.Journal;
import io.kmerflow.corpus.backfill.BackfillJob;
import io.kmerflow.corpus.backfill.BackfillOptions;
import io.kmerflow.job.JobOptions;
import io.kmerflow.job.kafka.TopicRange;
import io.kmerflow.sequence.PrintableText;
import java.io.IOException;
import java.io.PrintWriter;
import java.net.InetAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.flink.api.common.JobExecutionResult;
import org.apache.flink.configuration.CheckpointingOptions;
import org.apache.flink.configuration.ConfigOption;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.ExternalizedCheckpointRetention;
import org.apache.flink.configuration.StateRecoveryOptions;
import org.apache.flink.core.execution.JobClient;
import org.apache.flink.core.execution.RecoveryClaimMode;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Reads of earlier, annotated by another model. */
@Command(
        name = "backfill",
        description = {
            "Annotates a range of the reads topic with a model, beside the job that serves, and ends.",
            "The end of the range is fixed at the start. Annotations go to the annotations topic or to another one; those of another"
                    + " model have other ids. Stopped or killed, the same command with the same --work continues where it stopped. Flink"
                    + " runs in this process; on a cluster submit the job's jar with Flink's client (docs/compare-models.md)."
        },
        footer =
                "kmerflow backfill --bootstrap-servers localhost:9092 --model models/next --work backfill-next --rate 200"
                        + " --annotations-topic annotations-next",
        mixinStandardHelpOptions = true)
public final class BackfillCommand implements Callable<Integer> {
    /** What the annotations depend on, and so cannot change on the way. */
    private static final List<ConfigOption<?>> SETTINGS = List.of(
            JobOptions.KAFKA_READS_TOPIC,
            JobOptions.KAFKA_ANNOTATIONS_TOPIC,
            JobOptions.KAFKA_ANNOTATIONS_FORMAT,
            JobOptions.KAFKA_DEAD_LETTERS_TOPIC,
            JobOptions.KAFKA_DELIVERY,
            JobOptions.SCORE_THRESHOLD,
            JobOptions.SCORE_ALL,
            JobOptions.WINDOW_SCORES,
            JobOptions.LABEL_SCORES,
            BackfillOptions.FROM,
            BackfillOptions.TO);

    private static final long POLL_MILLIS = 500;
    private static final long JOURNAL_MILLIS = 5_000;
    private static final Duration STOP = Duration.ofSeconds(60);
    private static final int ID_CHARACTERS = 12;

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
    private BackfillSwitches backfill;

    @Option(
            names = "--work",
            required = true,
            paramLabel = "DIR",
            description =
                    "Folder of the backfill's checkpoints and of how far it has come, new or that of the same backfill.")
    private Path work;

    @Option(
            names = "--status-interval",
            paramLabel = "SECONDS",
            defaultValue = "10",
            description = "Interval between progress lines, in seconds; 0 for none (default: ${DEFAULT-VALUE}).")
    private long statusSeconds;

    @Override
    public Integer call() throws Exception {
        Configuration options = new Configuration();
        kafka.addTo(options);
        topics.addTo(options);
        reads.addTo(options);
        registry.addTo(options);
        model.addTo(options);
        backfill.addTo(options);
        if (statusSeconds < 0) {
            throw new ParameterException(
                    spec.commandLine(),
                    String.format(Locale.ROOT, "Expected --status-interval of 0 or more, got %d", statusSeconds));
        }
        BackfillConfig config = config(options);
        String described = model.describe();
        SortedMap<String, String> settings = settings(options, model.read());
        try (BackfillFolder folder = open()) {
            Optional<Journal> before = journal(folder);
            if (before.isPresent()) {
                before.get().difference(settings).ifPresent(difference -> {
                    throw new ParameterException(
                            spec.commandLine(), difference + "; give another --work for another backfill");
                });
                if (before.get().finished()) {
                    return finished(before.get(), "was finished before");
                }
            }
            TopicRange range =
                    before.isPresent() ? BackfillJob.again(config, before.get().range()) : BackfillJob.range(config);
            Journal journal = before.orElseGet(() -> Journal.begin(id(), settings, range));
            folder.write(journal);
            options.set(JobOptions.KAFKA_TRANSACTIONAL_ID_PREFIX, "kmerflow-backfill-" + journal.id());
            return run(folder, journal, config(options), described);
        }
    }

    private Optional<Journal> journal(BackfillFolder folder) {
        try {
            return folder.journal();
        } catch (IllegalArgumentException e) {
            throw new ParameterException(spec.commandLine(), e.getMessage(), e);
        }
    }

    private BackfillFolder open() throws IOException {
        try {
            return BackfillFolder.open(work.toAbsolutePath().normalize());
        } catch (IllegalArgumentException e) {
            throw new ParameterException(spec.commandLine(), e.getMessage(), e);
        }
    }

    private BackfillConfig config(Configuration options) {
        try {
            return BackfillConfig.from(options);
        } catch (IllegalArgumentException e) {
            throw new ParameterException(spec.commandLine(), e.getMessage(), e);
        }
    }

    private static String id() {
        return UUID.randomUUID().toString().replace("-", "").substring(0, ID_CHARACTERS);
    }

    private static SortedMap<String, String> settings(Configuration options, ModelBundle bundle) {
        SortedMap<String, String> settings = new TreeMap<>();
        for (ConfigOption<?> option : SETTINGS) {
            Object value = options.getOptional(option).map(Object.class::cast).orElse(option.defaultValue());
            if (value != null) {
                settings.put(option.key(), value.toString());
            }
        }
        settings.put("model", bundle.name() + " " + bundle.version() + " " + bundle.digest());
        return settings;
    }

    private int run(BackfillFolder folder, Journal journal, BackfillConfig config, String described) throws Exception {
        Optional<Path> checkpoint = folder.newestCheckpoint();
        Configuration cluster = new Configuration();
        JobFigures figures = JobFiguresReporterFactory.addTo(cluster);
        Path scratch = ScratchFolder.create(Path.of(System.getProperty("java.io.tmpdir")), () -> {});
        StreamExecutionEnvironment flink = LocalFlink.environment(
                backfill.parallelism(), null, InetAddress.getLoopbackAddress(), scratch, cluster);
        Configuration recovery = new Configuration();
        recovery.set(
                CheckpointingOptions.CHECKPOINTS_DIRECTORY,
                folder.checkpoints().toUri().toString());
        recovery.set(
                CheckpointingOptions.EXTERNALIZED_CHECKPOINT_RETENTION,
                ExternalizedCheckpointRetention.RETAIN_ON_CANCELLATION);
        checkpoint.ifPresent(path -> {
            recovery.set(StateRecoveryOptions.SAVEPOINT_PATH, path.toUri().toString());
            recovery.set(StateRecoveryOptions.RESTORE_MODE, RecoveryClaimMode.CLAIM);
        });
        flink.configure(recovery);
        BackfillJob.build(flink, config, journal.range(), config.job().requireModel());
        say(
                "%s: %,d offsets of %s -> %s at %s%s; stop with Ctrl-C",
                described,
                BackfillProgress.size(journal.range()),
                topics.reads(),
                topics.annotations(),
                kafka.bootstrapServers(),
                checkpoint.isPresent() ? ", continued" : "");
        BackfillProgress progress = new BackfillProgress(figures, journal, checkpoint.isPresent(), System.nanoTime());
        try (SignalTrap stop = new SignalTrap()) {
            JobClient job = flink.executeAsync("kmerflow backfill");
            follow(job, folder, progress, stop);
        }
        Journal done = progress.journal(true);
        folder.write(done);
        folder.removeCheckpoints();
        return finished(done, "finished");
    }

    /** Returns when the job has ended by itself. */
    private void follow(JobClient job, BackfillFolder folder, BackfillProgress progress, SignalTrap stop)
            throws Exception {
        CompletableFuture<JobExecutionResult> result = job.getJobExecutionResult();
        long nextSay = System.nanoTime() + TimeUnit.SECONDS.toNanos(statusSeconds);
        long nextJournal = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(JOURNAL_MILLIS);
        while (true) {
            try {
                result.get(POLL_MILLIS, TimeUnit.MILLISECONDS);
                return;
            } catch (TimeoutException e) {
                if (stop.asked()) {
                    JobStop.withSavepoint(job, folder.checkpoints(), STOP); // so that nothing is done twice
                    folder.write(progress.journal(false));
                    throw new CommandFailure("Stopped; the same command continues", e);
                }
            }
            long now = System.nanoTime();
            if (now >= nextJournal) {
                folder.write(progress.journal(false));
                nextJournal = now + TimeUnit.MILLISECONDS.toNanos(JOURNAL_MILLIS);
            }
            if (statusSeconds > 0 && now >= nextSay) {
                say("%s", progress.line(now));
                nextSay = now + TimeUnit.SECONDS.toNanos(statusSeconds);
            }
        }
    }

    private int finished(Journal journal, String how) {
        PrintWriter out = spec.commandLine().getOut();
        out.printf(
                Locale.ROOT,
                "%s: %,d reads annotated, %,d called, %,d dead letters -> topic %s%n",
                how,
                journal.reads(),
                journal.called(),
                journal.deadLetters(),
                PrintableText.escape(topics.annotations()));
        out.flush();
        return journal.deadLetters() > 0 ? ExitCode.DEAD_LETTERS : ExitCode.FINE;
    }

    private void say(String format, Object... values) {
        PrintWriter err = spec.commandLine().getErr();
        err.printf(Locale.ROOT, format + "%n", values);
        err.flush();
    }
}
