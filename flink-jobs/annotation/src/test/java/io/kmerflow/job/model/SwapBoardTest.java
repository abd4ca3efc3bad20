package io.kmerflow.job.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

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
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class SwapBoardTest {
    private static final ModelRef OLD = new ModelRef("m", "1", "sha256:old", "/1");
    private static final ModelRef NEW = new ModelRef("m", "2", "sha256:new", "/2");

    private static final ModelRef OTHER = new ModelRef("m", "3", "sha256:other", "/3");
    private static final SwapState BEGUN = new SwapState(-1, null, -1, true, OLD);

    private record Sent(int subtask, ModelMessage message) {}

    private final List<Sent> sent = new ArrayList<>();
    private final List<ModelEvent> events = new ArrayList<>();
    private long now;
    private SwapBoard board;

    @BeforeEach
    void twoSubtasksServeTheOldModel() {
        board = board();
        board.caughtUp();
        begin();
    }

    private SwapBoard board() {
        return new SwapBoard(2, Duration.ofMillis(100), () -> now, new SwapBoard.Outbox() {
            @Override
            public void send(int subtask, ModelMessage message) {
                sent.add(new Sent(subtask, message));
            }

            @Override
            public void publish(ModelEvent event) {
                events.add(event);
            }
        });
    }

    private void begin() {
        for (int subtask = 0; subtask < 2; subtask++) {
            board.received(subtask, new Serving(OLD, OLD));
            board.ready(subtask);
        }
    }

    private static ModelAnnouncement announcement(ModelRef model, long revision) {
        return ModelAnnouncement.newBuilder()
                .setModelName(model.name())
                .setSlot(ModelSlot.ACTIVE)
                .setRevision(revision)
                .setModelVersion(model.version())
                .setBundleUri(model.uri())
                .setBundleDigest(model.digest())
                .setAnnouncedTime(Instant.EPOCH)
                .build();
    }

    private static ModelAnnouncement shadow(ModelRef model, long revision) {
        ModelAnnouncement shadow = announcement(model, revision);
        shadow.setSlot(ModelSlot.SHADOW);
        shadow.setSampledShare(0.25f);
        return shadow;
    }

    private void prepareBoth(long revision) {
        board.received(0, new Vote(revision, null, 1));
        board.received(1, new Vote(revision, null, 1));
    }

    private void commit(ModelRef model, long revision) {
        board.announced(announcement(model, revision));
        prepareBoth(revision);
        board.beforeCheckpoint();
    }

    private void change(ModelRef model, long revision) {
        commit(model, revision);
        board.received(0, new Switched(revision, revision));
        board.received(1, new Switched(revision, revision));
        board.completed(revision);
        assertThat(last()).isEqualTo(event(-1, model, revision, ModelOutcome.COMMITTED, null, Map.of()));
    }

    private ModelEvent event(
            int subtask,
            ModelRef model,
            long revision,
            ModelOutcome outcome,
            String reason,
            Map<String, Double> measures) {
        return ModelEvent.newBuilder()
                .setModelName(model.name())
                .setSlot(ModelSlot.ACTIVE)
                .setRevision(revision)
                .setBundleDigest(model.digest())
                .setSubtask(subtask)
                .setOutcome(outcome)
                .setReason(reason)
                .setMeasures(measures)
                .setEventTime(Instant.ofEpochMilli(now))
                .build();
    }

    private ModelEvent last() {
        return events.get(events.size() - 1);
    }

    @Test
    void nothingIsCommittedBeforeEverySubtaskHasAgreed() {
        board.announced(announcement(NEW, 1));
        board.received(0, new Vote(1, null, 1));
        assertThat(board.beforeCheckpoint()).isEqualTo(BEGUN);
        board.received(1, new Vote(1, null, 1));
        assertThat(board.beforeCheckpoint().model()).isEqualTo(NEW);

        assertThat(sent)
                .containsExactly(
                        new Sent(0, new Prepare(1, NEW)),
                        new Sent(1, new Prepare(1, NEW)),
                        new Sent(0, new Commit(1, NEW)),
                        new Sent(1, new Commit(1, NEW)));
        assertThat(events)
                .containsExactly(
                        event(0, NEW, 1, ModelOutcome.PREPARED, null, Map.of("loadMillis", 1.0)),
                        event(1, NEW, 1, ModelOutcome.PREPARED, null, Map.of("loadMillis", 1.0)));
        sent.clear();
        board.beforeCheckpoint();
        board.received(0, new Vote(1, new Refusal(Refusal.Code.TIME_OUT, "late"), 1));
        assertThat(sent).as("committed once, and for good").isEmpty();
        assertThat(events).hasSize(2);
    }

    @Test
    void labelsThatChangeAreAllowedByTheAnnouncementAndListed() {
        ModelAnnouncement allowed = announcement(NEW, 1);
        allowed.setAllowLabelChange(true);
        board.announced(allowed);
        assertThat(sent).contains(new Sent(0, new Prepare(1, NEW, true)), new Sent(1, new Prepare(1, NEW, true)));
        LabelChange change = new LabelChange(new ArrayList<>(List.of("x")), new ArrayList<>());
        board.received(0, new Vote(1, null, 1, change));
        board.received(1, new Vote(1, null, 1, change));
        board.beforeCheckpoint();
        board.received(0, new Switched(1, 1));
        board.received(1, new Switched(1, 1));
        board.completed(1);
        assertThat(last().getSubtask()).isEqualTo(-1);
        assertThat(last().getAddedLabels()).containsExactly("x");
        assertThat(last().getRemovedLabels()).isEmpty();
    }

    @Test
    void whatDescribesAVersionChangesNothing() {
        ModelAnnouncement described = announcement(NEW, 1);
        described.setSlot(ModelSlot.VERSION);
        board.announced(described);
        assertThat(sent).isEmpty();
        assertThat(events).isEmpty();
    }

    /** The same model under the same revision, lying elsewhere: jobs must not differ in where they load it from. */
    @Test
    void ofTwoAnnouncementsOfOneRevisionTheFirstCounts() {
        ModelRef moved = new ModelRef(NEW.name(), NEW.version(), NEW.digest(), "/elsewhere");
        board = board();
        begin();
        board.announced(announcement(NEW, 1));
        board.announced(announcement(moved, 1));
        board.caughtUp();
        board.announced(announcement(moved, 1));

        assertThat(sent).containsExactly(new Sent(0, new Prepare(1, NEW)), new Sent(1, new Prepare(1, NEW)));
        assertThat(events).isEmpty();
    }

    @Test
    void aRefusalEndsItForAllAndItsReasonIsTold() {
        board.announced(announcement(NEW, 1));
        sent.clear();
        board.received(0, new Vote(1, null, 1));
        board.received(1, new Vote(2, new Refusal(Refusal.Code.BROKEN_BUNDLE, "of another revision"), 1));
        board.received(1, new Vote(1, new Refusal(Refusal.Code.BROKEN_BUNDLE, "no"), 1));

        assertThat(sent).containsExactly(new Sent(0, new Abort(1)), new Sent(1, new Abort(1)));
        assertThat(events.subList(1, 3))
                .containsExactly(
                        event(1, NEW, 1, ModelOutcome.REJECTED, "BROKEN_BUNDLE: no", Map.of()),
                        event(-1, NEW, 1, ModelOutcome.ABORTED, "BROKEN_BUNDLE: subtask 1 refused: no", Map.of()));
        assertThat(board.beforeCheckpoint()).isEqualTo(new SwapState(1, null, -1, true, OLD));
        change(NEW, 2);
    }

    @Test
    void aShadowIsToldToEverySubtaskOnceAndAgainAfterARestart() {
        ModelAnnouncement shadow = announcement(NEW, 4);
        shadow.setSlot(ModelSlot.SHADOW);
        shadow.setSampledShare(0.25f);
        board.announced(shadow);
        board.announced(shadow);
        ModelMessage.Shadow wanted = new ModelMessage.Shadow(4, NEW, 0.25);
        assertThat(sent).containsExactly(new Sent(0, wanted), new Sent(1, wanted));

        board.lost(1);
        board.received(1, new Serving(OLD, OLD));
        board.ready(1);
        assertThat(sent.get(2)).isEqualTo(new Sent(1, wanted));

        board.received(0, new ModelMessage.ShadowReport(4, NEW, null, new TreeMap<>(Map.of("sampledReads", 3.0))));
        assertThat(last().getOutcome()).isEqualTo(ModelOutcome.SHADOW_REPORT);
        assertThat(last().getMeasures()).containsEntry("sampledReads", 3.0);
        shadow = announcement(NEW, 5);
        shadow.setSlot(ModelSlot.SHADOW);
        shadow.setModelVersion(null);
        board.announced(shadow);
        assertThat(sent.get(3)).isEqualTo(new Sent(0, new ModelMessage.Shadow(5, null, 0)));
        assertThat(board.beforeCheckpoint()).as("a shadow is no state").isEqualTo(BEGUN);
    }

    @Test
    void theChangeIsDurableOnlyWithACheckpointThatAllHaveSwitchedBefore() {
        board.announced(announcement(NEW, 1));
        prepareBoth(1);
        board.beforeCheckpoint();
        board.received(0, new Switched(1, 7)); // checkpoint 7 was aborted before its barrier reached subtask 1
        board.completed(6);
        board.received(1, new Switched(1, 8));
        assertThat(last()).isEqualTo(event(1, NEW, 1, ModelOutcome.COMMITTED, null, Map.of("checkpoint", 8.0)));
        assertThat(board.beforeCheckpoint().told()).isFalse();
        board.completed(7);
        assertThat(last().getSubtask()).isEqualTo(1);
        board.completed(8);

        assertThat(last()).isEqualTo(event(-1, NEW, 1, ModelOutcome.COMMITTED, null, Map.of()));
        assertThat(board.beforeCheckpoint()).isEqualTo(new SwapState(1, NEW, 1, true, OLD));
        assertThat(events).hasSize(5); // two votes, two switches, the whole job
        board.completed(9);
        assertThat(events).hasSize(5);
    }

    @Test
    void theLastSwitchMayBeHeardOfBehindTheCheckpoint() {
        commit(NEW, 1);
        board.received(0, new Switched(1, 7));
        board.received(0, new Switched(1, 7));
        board.completed(7);
        assertThat(last().getSubtask()).isZero();
        board.received(1, new Switched(1, 7));

        assertThat(last()).isEqualTo(event(-1, NEW, 1, ModelOutcome.COMMITTED, null, Map.of()));
        assertThat(events.stream().filter(event -> event.getOutcome() == ModelOutcome.COMMITTED))
                .as("once each")
                .hasSize(3);
    }

    @Test
    void aSubtaskThatIsLostBehindItsSwitchSwitchesAgain() {
        commit(NEW, 1);
        board.received(0, new Switched(1, 7));
        board.received(1, new Switched(1, 7));
        board.lost(1);
        board.completed(7);
        assertThat(last().getSubtask()).isEqualTo(1);
        board.received(1, new Serving(OLD, OLD));
        board.ready(1);
        board.received(1, new Switched(1, 8));
        assertThat(last().getSubtask()).isEqualTo(1);
        board.completed(8);

        assertThat(last().getSubtask()).isEqualTo(-1);
    }

    @Test
    void aSubtaskThatRestartsAfterTheCommitIsToldBeforeItsFirstBarrier() {
        board.announced(announcement(NEW, 1));
        prepareBoth(1);
        board.beforeCheckpoint();
        board.received(0, new Switched(1, 7));
        board.lost(1);
        sent.clear();
        board.received(1, new Serving(OLD, OLD));
        board.ready(1);

        assertThat(sent).containsExactly(new Sent(1, new Commit(1, NEW)));
    }

    @Test
    void aSubtaskThatRestartsBeforeTheCommitIsAskedAgain() {
        board.announced(announcement(NEW, 1));
        prepareBoth(1);
        board.lost(1);
        assertThat(board.beforeCheckpoint().model()).isNull();
        sent.clear();
        board.received(1, new Serving(OLD, OLD));
        board.ready(1);

        assertThat(sent).containsExactly(new Sent(1, new Prepare(1, NEW)));
    }

    @Test
    void aLaterAnnouncementReplacesOneThatIsNotCommitted() {
        board.announced(announcement(OLD, 1));
        board.announced(announcement(NEW, 2));

        assertThat(last()).isEqualTo(event(-1, OLD, 1, ModelOutcome.ABORTED, "SUPERSEDED: revision 2 came", Map.of()));
        assertThat(sent).contains(new Sent(0, new Abort(1)), new Sent(1, new Prepare(2, NEW)));
    }

    @Test
    void otherModelsUnknownSlotsAndRepetitionsAreLeftAlone() {
        board.announced(announcement(NEW, 3));
        board.received(0, new Vote(3, new Refusal(Refusal.Code.BROKEN_BUNDLE, "no"), 1));
        sent.clear();
        int before = events.size();
        board.announced(announcement(NEW, 3));
        board.announced(announcement(new ModelRef("other", "9", "sha256:x", "/x"), 9));
        board.announced(announcement(new ModelRef("other", "9", "sha256:y", "/x"), 8));
        ModelAnnouncement shadow = announcement(NEW, 10);
        shadow.setSlot(ModelSlot.UNKNOWN);
        board.announced(shadow);
        assertThat(sent).isEmpty();
        assertThat(events).hasSize(before);

        board.announced(announcement(NEW, 4));
        assertThat(sent).containsExactly(new Sent(0, new Prepare(4, NEW)), new Sent(1, new Prepare(4, NEW)));
    }

    @Test
    void theSecondOfTwoPublishersWithOneRevisionIsTold() {
        board.announced(announcement(NEW, 3));
        sent.clear();
        board.announced(announcement(OTHER, 3));
        String reason =
                "STALE_REVISION: Expected a revision above 3, the last that this job has seen, got %d; publish again";
        assertThat(last())
                .isEqualTo(event(-1, OTHER, 3, ModelOutcome.ABORTED, String.format(Locale.ROOT, reason, 3), Map.of()));
        board.announced(announcement(NEW, 2));
        assertThat(last())
                .isEqualTo(event(-1, NEW, 2, ModelOutcome.ABORTED, String.format(Locale.ROOT, reason, 2), Map.of()));
        ModelRef versioned = new ModelRef("m", "2.1", NEW.digest(), NEW.uri());
        board.announced(announcement(versioned, 3));
        assertThat(last().getReason()).isEqualTo(String.format(Locale.ROOT, reason, 3));
        assertThat(events).hasSize(3);

        assertThat(sent).as("the first goes on").isEmpty();
        prepareBoth(3);
        assertThat(board.beforeCheckpoint().model()).isEqualTo(NEW);
        board.announced(shadow(OLD, 1));
        board.announced(shadow(OTHER, 1));
        assertThat(last().getSlot()).isEqualTo(ModelSlot.SHADOW);
        assertThat(last().getOutcome()).isEqualTo(ModelOutcome.REJECTED);
        assertThat(last().getSubtask()).isEqualTo(-1);
    }

    @Test
    void announcementsThatCountForNothingAreToldOnceItIsKnownWhichModelServes() {
        board = board();
        board.announced(announcement(NEW, -7));
        for (int i = 0; i < 100; i++) {
            board.announced(announcement(OTHER, -i - 100));
        }
        board.caughtUp();
        assertThat(events).isEmpty();
        begin();
        assertThat(events).as("the last 100").hasSize(100);
        assertThat(events.get(0).getRevision()).isEqualTo(-100);
        board.announced(announcement(NEW, 1));
        assertThat(events).as("once").hasSize(100);
    }

    @Test
    void aRevisionOutOfBoundsIsRefusedAndBlocksNothing() {
        now = 1_000;
        long day = 86_400_000;
        long highest = (1_000 + day) * 1_000_000;
        for (long revision : new long[] {-1, Long.MIN_VALUE, Long.MAX_VALUE, highest + 1}) {
            board.announced(announcement(NEW, revision));
            assertThat(last())
                    .isEqualTo(event(
                            -1,
                            NEW,
                            revision,
                            ModelOutcome.ABORTED,
                            String.format(
                                    Locale.ROOT,
                                    "BAD_ANNOUNCEMENT: Expected a revision from 0 to %d, the time in nanoseconds and a day, got %d",
                                    highest,
                                    revision),
                            Map.of()));
        }
        assertThat(sent).isEmpty();
        change(NEW, 0);
        change(OLD, highest);
        now = 1_001;
        change(NEW, highest + 1); // what was the last is not, a moment later
    }

    @Test
    void aShareOfAShadowOutOfBoundsIsRefused() {
        for (float share : new float[] {-0.1f, 1.1f, Float.NaN}) {
            ModelAnnouncement shadow = shadow(NEW, 4);
            shadow.setSampledShare(share);
            board.announced(shadow);
            assertThat(last().getReason())
                    .isEqualTo("BAD_ANNOUNCEMENT: Expected a share of the reads from 0 to 1, got " + share);
        }
        assertThat(sent).isEmpty();
        for (float share : new float[] {0, 1}) {
            ModelAnnouncement shadow = shadow(NEW, 5 + (long) share);
            shadow.setSampledShare(share);
            board.announced(shadow);
        }
        assertThat(sent).hasSize(4);
        ModelAnnouncement active = announcement(NEW, 9);
        active.setSampledShare(7f);
        board.announced(active);
        assertThat(sent).as("an active model has no share").hasSize(6);
    }

    @Test
    void anActiveModelWithoutVersionPlaceOrDigestIsRefused() {
        List<java.util.function.Consumer<ModelAnnouncement>> holes = List.of(
                each -> each.setModelVersion(null),
                each -> each.setBundleUri(null),
                each -> each.setBundleDigest(null));
        long revision = 1;
        for (var hole : holes) {
            ModelAnnouncement announcement = announcement(NEW, revision);
            hole.accept(announcement);
            sent.clear();
            board.announced(announcement);
            assertThat(sent).containsExactly(new Sent(0, new Abort(revision)), new Sent(1, new Abort(revision)));
            assertThat(last().getReason())
                    .isEqualTo("BAD_ANNOUNCEMENT: Expected version, bundle and digest of an active model, got an"
                            + " announcement that lacks one");
            assertThat(last().getRevision()).isEqualTo(revision);
            revision++;
        }
        assertThat(board.beforeCheckpoint().seenRevision()).isEqualTo(3);
    }

    @Test
    void ofTheAnnouncementsThatWereThereOnlyTheLastCounts() {
        board = board();
        begin();
        board.announced(announcement(OLD, 1));
        board.announced(announcement(OTHER, 2));
        board.announced(announcement(NEW, 3));
        board.announced(shadow(OTHER, 1));
        board.announced(shadow(NEW, 2));
        assertThat(sent).isEmpty();
        board.caughtUp();
        assertThat(sent)
                .containsExactly(
                        new Sent(0, new ModelMessage.Shadow(2, NEW, 0.25)),
                        new Sent(1, new ModelMessage.Shadow(2, NEW, 0.25)),
                        new Sent(0, new Prepare(3, NEW)),
                        new Sent(1, new Prepare(3, NEW)));
        assertThat(events).isEmpty();

        sent.clear();
        board.rereading(); // Kafka was away
        board.announced(announcement(OLD, 1));
        board.announced(announcement(OTHER, 2));
        board.announced(announcement(NEW, 3));
        board.announced(shadow(OTHER, 1));
        board.announced(shadow(NEW, 2));
        board.caughtUp();
        assertThat(sent).as("they come again").isEmpty();
        assertThat(events).isEmpty();
        prepareBoth(3);
        assertThat(board.beforeCheckpoint().model()).isEqualTo(NEW);
    }

    @Test
    void aTopicMadeAnewIsNotSilentlyIgnored() {
        change(NEW, 57);
        int before = events.size();
        board.rereading();
        board.caughtUp();
        board.announced(announcement(OTHER, 1));
        String reason =
                "STALE_REVISION: Expected a revision above 57, the last that this job has seen, got 1; publish again";
        assertThat(last()).isEqualTo(event(-1, OTHER, 1, ModelOutcome.ABORTED, reason, Map.of("seenRevision", 57.0)));
        board.rereading();
        board.announced(announcement(OTHER, 1));
        board.caughtUp();
        assertThat(events).as("told once").hasSize(before + 1);
        change(OTHER, 58);
    }

    @Test
    void theAnnouncementThatWasCommittedIsNoStaleOneAfterARestore() {
        change(NEW, 57);
        SwapState state = board.beforeCheckpoint();
        board = board();
        board.restore(state);
        begin();
        int before = events.size();
        board.announced(announcement(NEW, 57));
        board.caughtUp();
        assertThat(events).hasSize(before);

        board = board();
        board.restore(state);
        begin();
        board.announced(announcement(OTHER, 57)); // the second of two publishers, whom compaction has kept
        board.caughtUp();
        assertThat(last().getReason()).startsWith("STALE_REVISION: Expected a revision above 57,");

        board = board();
        board.restore(new SwapState(58, NEW, 57, true, OLD));
        begin();
        before = events.size();
        board.announced(announcement(OTHER, 58)); // refused before
        board.caughtUp();
        assertThat(events).hasSize(before);
    }

    @Test
    void revisionsThatVersion01AcceptedOutOfBoundsBlockNothing() {
        board.restore(new SwapState(Long.MAX_VALUE, NEW, Long.MAX_VALUE, true, OLD));
        begin();
        assertThat(sent).containsExactly(new Sent(0, new Commit(-1, NEW)), new Sent(1, new Commit(-1, NEW)));
        change(OTHER, 4);
    }

    @Test
    void aCommitThatNobodyWasToldOfIsToldAfterARestore() {
        commit(NEW, 7);
        SwapState state = board.beforeCheckpoint();
        events.clear();
        board = board();
        board.restore(state);
        for (int subtask = 0; subtask < 2; subtask++) {
            board.received(subtask, new Serving(NEW, OLD));
            board.ready(subtask);
            board.received(subtask, new Switched(7, -1));
        }

        assertThat(last()).isEqualTo(event(-1, NEW, 7, ModelOutcome.COMMITTED, null, Map.of()));
        assertThat(board.beforeCheckpoint().told()).isTrue();
        events.clear();
        board.restore(board.beforeCheckpoint());
        for (int subtask = 0; subtask < 2; subtask++) {
            board.received(subtask, new Serving(NEW, OLD));
            board.ready(subtask);
            board.received(subtask, new Switched(7, -1));
        }
        assertThat(events).isEmpty();
    }

    @Test
    void theConfiguredModelThatHasChangedServesInsteadOfTheCommittedOne() {
        change(NEW, 7);
        SwapState state = board.beforeCheckpoint();
        board = board();
        board.caughtUp();
        board.restore(state);
        sent.clear();
        for (int subtask = 0; subtask < 2; subtask++) {
            board.ready(subtask);
            assertThat(sent).as("not told before it has said what it serves").isEmpty();
            board.received(subtask, new Serving(OTHER, OTHER));
        }
        assertThat(sent).isEmpty();
        assertThat(board.beforeCheckpoint()).isEqualTo(new SwapState(7, null, -1, true, OTHER));
        board.announced(announcement(NEW, 7));
        assertThat(sent).as("it was seen").isEmpty();
        board.announced(announcement(NEW, 8));
        assertThat(sent).containsExactly(new Sent(0, new Prepare(8, NEW)), new Sent(1, new Prepare(8, NEW)));
    }

    @Test
    void aCommitUnderWayEndsWhereTheConfiguredModelHasChanged() {
        commit(NEW, 7);
        SwapState state = board.beforeCheckpoint();
        board.restore(state);
        events.clear();
        board.received(0, new Serving(OTHER, OTHER));
        assertThat(events)
                .containsExactly(event(
                        -1, NEW, 7, ModelOutcome.ABORTED, "SUPERSEDED: the configured model has changed", Map.of()));
        board.received(1, new Serving(OTHER, OTHER));
        board.ready(0);
        board.ready(1);
        assertThat(events).hasSize(1);
        change(NEW, 8);
    }

    @Test
    void aFailoverKeepsAPublishedModelWhereTheConfiguredOneIsTheSame() {
        change(NEW, 7);
        SwapState state = board.beforeCheckpoint();
        board = board();
        board.restore(state);
        sent.clear();
        for (int subtask = 0; subtask < 2; subtask++) {
            board.received(subtask, new Serving(NEW, OLD));
            board.ready(subtask);
        }
        assertThat(sent).containsExactly(new Sent(0, new Commit(7, NEW)), new Sent(1, new Commit(7, NEW)));
        assertThat(board.beforeCheckpoint()).isEqualTo(state);
    }

    @Test
    void subtasksThatDisagreeBreakARule() {
        board = board();
        board.received(0, new Serving(OLD, OLD));
        assertThatThrownBy(() -> board.received(1, new Serving(NEW, NEW)))
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("Expected one configured model on all machines, got m 1 (sha256:old) at subtask 0 and"
                        + " m 2 (sha256:new) at subtask 1");

        board = board();
        board.received(1, new Serving(OLD, OLD));
        assertThatThrownBy(() -> board.received(0, new Serving(NEW, OLD)))
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("Expected one model for all subtasks, got m 1 (sha256:old) at subtask 1 and"
                        + " m 2 (sha256:new) at 0");

        assertThatThrownBy(() -> board.received(1, new Commit(1, NEW)))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("from subtask 1");
    }

    @Test
    void aRestartedSubtaskMayServeAnotherModelThanTheRestUntilItsBarrier() {
        change(NEW, 1);
        board.lost(1);
        sent.clear();
        board.received(1, new Serving(OLD, OLD)); // no exception: from the checkpoint before
        board.ready(1);
        assertThat(sent).containsExactly(new Sent(1, new Commit(1, NEW)));
        board.received(1, new Switched(1, 9));
        change(OLD, 2);
    }

    @Test
    void announcementsThatCameBeforeTheSubtasksWaitForThem() {
        board = board();
        board.caughtUp();
        board.announced(announcement(NEW, 3));
        board.announced(announcement(OLD, 2));
        board.announced(announcement(new ModelRef("other", "9", "sha256:x", "/x"), 9));
        assertThat(sent).isEmpty();
        begin();

        assertThat(sent).containsExactly(new Sent(0, new Prepare(3, NEW)), new Sent(1, new Prepare(3, NEW)));
    }

    @Test
    void silenceIsARefusalThatNamesTheSilent() {
        board.announced(announcement(NEW, 1));
        board.received(0, new Vote(1, null, 1));
        now = 100;
        board.tick();
        assertThat(last().getOutcome()).isEqualTo(ModelOutcome.PREPARED);
        now = 101;
        board.tick();

        assertThat(last().getReason())
                .isEqualTo("TIME_OUT: Expected every subtask to have loaded the model within 100 ms, got no answer from"
                        + " subtasks [1]");
        board.received(1, new Vote(1, null, 1));
        assertThat(board.beforeCheckpoint().model())
                .as("a vote that came too late")
                .isNull();
    }

    @Test
    void aRestoreInTheMiddleOfAChangeBeginsTheChangeAnew() throws IOException {
        board.announced(announcement(NEW, 1));
        board.received(0, new Vote(1, null, 1));
        SwapState middle = SwapState.of(board.beforeCheckpoint().toBytes());
        board.received(1, new Vote(1, null, 1));
        SwapState after = SwapState.of(board.beforeCheckpoint().toBytes());
        assertThat(after).isEqualTo(new SwapState(1, NEW, 1, false, OLD));

        board.restore(middle);
        sent.clear();
        begin();
        assertThat(sent).containsExactly(new Sent(0, new Prepare(1, NEW)), new Sent(1, new Prepare(1, NEW)));

        board.restore(after);
        sent.clear();
        begin();
        assertThat(sent).containsExactly(new Sent(0, new Commit(1, NEW)), new Sent(1, new Commit(1, NEW)));
    }

    @Test
    void anAnnouncementDuringACommitBeginsWhenThatIsDurable() {
        commit(NEW, 1);
        sent.clear();
        board.announced(announcement(OTHER, 2));
        assertThat(sent).isEmpty();
        board.received(0, new Switched(1, 7));
        board.received(1, new Switched(1, 7));
        assertThat(sent).isEmpty();
        board.completed(7);
        assertThat(sent).containsExactly(new Sent(0, new Prepare(2, OTHER)), new Sent(1, new Prepare(2, OTHER)));
    }

    @Test
    void aSubtaskThatIsReadyFirstIsToldOnceItHasSpoken() {
        board.announced(announcement(NEW, 1));
        board.lost(1);
        sent.clear();
        now = 90;
        board.ready(1);
        assertThat(sent).isEmpty();
        board.received(1, new Serving(OLD, OLD));
        assertThat(sent).containsExactly(new Sent(1, new Prepare(1, NEW)));
        now = 190;
        board.tick();
        assertThat(events).as("it has the whole time again").isEmpty();
        now = 191;
        board.tick();
        assertThat(last().getReason()).startsWith("TIME_OUT: ");
    }

    @Test
    void aShadowIsToldAgainAfterARestore() {
        board.announced(shadow(NEW, 4));
        sent.clear();
        board.restore(board.beforeCheckpoint());
        begin();
        ModelMessage.Shadow wanted = new ModelMessage.Shadow(4, NEW, 0.25);
        assertThat(sent).containsExactly(new Sent(0, wanted), new Sent(1, wanted));
    }
}
