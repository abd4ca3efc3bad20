package io.kmerflow.job.model;

import io.kmerflow.job.model.ModelMessage.Abort;
import io.kmerflow.job.model.ModelMessage.Commit;
import io.kmerflow.job.model.ModelMessage.Prepare;
import io.kmerflow.job.model.ModelMessage.Serving;
import io.kmerflow.job.model.ModelMessage.Switched;
import io.kmerflow.job.model.ModelMessage.Vote;
import io.kmerflow.schema.ModelAnnouncement;
import io.kmerflow.schema.ModelEvent;
import io.kmerflow.schema.ModelOutcome;
import io.kmerflow.schema.ModelSlot;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.LongSupplier;

/**
 * Decides when the model changes, without threads, clocks, Kafka or a cluster. One change at a time: every subtask is
 * asked to prepare; a refusal, a time-out or a later announcement ends it for all; once all have agreed, the next
 * checkpoint commits it: each subtask is told before the barrier is sent, and switches at that barrier, or, if the
 * checkpoint is aborted before the barrier reaches it, at the next. So all subtasks have switched before the first
 * checkpoint that completes. A subtask that restarts is told again, once it has said what it began with: where the
 * configured model has changed since the checkpoint, and is allowed to, it serves instead of the one committed before.
 * All methods are for one thread at a time; an exception means that subtasks disagree or a rule is broken.
 */
final class SwapBoard {
    /** What the board does to the world. */
    interface Outbox {
        void send(int subtask, ModelMessage message);

        void publish(ModelEvent event);
    }

    private static final int WHOLE_JOB = -1;
    private static final int MAX_IGNORED = 100;

    private final int parallelism;
    private final long timeoutMillis;
    private final LongSupplier clock;
    private final Outbox outbox;
    private final Set<Integer> connected = new TreeSet<>();
    private ModelRef[] serving;
    private ModelRef[] configured;

    private SwapState state = SwapState.NONE;
    private final Map<String, ModelAnnouncement> latest = new HashMap<>();
    private final Map<String, ModelAnnouncement> latestShadow = new HashMap<>();
    private final Map<Integer, Long> shadowTold = new HashMap<>();
    private final ArrayDeque<Ignored> ignored = new ArrayDeque<>();
    private ModelAnnouncement staleTold;
    private boolean caughtUp;
    private Round round;
    private long lastCompleted = -1;

    /** An announcement that changes nothing; reported once it is known which model this job serves. */
    private record Ignored(ModelAnnouncement announcement, Refusal why) {}

    /** One change under way. */
    private static final class Round {
        private final long revision;
        private final ModelRef model;
        private final boolean labelsMayChange;
        private LabelChange labels = LabelChange.NONE;
        private final Set<Integer> prepared = new TreeSet<>();
        private final Set<Integer> switched = new TreeSet<>();
        private long deadlineMillis;
        private boolean committed;
        private long switchCheckpoint = -1;

        private Round(long revision, ModelRef model, boolean labelsMayChange) {
            this.revision = revision;
            this.model = model;
            this.labelsMayChange = labelsMayChange;
        }
    }

    /**
     * @param parallelism subtasks of the operator
     * @param timeout from the wish to prepare to the last vote
     * @param clock milliseconds since 1970
     */
    SwapBoard(int parallelism, Duration timeout, LongSupplier clock, Outbox outbox) {
        this.parallelism = parallelism;
        this.timeoutMillis = timeout.toMillis();
        this.clock = clock;
        this.outbox = outbox;
        this.serving = new ModelRef[parallelism];
        this.configured = new ModelRef[parallelism];
    }

    /** The announcements come anew from the oldest that is kept. */
    void rereading() {
        caughtUp = false;
        latest.clear();
        latestShadow.clear();
    }

    /** The announcements that were there at the start have come: the last of them counts, those before it never did. */
    void caughtUp() {
        caughtUp = true;
        tellShadow();
        advance();
    }

    /** An announcement came; what fills none of the slots, and other models, are left alone. */
    void announced(ModelAnnouncement announcement) {
        if (announcement.getSlot() != ModelSlot.ACTIVE && announcement.getSlot() != ModelSlot.SHADOW) {
            return;
        }
        // By model, since which one this job serves may not be known yet.
        boolean active = announcement.getSlot() == ModelSlot.ACTIVE;
        Map<String, ModelAnnouncement> slot = active ? latest : latestShadow;
        ModelAnnouncement last = slot.get(announcement.getModelName());
        Refusal why = fault(announcement, last);
        if (why != null) {
            if (ignored.size() == MAX_IGNORED) {
                ignored.removeFirst();
            }
            ignored.addLast(new Ignored(announcement, why));
        } else if (last == null || announcement.getRevision() > last.getRevision()) {
            slot.put(announcement.getModelName(), announcement);
        }
        if (!active) {
            tellShadow();
        }
        advance();
    }

