package io.kmerflow.job.scoring;

import io.kmerflow.job.annotate.ReadStatuses;
import io.kmerflow.job.ingest.DecodedRead;
import io.kmerflow.job.metrics.MetricNames;
import io.kmerflow.job.model.ModelRef;
import io.kmerflow.job.model.OpenModel;
import io.kmerflow.schema.ReadAnnotation;
import io.kmerflow.scoring.ScoredBatch;
import io.kmerflow.scoring.ScoringException;
import java.util.IdentityHashMap;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletionException;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.LongSupplier;
import org.apache.flink.api.common.operators.MailboxExecutor;
import org.apache.flink.metrics.Counter;
import org.apache.flink.metrics.MetricGroup;

/**
 * A candidate that scores a sample of the reads behind the model that serves, and is compared with it. It writes no
 * annotation, holds nothing back and is in no checkpoint: where it cannot keep up, reads are left out and counted. Which
 * reads are sampled depends on their names alone, so mates go together. Task thread only.
 */
final class Shadow {
    private static final int MAX_WINDOWS_IN_FLIGHT = 4_096;
    private static final int SHARES = 1 << 20;
    private static final String UNCALLED = "(uncalled)";

    private final long revision;
    private final OpenModel model;
    private final double share;
    private final int busyWindows;
    private final MailboxExecutor mailbox;
    private final ScoringPipeline pipeline;
    private final Map<DecodedRead, String> activeLabels = new IdentityHashMap<>();
    private final TreeMap<String, Double> measures = new TreeMap<>();
    private final Counter sampledReads;
    private final Counter agreeingReads;
    private final Runnable scheduleTimer;
    private final LongSupplier clock;
    private boolean changed;
    private boolean closed;

    /**
     * @param revision of the announcement
     * @param model closed with this
     * @param share of the reads, 0 to 1
     * @param settings of the operator
     * @param mailbox answers come back through it
     * @param group of the operator's metrics
     * @param scheduleTimer called when something may be due earlier than before
     * @param clock milliseconds, as given to {@link #offer}
     */
    Shadow(
            long revision,
            OpenModel model,
            double share,
            ScoringSettings settings,
            MailboxExecutor mailbox,
            MetricGroup group,
            Runnable scheduleTimer,
            LongSupplier clock) {
        this.revision = revision;
        this.model = model;
        this.share = share;
        DeviceFeed feed = settings.feed().on(model.session()).withWindowsInFlight(MAX_WINDOWS_IN_FLIGHT);
        this.busyWindows = feed.batchesAhead() * feed.batch().maxWindows();
        this.mailbox = mailbox;
        this.scheduleTimer = scheduleTimer;
        this.clock = clock;
        MetricGroup metrics = group.addGroup(MetricNames.GROUP).addGroup(MetricNames.SHADOW_REVISION, "" + revision);
        this.sampledReads = metrics.counter(MetricNames.SHADOW_READS);
        this.agreeingReads = metrics.counter(MetricNames.SHADOW_AGREEING_READS);
        this.pipeline = new ScoringPipeline(
                model.identity().contract(),
                feed,
                false,
                settings.annotation().scoreAll(),
                0,
                read -> ReadStatuses.withoutModel(read, model.identity().contract()),
                this::submit,
                this::compare,
                timestamp -> {});
    }

    long revision() {
        return revision;
    }

    ModelRef model() {
        return model.ref();
    }

    /** A read has left with that annotation: score it too, if it is in the sample and there is room. */
    void offer(DecodedRead read, ReadAnnotation annotation, long nowMillis) {
        if (annotation.getReadCall() == null || !sampled(read.runId, read.readId, share)) {
            return;
        }
        int windows = model.identity().contract().windower().windowCount(read.bases.length);
        boolean busy = pipeline.windowsInFlight() >= busyWindows
                || pipeline.windowsInFlight() + windows > MAX_WINDOWS_IN_FLIGHT;
        if (busy) {
            count("skippedReads");
            return;
        }
        String label = annotation.getReadCall().getLabel();
        activeLabels.put(read, label == null ? UNCALLED : label);
        pipeline.accept(read);
        pipeline.cut(nowMillis); // there is room for all of its windows
        scheduleTimer.run();
    }

    /** Whether a read is in a sample of that share; the same for every job, and for both mates. */
    static boolean sampled(String runId, String readId, double share) {
        int mixed = (31 * runId.hashCode() + readId.hashCode()) * 0x9E3779B9;
        return (mixed ^ mixed >>> 15) >>> 12 < share * SHARES;
    }

    private void submit(WindowBatch batch) {
        model.session().submit(batch.tokens()).whenComplete((scored, error) -> {
            try {
                mailbox.execute(() -> answer(batch, scored, error), "shadow batch");
            } catch (RejectedExecutionException e) {
                activeLabels.clear(); // the task is gone
            }
        });
    }

    private void answer(WindowBatch batch, ScoredBatch scored, Throwable error) {
        if (closed) {
            return;
        }
        if (error == null) {
            pipeline.answered(batch, scored.logits());
        } else {
            failed(batch, error instanceof CompletionException && error.getCause() != null ? error.getCause() : error);
        }
        pipeline.cutWaiting(clock.getAsLong());
        scheduleTimer.run();
    }

    /** Whatever the candidate does, the model that serves is left in peace. */
    private void failed(WindowBatch batch, Throwable error) {
        ScoringException asBatch =
                error instanceof ScoringException scoring && scoring.kind() != ScoringException.Kind.DEVICE_LOST
                        ? scoring
                        : new ScoringException(ScoringException.Kind.BATCH, String.valueOf(error), error);
        try {
            pipeline.failed(batch, asBatch);
        } catch (ScoringException e) {
            pipeline.failedWhole(batch, e);
        }
    }

    private void compare(ReadInFlight read) {
        String active = activeLabels.remove(read.read);
        if (read.failureReason() != null) {
            count("failedReads");
            return;
        }
        boolean agrees = active.equals(label(read));
        count("sampledReads");
        count(active + ".sampledReads");
        sampledReads.inc();
        if (agrees) {
            count("agreeingReads");
            count(active + ".agreeingReads");
            agreeingReads.inc();
        }
    }

    private String label(ReadInFlight read) {
        if (read.scores == null) {
            return "(" + read.status + ")";
        }
        var outcome = read.scores.outcome();
        if (outcome.ambiguous()) {
            return "(AMBIGUOUS)";
        }
        return outcome.label().isPresent()
                ? model.identity()
                        .contract()
                        .labels()
                        .get(outcome.label().getAsInt())
                        .name()
                : UNCALLED;
    }

    private void count(String measure) {
        measures.merge(measure, 1.0, Double::sum);
        changed = true;
    }

    /** Counts since the start, if they have changed since this was asked last; else null. */
    TreeMap<String, Double> news() {
        if (!changed) {
            return null;
        }
        changed = false;
        return new TreeMap<>(measures);
    }

    void sendOverdue(long nowMillis) {
        pipeline.sendOverdue(nowMillis);
    }

    long nextDueMillis() {
        return pipeline.nextDueMillis();
    }

    /** At the end of the input: sends what waits. */
    void sendAll() {
        pipeline.sendAll();
    }

    /** Whether every sampled read has been compared. */
    boolean empty() {
        return pipeline.empty();
    }

    void close() {
        closed = true;
        model.close();
    }
}
