package io.kmerflow.job.registry;

import static org.assertj.core.api.Assertions.assertThat;

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
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class SwapBoardTest {
    private static final ModelRef OLD = new ModelRef("m", "1", "sha256:old", "/1");
    private static final ModelRef NEW = new ModelRef("m", "2", "sha256:new", "/2");

    private record Sent(int subtask, ModelMessage message) {}

    private final List<Sent> sent = new ArrayList<>();
    private final List<ModelEvent> events = new ArrayList<>();
    private long now;
    private SwapBoard board;

    @BeforeEach
    void twoSubtasksServeTheOldModel() {
        board = board();
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
            board.received(subtask, new Serving(OLD));
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

    private void prepareBoth(long revision) {
        board.received(0, new Vote(revision, null, 1));
        board.received(1, new Vote(revision, null, 1));
    }

    private ModelEvent last() {
        return events.get(events.size() - 1);
    }

    @Test
    void nothingIsCommittedBeforeEverySubtaskHasAgreed() {
        board.announced(announcement(NEW, 1));
        board.received(0, new Vote(1, null, 1));
        assertThat(board.beforeCheckpoint()).isEqualTo(SwapState.NONE);
        board.received(1, new Vote(1, null, 1));
        assertThat(board.beforeCheckpoint().model()).isEqualTo(NEW);

        assertThat(sent)
                .containsExactly(
                        new Sent(0, new Prepare(1, NEW)),
                        new Sent(1, new Prepare(1, NEW)),
                        new Sent(0, new Commit(1, NEW)),
                        new Sent(1, new Commit(1, NEW)));
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
        board.received(1, new Serving(OLD));
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
        assertThat(board.beforeCheckpoint()).as("a shadow is no state").isEqualTo(SwapState.NONE);
    }

    @Test
    void theChangeIsDurableOnlyWithACheckpointThatAllHaveSwitchedBefore() {
        board.announced(announcement(NEW, 1));
        prepareBoth(1);
        board.beforeCheckpoint();
        board.received(0, new Switched(1, 7)); // checkpoint 7 was aborted before its barrier reached subtask 1
        board.completed(6);
        board.received(1, new Switched(1, 8));
        assertThat(last().getSubtask()).isEqualTo(1);
        board.completed(8);

        assertThat(last().getSubtask()).isEqualTo(-1);
        assertThat(last().getOutcome()).isEqualTo(ModelOutcome.COMMITTED);
    }

    @Test
    void aSubtaskThatRestartsAfterTheCommitIsToldBeforeItsFirstBarrier() {
        board.announced(announcement(NEW, 1));
        prepareBoth(1);
        board.beforeCheckpoint();
        board.received(0, new Switched(1, 7));
        board.lost(1);
        sent.clear();
        board.received(1, new Serving(OLD));
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
        board.received(1, new Serving(OLD));
        board.ready(1);

        assertThat(sent).containsExactly(new Sent(1, new Prepare(1, NEW)));
    }

    @Test
    void aLaterAnnouncementReplacesOneThatIsNotCommitted() {
        board.announced(announcement(OLD, 1));
        board.announced(announcement(NEW, 2));

        assertThat(last().getReason()).startsWith("SUPERSEDED");
        assertThat(sent).contains(new Sent(0, new Abort(1)), new Sent(1, new Prepare(2, NEW)));
    }

    @Test
    void oldRevisionsOtherModelsAndUnknownSlotsAreLeftAlone() {
        board.announced(announcement(NEW, 3));
        board.received(0, new Vote(3, new Refusal(Refusal.Code.BROKEN_BUNDLE, "no"), 1));
        sent.clear();
        board.announced(announcement(NEW, 3));
        board.announced(announcement(NEW, 2));
        board.announced(announcement(new ModelRef("other", "9", "sha256:x", "/x"), 9));
        ModelAnnouncement shadow = announcement(NEW, 10);
        shadow.setSlot(ModelSlot.UNKNOWN);
        board.announced(shadow);
        assertThat(sent).isEmpty();

        board.announced(announcement(NEW, 4));
        assertThat(sent).contains(new Sent(0, new Prepare(4, NEW)));
    }

    @Test
    void announcementsThatCameBeforeTheSubtasksWaitForThem() {
        board = board();
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

        assertThat(last().getReason()).startsWith("TIME_OUT").contains("[1]");
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
        assertThat(after).isEqualTo(new SwapState(1, NEW, 1));

        board.restore(middle);
        sent.clear();
        begin();
        assertThat(sent).containsExactly(new Sent(0, new Prepare(1, NEW)), new Sent(1, new Prepare(1, NEW)));

        board.restore(after);
        sent.clear();
        begin();
        assertThat(sent).containsExactly(new Sent(0, new Commit(1, NEW)), new Sent(1, new Commit(1, NEW)));
    }
}
