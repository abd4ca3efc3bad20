package io.kmerflow.job.registry;

import io.kmerflow.job.registry.ModelMessage.Abort;
import io.kmerflow.job.registry.ModelMessage.Commit;
import io.kmerflow.job.registry.ModelMessage.Prepare;
import io.kmerflow.job.registry.ModelMessage.Serving;
import io.kmerflow.job.registry.ModelMessage.Switched;
import io.kmerflow.job.registry.ModelMessage.Vote;
import io.kmerflow.schema.ModelAnnouncement;
import io.kmerflow.schema.ModelEvent;
import io.kmerflow.schema.ModelOutcome;
import io.kmerflow.schema.ModelSlot;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.LongSupplier;

/**
 * Decides when the model changes, without threads, clocks, Kafka or a cluster. One change at a time: every subtask is
 * asked to prepare; a refusal, a time-out or a later announcement ends it for all; once all have agreed, the next
 * checkpoint commits it: each subtask is told before the barrier is sent, and switches at that barrier, or, if the
 * checkpoint is aborted before the barrier reaches it, at the next. So all subtasks have switched before the first
 * checkpoint that completes. A subtask that restarts is told again. All methods are for one thread at a time.
 */
final class SwapBoard {
    /** What the board does to the world. */
    interface Outbox {
        void send(int subtask, ModelMessage message);

        void publish(ModelEvent event);
    }

    private static final int WHOLE_JOB = -1;

    private final int parallelism;
    private final long timeoutMillis;
    private final LongSupplier clock;
    private final Outbox outbox;
    private final Set<Integer> connected = new TreeSet<>();
    private ModelRef[] serving;

    private SwapState state = SwapState.NONE;
    private final Map<String, ModelAnnouncement> latest = new HashMap<>();
    private final Map<String, ModelAnnouncement> latestShadow = new HashMap<>();
    private final Map<Integer, Long> shadowTold = new HashMap<>();
    private Round round;
    private long lastCompleted = -1;

    /** One change under way. */
    private static final class Round {
        private final long revision;
        private final ModelRef model;
        private final Set<Integer> prepared = new TreeSet<>();
        private final Set<Integer> switched = new TreeSet<>();
        private long deadlineMillis;
        private boolean committed;
        private long switchCheckpoint = -1;

        private Round(long revision, ModelRef model) {
            this.revision = revision;
            this.model = model;
        }
    }

    /**
     * @param parallelism subtasks of the operator
     * @param timeout from the wish to prepare to the last vote
     * @param clock milliseconds
     */
    SwapBoard(int parallelism, Duration timeout, LongSupplier clock, Outbox outbox) {
        this.parallelism = parallelism;
        this.timeoutMillis = timeout.toMillis();
        this.clock = clock;
        this.outbox = outbox;
        this.serving = new ModelRef[parallelism];
    }

    /** An announcement came; older revisions than seen, unknown slots and other models are left alone. */
    void announced(ModelAnnouncement announcement) {
        if (announcement.getSlot() == ModelSlot.UNKNOWN) {
            return;
        }
        // By model, since which one this job serves may not be known yet.
        boolean active = announcement.getSlot() == ModelSlot.ACTIVE;
        (active ? latest : latestShadow)
                .merge(
                        announcement.getModelName(),
                        announcement,
                        (older, newer) -> newer.getRevision() > older.getRevision() ? newer : older);
        if (active) {
            advance();
        } else {
            tellShadow();
        }
    }

    /**
     * A shadow writes nothing but reports, so every subtask has it as soon as it can: no vote, no barrier, no state; a
     * restarted subtask is told again.
     */
    private void tellShadow() {
        for (int subtask : connected) {
            ModelAnnouncement wanted = serving[subtask] == null ? null : latestShadow.get(serving[subtask].name());
            if (wanted != null && !Long.valueOf(wanted.getRevision()).equals(shadowTold.get(subtask))) {
                shadowTold.put(subtask, wanted.getRevision());
                outbox.send(subtask, shadow(wanted));
            }
        }
    }

