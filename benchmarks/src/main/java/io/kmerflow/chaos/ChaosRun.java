package io.kmerflow.chaos;

import io.kmerflow.cluster.Await;
import io.kmerflow.cluster.BrokerProcess;
import io.kmerflow.cluster.Checkpoints;
import io.kmerflow.cluster.ClusterException;
import io.kmerflow.cluster.ClusterFiles;
import io.kmerflow.cluster.FlinkCluster;
import io.kmerflow.cluster.FlinkRest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;

/** Broker, cluster and job as processes; reads flow, processes are killed and started again; then everything is counted. */
public final class ChaosRun {
    private static final Duration RUNNING = Duration.ofMinutes(5);
    private static final Duration RECOVERY = Duration.ofMinutes(10);
    private static final Duration PROGRESS = Duration.ofSeconds(10);
    private static final int MOST_AHEAD = 5_000;
    private static final int LEAST_AHEAD = 200;
    private static final int SUBMISSIONS = 5;
    private static final int INTERVALS_TO_WAIT = 3;
    private static final int POLL_MILLIS = 100;

    private final ChaosSettings settings;
    private final BrokerProcess broker;
    private final FlinkCluster cluster;
    private final Path logs;
    private final Consumer<String> progress;
    private final Map<String, Integer> kills = new TreeMap<>();
    private final long start = System.nanoTime();

    private ReadFeed feed;
    private OutputWatch watch;
    private String job;
    private Path restoredFrom;
    private int resubmissions;
    private int killsBeforeCommit;
    private double worstRecovery;
    private long lastProgress;

    /**
     * @param files what is started and submitted
     * @param progress gets a line now and then
     * @throws ClusterException if the work folder has the data of an earlier run
     */
    public ChaosRun(ChaosSettings settings, ClusterFiles files, Consumer<String> progress) throws IOException {
        this.settings = settings;
        this.progress = progress;
        logs = settings.work().resolve("logs");
        if (Files.exists(logs)) {
            throw new ClusterException(String.format(
                    Locale.ROOT, "Expected a new folder to work in, %s has an earlier run", settings.work()));
        }
        Files.createDirectories(logs);
        broker = new BrokerProcess(settings.work().resolve("kafka").toAbsolutePath(), logs);
        cluster = new FlinkCluster(files, settings.work().resolve("flink"), logs);
    }

    /**
     * Runs it to the end. All processes are gone afterwards, their logs are in the folder {@code logs}.
     *
     * @throws ClusterException if something does not come up, or the job makes no progress any more
     */
    public ChaosReport run() throws IOException, InterruptedException {
        try (broker;
                cluster) {
            say(String.format(
                    Locale.ROOT,
                    "starting the broker, the job manager and %d task managers; logs in %s",
                    settings.taskManagers(),
                    logs));
            broker.start();
            cluster.startJobManager();
            cluster.startTaskManagers(settings.taskManagers());
            job = submit(null);
            awaitRunning();
            say(String.format(Locale.ROOT, "job %s runs", job));
            return stream();
        }
    }

    private ChaosReport stream() throws InterruptedException, IOException {
        int ahead = Math.max(LEAST_AHEAD, Math.min(MOST_AHEAD, settings.reads() / (2 * (settings.kills() + 1))));
        ChaosReads reads = new ChaosReads(settings.seed(), settings.readBases());
        OutputWatch output = new OutputWatch(broker.bootstrapServers());
        ReadFeed input = new ReadFeed(broker.bootstrapServers(), reads, settings.reads(), ahead, output::done);
        watch = output;
        feed = input;
        long from = System.nanoTime();
        double seconds;
        try (output;
                input) {
            feed.start();
            kill(KillPlan.draw(settings));
            awaitAnswers();
            seconds = (System.nanoTime() - from) / 1e9;
            settle();
        }
        FinalCount count = FinalCount.of(broker.bootstrapServers());
        return new ChaosReport(
                settings,
                feed.acknowledged(),
                count,
                kills,
                killsBeforeCommit,
                cluster.restarts(),
                resubmissions,
                seconds,
                worstRecovery);
    }

    private void kill(List<KillPlan.Kill> plan) throws InterruptedException, IOException {
        long firstKill = 0;
        long upMillis = 0;
        for (int i = 0; i < plan.size(); i++) {
            KillPlan.Kill kill = plan.get(i);
            if (firstKill != 0 && !kill.inRecovery()) {
                awaitRecovery(upMillis, firstKill);
                firstKill = 0;
            }
            feed.allow(i + 1 < plan.size() ? plan.get(i + 1).afterReads() : settings.reads());
            boolean inRecovery = firstKill != 0;
            if (!inRecovery) {
                awaitSent(kill.afterReads());
            }
            Thread.sleep(kill.delayMillis());
            boolean beforeCommit = kill.victim() == Victim.BROKER
                    && settings.exactlyOnce()
                    && !inRecovery
                    && preCommitted(kill.beforeCommit());
            firstKill = inRecovery ? firstKill : System.nanoTime();
            say(String.format(
                    Locale.ROOT,
                    "kill %d of %d: %s%s%s",
                    i + 1,
                    plan.size(),
                    kill.victim().words(),
                    inRecovery ? ", in recovery" : "",
                    beforeCommit ? ", between pre-commit and commit" : ""));
            killsBeforeCommit += beforeCommit ? 1 : 0;
            strike(kill);
            upMillis = System.currentTimeMillis();
            kills.merge(kill.victim().name().toLowerCase(Locale.ROOT), 1, Integer::sum);
        }
        feed.allow(settings.reads());
        if (firstKill != 0) {
            awaitRecovery(upMillis, firstKill);
        }
    }