    /** Why an announcement counts for nothing; null where it counts, or repeats the last one. */
    private Refusal fault(ModelAnnouncement announcement, ModelAnnouncement last) {
        long revision = announcement.getRevision();
        if (!Revisions.valid(revision, clock.getAsLong())) {
            return new Refusal(
                    Refusal.Code.BAD_ANNOUNCEMENT,
                    String.format(
                            Locale.ROOT,
                            "Expected a revision from 0 to %d, the time in nanoseconds and a day, got %d",
                            Revisions.highest(clock.getAsLong()),
                            revision));
        }
        Float share = announcement.getSampledShare();
        if (announcement.getSlot() == ModelSlot.SHADOW && share != null && !(share >= 0 && share <= 1)) {
            return new Refusal(
                    Refusal.Code.BAD_ANNOUNCEMENT, "Expected a share of the reads from 0 to 1, got " + share);
        }
        if (last == null || revision > last.getRevision()) {
            return null;
        }
        return revision == last.getRevision() && sameModel(announcement, last)
                ? null
                : new Refusal(Refusal.Code.STALE_REVISION, stale(announcement, last.getRevision()));
    }

    private static String stale(ModelAnnouncement announcement, long last) {
        return String.format(
                Locale.ROOT,
                "Expected a revision above %d, the last that this job has seen, got %d; publish again",
                last,
                announcement.getRevision());
    }

    private static boolean sameModel(ModelAnnouncement one, ModelAnnouncement other) {
        return Objects.equals(one.getBundleDigest(), other.getBundleDigest())
                && Objects.equals(one.getModelVersion(), other.getModelVersion());
    }

    /**
     * A shadow writes nothing but reports, so every subtask has it as soon as it can: no vote, no barrier, no state; a
     * restarted subtask is told again.
     */
    private void tellShadow() {
        if (!caughtUp) {
            return;
        }
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
        return new ModelMessage.Shadow(
                wanted.getRevision(), model, ends ? 0 : wanted.getSampledShare(), wanted.getAllowLabelChange());
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
        greet(subtask);
    }

    /** A subtask ended or restarts. */
    void lost(int subtask) {
        connected.remove(subtask);
        serving[subtask] = null;
        configured[subtask] = null;
        shadowTold.remove(subtask);
        if (round != null) {
            round.prepared.remove(subtask);
            round.switched.remove(subtask);
        }
    }

    /**
     * A subtask said something.
     *
     * @throws IllegalStateException if it contradicts the others
     */
    void received(int subtask, ModelMessage message) {
        if (message instanceof Serving says) {
            serves(subtask, says);
        } else if (message instanceof Vote vote) {
            voted(subtask, vote);
        } else if (message instanceof Switched switched) {
            switched(subtask, switched);
        } else if (message instanceof ModelMessage.ShadowReport report) {
            reported(subtask, report);
        } else {
            throw new IllegalStateException(String.format(
                    Locale.ROOT, "Expected what a subtask says, got %s from subtask %d", message, subtask));
        }
    }

    private void serves(int subtask, Serving says) {
        for (int other = 0; other < parallelism; other++) {
            if (serving[other] != null && !Objects.equals(configured[other], says.configured())) {
                throw new IllegalStateException(String.format(
                        Locale.ROOT,
                        "Expected one configured model on all machines, got %s at subtask %d and %s at subtask %d",
                        configured[other],
                        other,
                        says.configured(),
                        subtask));
            }
            if (serving[other] != null && state.model() == null && !serving[other].sameModel(says.model())) {
                throw new IllegalStateException(String.format(
                        Locale.ROOT,
                        "Expected one model for all subtasks, got %s at subtask %d and %s at %d",
                        serving[other],
                        other,
                        says.model(),
                        subtask));
            }
        }
        serving[subtask] = says.model();
        configured[subtask] = says.configured();
        if (!Objects.equals(state.configured(), says.configured())) {
            if (round != null) {
                abort(Refusal.Code.SUPERSEDED, "the configured model has changed");
            }
            state = state.withConfigured(says.configured());
        }
        greet(subtask);
    }