    private static ModelMessage.Shadow shadow(ModelAnnouncement wanted) {
        boolean ends = wanted.getModelVersion() == null
                || wanted.getBundleUri() == null
                || wanted.getBundleDigest() == null
                || wanted.getSampledShare() == null;
        ModelRef model = ends
                ? null
                : new ModelRef(
                        wanted.getModelName(),
                        wanted.getModelVersion(),
                        wanted.getBundleDigest(),
                        wanted.getBundleUri());
        return new ModelMessage.Shadow(wanted.getRevision(), model, ends ? 0 : wanted.getSampledShare());
    }

    private void reported(int subtask, ModelMessage.ShadowReport report) {
        ModelOutcome outcome = report.refusal() != null
                ? ModelOutcome.REJECTED
                : report.measures().isEmpty() ? ModelOutcome.PREPARED : ModelOutcome.SHADOW_REPORT;
        outbox.publish(ModelEvent.newBuilder()
                .setModelName(report.model().name())
                .setSlot(ModelSlot.SHADOW)
                .setRevision(report.revision())
                .setBundleDigest(report.model().digest())
                .setSubtask(subtask)
                .setOutcome(outcome)
                .setReason(report.refusal() == null ? null : report.refusal().toString())
                .setMeasures(report.measures())
                .setEventTime(Instant.ofEpochMilli(clock.getAsLong()))
                .build());
    }

    /** A subtask runs and can be told things. */
    void ready(int subtask) {
        connected.add(subtask);
        if (state.model() != null) {
            // It may have begun from a checkpoint before the change; before its first barrier it must know.
            outbox.send(subtask, new Commit(state.modelRevision(), state.model()));
        }
        if (round != null && !round.committed) {
            round.deadlineMillis = clock.getAsLong() + timeoutMillis;
            outbox.send(subtask, new Prepare(round.revision, round.model));
        }
        tellShadow();
        advance();
    }

    /** A subtask ended or restarts. */
    void lost(int subtask) {
        connected.remove(subtask);
        serving[subtask] = null;
        shadowTold.remove(subtask);
        if (round != null) {
            round.prepared.remove(subtask);
            round.switched.remove(subtask);
        }
    }

    /** A subtask said something. */
    void received(int subtask, ModelMessage message) {
        if (message instanceof Serving says) {
            serving[subtask] = says.model();
            tellShadow();
            advance();
        } else if (message instanceof Vote vote) {
            voted(subtask, vote);
        } else if (message instanceof Switched switched) {
            switched(subtask, switched);
        } else if (message instanceof ModelMessage.ShadowReport report) {
            reported(subtask, report);
        }
    }

    private void voted(int subtask, Vote vote) {
        if (round == null || round.revision != vote.revision() || round.committed) {
            return;
        }
        if (vote.refusal() == null) {
            round.prepared.add(subtask);
            event(subtask, ModelOutcome.PREPARED, null, Map.of("loadMillis", (double) vote.loadMillis()));
        } else {
            event(subtask, ModelOutcome.REJECTED, vote.refusal().toString(), Map.of());
            abort(
                    vote.refusal().code(),
                    String.format(
                            Locale.ROOT,
                            "subtask %d refused: %s",
                            subtask,
                            vote.refusal().message()));
        }
    }

    private void switched(int subtask, Switched message) {
        if (round == null || round.revision != message.revision()) {
            return;
        }
        serving[subtask] = round.model;
        if (round.switched.add(subtask)) {
            round.switchCheckpoint = Math.max(round.switchCheckpoint, message.checkpointId());
            event(subtask, ModelOutcome.COMMITTED, null, Map.of("checkpoint", (double) message.checkpointId()));
        }
        finishIfDurable();
    }

    /** A checkpoint is about to begin; what is sent now arrives before its barrier. */
    SwapState beforeCheckpoint() {
        if (round != null && !round.committed && round.prepared.size() == parallelism) {
            round.committed = true;
            state = new SwapState(round.revision, round.model, round.revision);
            for (int subtask : connected) {
                outbox.send(subtask, new Commit(round.revision, round.model));
            }
        }
        return state;
    }