    /** Whether a transaction is pre-committed and not yet committed; if asked to, waits for one, but not for long. */
    private boolean preCommitted(boolean wait) throws InterruptedException {
        long deadline = System.nanoTime() + settings.checkpointInterval().toNanos() * INTERVALS_TO_WAIT;
        try (PreCommitted transactions = new PreCommitted(broker.bootstrapServers())) {
            boolean seen = transactions.any();
            while (wait && !seen && System.nanoTime() < deadline) {
                seen = transactions.any();
            }
            return seen;
        }
    }

    /** Kills a process and starts it again; it is up when this returns. */
    private void strike(KillPlan.Kill kill) throws InterruptedException, IOException {
        switch (kill.victim()) {
            case TASK_MANAGER -> {
                cluster.killTaskManager(kill.taskManager());
                cluster.restartTaskManager(kill.taskManager());
            }
            case BROKER -> {
                broker.kill();
                broker.start();
            }
            case JOB_MANAGER -> {
                cluster.killJobManager();
                cluster.startJobManager();
                Path newest = Checkpoints.newest(cluster.checkpoints(), job).orElse(restoredFrom);
                restoredFrom = newest;
                cluster.awaitFreeSlots();
                job = submit(newest);
                resubmissions++;
                say(String.format(
                        Locale.ROOT, "submitted again as job %s from %s", job, newest == null ? "the start" : newest));
            }
        }
    }

    private String submit(Path checkpoint) throws InterruptedException, IOException {
        List<String> arguments = List.of(
                "--kafka.bootstrap-servers",
                broker.bootstrapServers(),
                "--kafka.create-topics",
                "true",
                "--kafka.start",
                "earliest",
                "--kafka.delivery",
                settings.exactlyOnce() ? "exactly-once" : "at-least-once",
                "--kafka.transaction-timeout",
                settings.transactionTimeout().toSeconds() + " s",
                "--job.checkpoint-interval",
                settings.checkpointInterval().toMillis() + " ms",
                "--job.parallelism",
                Integer.toString(settings.taskManagers()),
                "--model.bundle",
                settings.model().toAbsolutePath().toString(),
                "--model.device",
                "cpu",
                "--model.threads",
                "1");
        for (int attempt = 1; ; attempt++) {
            try {
                return cluster.submit(checkpoint, arguments);
            } catch (ClusterException e) {
                if (attempt == SUBMISSIONS) {
                    throw e;
                }
                say(String.format(Locale.ROOT, "%s; trying again", e.getMessage()));
            }
        }
    }

    private void awaitRunning() throws InterruptedException {
        FlinkRest rest = cluster.rest();
        Await.until(String.format(Locale.ROOT, "job %s to run", job), RUNNING, () -> rest.allRunning(job), () -> {
            try {
                return String.format(Locale.ROOT, "state '%s' %s", rest.jobState(job), rest.failure(job));
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return "no answer";
            }
        });
    }

    private void awaitSent(int reads) throws InterruptedException {
        while (feed.sent() < reads) {
            tick();
        }
    }

    private void awaitRecovery(long upMillis, long killNanos) throws InterruptedException {
        long deadline = System.nanoTime() + RECOVERY.toNanos();
        while (cluster.rest().newestCheckpointTriggered(job) <= upMillis) {
            tick();
            if (System.nanoTime() > deadline) {
                throw new ClusterException(String.format(
                        Locale.ROOT,
                        "Expected job %s to complete a checkpoint within %d s of a kill, got %s; see %s",
                        job,
                        RECOVERY.toSeconds(),
                        cluster.rest().failure(job),
                        logs));
            }
        }
        double seconds = (System.nanoTime() - killNanos) / 1e9;
        worstRecovery = Math.max(worstRecovery, seconds);
        say(String.format(Locale.ROOT, "recovered after %.1f s", seconds));
    }

    /** Until every read has its answer, or nothing has come for longer than a transaction can stay open. */
    private void awaitAnswers() throws InterruptedException {
        while (watch.done() < settings.reads()) {
            tick();
            if (feed.sent() == settings.reads()
                    && watch.quiet().compareTo(settings.transactionTimeout().plus(RUNNING)) > 0) {
                say(String.format(
                        Locale.ROOT,
                        "nothing new for %d s, counting what is there",
                        watch.quiet().toSeconds()));
                return;
            }
        }
    }

    /** Until the idle job has completed two more checkpoints and no transaction is open, so that nothing comes after the count. */
    private void settle() throws InterruptedException {
        for (int i = 0; i < 2; i++) {
            long now = System.currentTimeMillis();
            Await.until(
                    "a checkpoint of job " + job,
                    RECOVERY,
                    () -> cluster.rest().newestCheckpointTriggered(job) > now,
                    () -> "none");
        }
        Await.until(
                "no open transaction",
                settings.transactionTimeout().plus(RUNNING),
                () -> Topics.settled(broker.bootstrapServers(), List.of(Topics.ANNOTATIONS, Topics.DEAD_LETTERS)),
                () -> "one");
    }

    private void tick() throws InterruptedException {
        feed.check();
        Thread.sleep(POLL_MILLIS);
        if (System.nanoTime() - lastProgress > PROGRESS.toNanos()) {
            say(String.format(
                    Locale.ROOT,
                    "sent %,d of %,d, annotated %,d, dead letters %,d",
                    feed.sent(),
                    settings.reads(),
                    watch.annotations(),
                    watch.deadLetters()));
        }
    }

    private void say(String line) {
        lastProgress = System.nanoTime();
        progress.accept(String.format(Locale.ROOT, "%5d s  %s", (lastProgress - start) / 1_000_000_000L, line));
    }
}