    /** To a subtask that can be told things, and that has said what it serves: whichever comes last. */
    private void greet(int subtask) {
        if (!connected.contains(subtask) || serving[subtask] == null) {
            return;
        }
        if (state.model() != null) {
            // It may have begun from a checkpoint before the change; before its first barrier it must know.
            outbox.send(subtask, new Commit(state.modelRevision(), state.model()));
        }
        if (round != null && !round.committed) {
            round.deadlineMillis = clock.getAsLong() + timeoutMillis;
            outbox.send(subtask, new Prepare(round.revision, round.model, round.labelsMayChange));
        }
        tellShadow();
        advance();
    }

    private void voted(int subtask, Vote vote) {
        if (round == null || round.revision != vote.revision() || round.committed) {
            return;
        }
        if (vote.refusal() == null) {
            round.prepared.add(subtask);
            round.labels = vote.labels();
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
        if (round == null || !round.committed || round.revision != message.revision()) {
            return;
        }
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
            state = state.withCommitted(round.revision, round.model);
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
            state = state.withTold();
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

    /** Goes back to a checkpoint's state. A commit that it holds, and nobody was told of, is reported once all serve it. */
    void restore(SwapState restored) {
        state = restored.withoutInvalidRevisions(clock.getAsLong());
        round = null;
        if (!state.told()) {
            round = new Round(state.modelRevision(), state.model(), true);
            round.committed = true;
        }
        connected.clear();
        shadowTold.clear();
        serving = new ModelRef[parallelism];
        configured = new ModelRef[parallelism];
    }

    private void advance() {
        if (!caughtUp
                || connected.size() < parallelism
                || Arrays.asList(serving).contains(null)) {
            return;
        }
        String name = serving[0].name();
        tellIgnored(name);
        ModelAnnouncement wanted = latest.get(name);
        if (wanted == null) {
            return;
        }
        if (wanted.getRevision() <= state.seenRevision()) {
            tellStale(wanted);
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

    private void tellIgnored(String name) {
        for (Ignored each : ignored) {
            if (each.announcement().getModelName().equals(name)) {
                ignored(each.announcement(), each.why(), Map.of());
            }
        }
        ignored.clear();
    }

    /** The last announcement of the topic is not above what the job has seen: the topic was made anew, or two collided. */
    private void tellStale(ModelAnnouncement last) {
        boolean seen = last.getRevision() == state.seenRevision()
                && (last.getRevision() != state.modelRevision()
                        || Objects.equals(last.getBundleDigest(), state.model().digest()));
        if (!seen && !last.equals(staleTold)) {
            staleTold = last;
            ignored(
                    last,
                    new Refusal(Refusal.Code.STALE_REVISION, stale(last, state.seenRevision())),
                    Map.of(Revisions.SEEN_MEASURE, (double) state.seenRevision()));
        }
    }

    private void ignored(ModelAnnouncement announcement, Refusal why, Map<String, Double> measures) {
        outbox.publish(ModelEvent.newBuilder()
                .setModelName(announcement.getModelName())
                .setSlot(announcement.getSlot())
                .setRevision(announcement.getRevision())
                .setBundleDigest(announcement.getBundleDigest())
                .setSubtask(WHOLE_JOB)
                .setOutcome(announcement.getSlot() == ModelSlot.ACTIVE ? ModelOutcome.ABORTED : ModelOutcome.REJECTED)
                .setReason(why.toString())
                .setMeasures(measures)
                .setEventTime(Instant.ofEpochMilli(clock.getAsLong()))
                .build());
    }

    private void begin(ModelAnnouncement announcement) {
        if (announcement.getModelVersion() == null
                || announcement.getBundleUri() == null
                || announcement.getBundleDigest() == null) {
            round = new Round(announcement.getRevision(), new ModelRef(announcement.getModelName(), "", "", ""), false);
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
                        announcement.getBundleUri()),
                announcement.getAllowLabelChange());
        round.deadlineMillis = clock.getAsLong() + timeoutMillis;
        for (int subtask = 0; subtask < parallelism; subtask++) {
            outbox.send(subtask, new Prepare(round.revision, round.model, round.labelsMayChange));
        }
    }

    private void abort(Refusal.Code code, String message) {
        for (int subtask : connected) {
            outbox.send(subtask, new Abort(round.revision));
        }
        event(WHOLE_JOB, ModelOutcome.ABORTED, new Refusal(code, message).toString(), Map.of());
        state = state.withSeen(round.revision);
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
                .setAddedLabels(List.copyOf(round.labels.added()))
                .setRemovedLabels(List.copyOf(round.labels.removed()))
                .setEventTime(Instant.ofEpochMilli(clock.getAsLong()))
                .build());
    }
}