    /** A checkpoint is complete. */
    void completed(long checkpointId) {
        lastCompleted = Math.max(lastCompleted, checkpointId);
        finishIfDurable();
    }

    private void finishIfDurable() {
        if (round != null
                && round.committed
                && round.switched.size() == parallelism
                && lastCompleted >= round.switchCheckpoint) {
            event(WHOLE_JOB, ModelOutcome.COMMITTED, null, Map.of());
            round = null;
            advance();
        }
    }

    /** Time has passed. */
    void tick() {
        if (round != null && !round.committed && clock.getAsLong() > round.deadlineMillis) {
            Set<Integer> missing = new TreeSet<>();
            for (int subtask = 0; subtask < parallelism; subtask++) {
                missing.add(subtask);
            }
            missing.removeAll(round.prepared);
            if (missing.isEmpty()) {
                return; // all agreed; it waits for a checkpoint
            }
            abort(
                    Refusal.Code.TIME_OUT,
                    String.format(
                            Locale.ROOT,
                            "Expected every subtask to have loaded the model within %d ms, got no answer from subtasks %s",
                            timeoutMillis,
                            missing));
        }
    }

    /** Goes back to a checkpoint's state. */
    void restore(SwapState restored) {
        state = restored;
        round = null;
        connected.clear();
        shadowTold.clear();
        serving = new ModelRef[parallelism];
    }

    private void advance() {
        if (connected.size() < parallelism || Arrays.asList(serving).contains(null)) {
            return;
        }
        ModelAnnouncement wanted = latest.get(serving[0].name());
        if (wanted == null || wanted.getRevision() <= state.seenRevision()) {
            return;
        }
        if (round != null) {
            if (round.committed || round.revision >= wanted.getRevision()) {
                return;
            }
            abort(Refusal.Code.SUPERSEDED, String.format(Locale.ROOT, "revision %d came", wanted.getRevision()));
        }
        begin(wanted);
    }

    private void begin(ModelAnnouncement announcement) {
        if (announcement.getModelVersion() == null
                || announcement.getBundleUri() == null
                || announcement.getBundleDigest() == null) {
            round = new Round(announcement.getRevision(), new ModelRef(announcement.getModelName(), "", "", ""));
            abort(
                    Refusal.Code.BAD_ANNOUNCEMENT,
                    "Expected version, bundle and digest of an active model, got an announcement that lacks one");
            return;
        }
        round = new Round(
                announcement.getRevision(),
                new ModelRef(
                        announcement.getModelName(),
                        announcement.getModelVersion(),
                        announcement.getBundleDigest(),
                        announcement.getBundleUri()));
        round.deadlineMillis = clock.getAsLong() + timeoutMillis;
        for (int subtask = 0; subtask < parallelism; subtask++) {
            outbox.send(subtask, new Prepare(round.revision, round.model));
        }
    }

    private void abort(Refusal.Code code, String message) {
        for (int subtask : connected) {
            outbox.send(subtask, new Abort(round.revision));
        }
        event(WHOLE_JOB, ModelOutcome.ABORTED, new Refusal(code, message).toString(), Map.of());
        state = new SwapState(Math.max(state.seenRevision(), round.revision), state.model(), state.modelRevision());
        round = null;
    }

    private void event(int subtask, ModelOutcome outcome, String reason, Map<String, Double> measures) {
        outbox.publish(ModelEvent.newBuilder()
                .setModelName(round.model.name())
                .setSlot(ModelSlot.ACTIVE)
                .setRevision(round.revision)
                .setBundleDigest(round.model.digest())
                .setSubtask(subtask)
                .setOutcome(outcome)
                .setReason(reason)
                .setMeasures(measures)
                .setEventTime(Instant.ofEpochMilli(clock.getAsLong()))
                .build());
    }
}
