package io.kmerflow.job.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kmerflow.job.model.ModelMessage.Abort;
import io.kmerflow.job.model.ModelMessage.Commit;
import io.kmerflow.job.model.ModelMessage.Prepare;
import io.kmerflow.job.model.ModelMessage.Switched;
import io.kmerflow.job.model.ModelMessage.Vote;
import io.kmerflow.job.scoring.TestModel;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class CandidatesTest {
    private static final ModelRef OLD = new ModelRef("test", "1", "sha256:old", "/1");
    private static final ModelRef NEW = new ModelRef("test", "2", "sha256:new", "/2");
    private static final ModelRef NEWER = new ModelRef("test", "3", "sha256:newer", "/3");

    private final List<ModelMessage> said = new ArrayList<>();
    private final BlockingQueue<Runnable> mails = new LinkedBlockingQueue<>();
    private final CountDownLatch held = new CountDownLatch(1);
    private Error fault;
    private int loads;
    private final Candidates candidates = new Candidates(
            (revision, model, labelsMayChange, done) -> {
                loads++;
                return Candidate.load(revision, model, new Loading(), 0, null, () -> mails.add(done));
            },
            said::add);

    /** Loads at once, but a held model waits, and a faulty one fails. */
    private final class Loading implements SessionFactory {
        private static final long serialVersionUID = 1L;

        @Override
        public OpenModel open(int subtask) {
            throw new IllegalStateException("Expected an announced model");
        }

        @Override
        public OpenModel open(int subtask, ModelRef model, Succession served) throws Exception {
            if (model.uri().equals("/refused")) {
                throw new ModelRefusedException(Refusal.Code.BROKEN_BUNDLE, "no", null);
            }
            if (model.uri().equals("/held")) {
                held.await();
            }
            if (fault != null) {
                throw fault;
            }
            return new TestModel().open(subtask, model, served);
        }
    }

    @AfterEach
    void everySessionIsClosed() throws InterruptedException {
        candidates.close();
        held.countDown();
        for (int done = 0; done < loads; done++) {
            if (done >= answered) {
                mails.take();
            }
        }
        assertThat(TestModel.OPEN_SESSIONS).hasValue(0);
    }

    private int answered;

    private void awaitAnswers(int loaded) throws InterruptedException {
        while (answered < loaded) {
            mails.take().run();
            answered++;
        }
    }

    @Test
    void aVoteIsForTheModelThatWasAskedForLast() throws Exception {
        candidates.prepare(new Prepare(1, NEW));
        candidates.prepare(new Prepare(2, new ModelRef("test", "3", "sha256:x", "/refused")));
        awaitAnswers(2);

        assertThat(said).hasSize(1);
        assertThat(said.get(0)).isInstanceOfSatisfying(Vote.class, vote -> {
            assertThat(vote.revision()).isEqualTo(2);
            assertThat(vote.refusal()).isEqualTo(new Refusal(Refusal.Code.BROKEN_BUNDLE, "no"));
        });
    }

    @Test
    void theModelVotedForIsTheOneCommitted() throws Exception {
        candidates.prepare(new Prepare(1, NEW));
        awaitAnswers(1);
        assertThat(((Vote) said.get(0)).refusal()).isNull();
        assertThat(candidates.committed()).isFalse();
        candidates.commit(new Commit(1, NEW), OLD);
        assertThat(candidates.committed()).isTrue();
        assertThat(candidates.loading()).isFalse();
        candidates.commit(new Commit(1, NEW), OLD); // said twice
        try (OpenModel taken = candidates.take()) {
            assertThat(taken.ref()).isEqualTo(NEW);
        }
        candidates.switched(9);
        assertThat(said.get(1)).isEqualTo(new Switched(1, 9));
        assertThat(candidates.committed()).isFalse();
        assertThat(loads).isEqualTo(1);
    }

    @Test
    void anAnnouncementBetweenCommitAndBarrierLeavesTheCommittedModelAlone() throws Exception {
        candidates.commit(new Commit(1, NEW), OLD); // to a subtask that restarted
        candidates.prepare(new Prepare(2, NEWER));
        awaitAnswers(2);
        try (OpenModel taken = candidates.take()) {
            assertThat(taken.ref()).isEqualTo(NEW);
        }
        candidates.switched(9);
        assertThat(said.get(0)).isInstanceOf(Vote.class);
        assertThat(said.get(1)).isEqualTo(new Switched(1, 9));

        candidates.commit(new Commit(2, NEWER), NEW);
        try (OpenModel taken = candidates.take()) {
            assertThat(taken.ref()).isEqualTo(NEWER);
        }
        candidates.switched(10);
        assertThat(loads).isEqualTo(2);
    }

    @Test
    void anAnnouncementThatIsTakenBackLeavesTheCommittedModelAlone() throws Exception {
        candidates.prepare(new Prepare(1, NEW));
        awaitAnswers(1);
        candidates.commit(new Commit(1, NEW), OLD);
        candidates.abort(new Abort(1));
        candidates.prepare(new Prepare(2, NEWER));
        candidates.abort(new Abort(1));
        awaitAnswers(2);
        assertThat(said).as("revision 2 was not taken back").hasSize(2);
        candidates.abort(new Abort(2));
        try (OpenModel taken = candidates.take()) {
            assertThat(taken.ref()).isEqualTo(NEW);
        }
        candidates.switched(9);
    }

    @Test
    void aModelThatIsTakenBackIsClosedAndNotVotedFor() throws Exception {
        candidates.prepare(new Prepare(1, new ModelRef("test", "2", "sha256:new", "/held")));
        candidates.abort(new Abort(1));
        held.countDown();
        awaitAnswers(1);

        assertThat(said).isEmpty();
        assertThat(TestModel.OPEN_SESSIONS).hasValue(0);
    }

    @Test
    void theLastCommitCounts() throws Exception {
        candidates.commit(new Commit(1, NEW), OLD);
        candidates.commit(new Commit(2, NEWER), OLD);
        awaitAnswers(2);
        try (OpenModel taken = candidates.take()) {
            assertThat(taken.ref()).isEqualTo(NEWER);
        }
        candidates.switched(9);
        assertThat(said).containsExactly(new Switched(2, 9));

        candidates.commit(new Commit(3, NEW), NEWER);
        candidates.commit(new Commit(4, NEWER), NEWER);
        assertThat(candidates.committed()).isFalse();
        assertThat(said).endsWith(new Switched(4, -1));
    }

    @Test
    void aCommittedModelThatIsNotTheOneVotedForIsLoaded() throws Exception {
        candidates.prepare(new Prepare(1, NEW));
        candidates.commit(new Commit(1, NEWER), OLD);
        candidates.commit(new Commit(1, NEW), OLD);
        awaitAnswers(2);
        try (OpenModel taken = candidates.take()) {
            assertThat(taken.ref()).isEqualTo(NEW);
        }
        candidates.switched(9);
    }

    @Test
    void aBarrierWaitsWhileTheCommittedModelIsLoaded() throws Exception {
        assertThat(candidates.loading()).isFalse();
        candidates.commit(new Commit(1, new ModelRef("test", "2", "sha256:new", "/held")), OLD);
        assertThat(candidates.loading()).isTrue();
        held.countDown();
        awaitAnswers(1);
        assertThat(candidates.loading()).isFalse();
    }

    @Test
    void memoryThatRunsOutIsARefusalAndNoSilence() throws Exception {
        for (Error error : List.of(
                new OutOfMemoryError("Java heap space"),
                new StackOverflowError("deep"),
                new NoClassDefFoundError("X"))) {
            fault = error;
            said.clear();
            candidates.prepare(new Prepare(1, NEW));
            awaitAnswers(loads);
            assertThat(((Vote) said.get(0)).refusal())
                    .isEqualTo(new Refusal(Refusal.Code.NOT_LOADABLE, error.toString()));
        }
        candidates.commit(new Commit(2, NEW), OLD);
        awaitAnswers(loads);
        assertThat(candidates.loading()).isFalse();
        assertThatThrownBy(candidates::take)
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("Expected the model that the whole job has changed to, test 2 (sha256:new), got:"
                        + " NOT_LOADABLE: java.lang.NoClassDefFoundError: X");
    }
}
