package io.kmerflow.job.scoring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kmerflow.job.ingest.DecodedRead;
import io.kmerflow.schema.AnnotationStatus;
import io.kmerflow.schema.ReadAnnotation;
import io.kmerflow.scoring.ScoringException;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class ReadScorerTest {
    private static final Queue<Integer> BATCHES = new ConcurrentLinkedQueue<>();
    /** Batches of 4 windows, and 8 windows in flight. */
    private static final FeedLimits FEED = new FeedLimits(10_000, 4, 20L, 8);

    @Test
    void readsShareBatchesAndEachGetsItsOwnAnswer() throws Exception {
        BATCHES.clear();
        TestModel model = new TestModel(batch -> BATCHES.add(batch.windows()));
        try (ReadScorer scorer = ReadScorer.open(model, FEED, 0)) {
            List<CompletableFuture<ReadAnnotation>> answers = new ArrayList<>();
            for (int i = 0; i < 100; i++) {
                DecodedRead read = i % 2 == 0 ? Reads.plain(i, 20) : Reads.of("r" + i, "ACGTACGTACGTACGTGGGA");
                answers.add(scorer.score(read));
            }
            for (int i = 0; i < 100; i++) {
                ReadAnnotation annotation = answers.get(i).get();
                assertThat(annotation.getReadId()).isEqualTo("r" + i);
                assertThat(annotation.getReadCall().getLabel()).isEqualTo(i % 2 == 0 ? "even" : "odd");
            }
        }
        assertThat(BATCHES.stream().mapToInt(Integer::intValue).sum()).isEqualTo(100);
        assertThat(BATCHES).hasSizeLessThan(100).allMatch(windows -> windows <= 4);
    }

    @Test
    void longReadsAreCutIntoWindows() throws Exception {
        try (ReadScorer scorer = ReadScorer.open(new TestModel(), FEED, 0)) {
            assertThat(scorer.score(Reads.plain(1, 2_000)).get().getWindowsScored())
                    .isEqualTo(199);
        }
    }

    @Test
    void readsThatTheModelNeedNotSeeHaveTheirStatusAndUnscorableOnesNone() throws Exception {
        try (ReadScorer scorer = ReadScorer.open(new TestModel(), FEED, 0)) {
            assertThat(scorer.score(Reads.plain(1, 5)).get().getStatus()).isEqualTo(AnnotationStatus.TOO_SHORT);
            assertThat(scorer.score(Reads.of("r2", "ACGTACGTACCCACGTACGT")).get())
                    .isNull(); // NaN
        }
    }

    @Test
    void aLostDeviceFailsWhatIsOpenAndWhatComesAfter() throws Exception {
        TestModel model = new TestModel(batch -> {
            throw new ScoringException(ScoringException.Kind.DEVICE_LOST, "unplugged", null);
        });
        try (ReadScorer scorer = ReadScorer.open(model, FEED, 0)) {
            CompletableFuture<ReadAnnotation> open = scorer.score(Reads.plain(1, 20));
            assertThatThrownBy(open::get).isInstanceOf(ExecutionException.class).hasStackTraceContaining("unplugged");
            assertThatThrownBy(() -> scorer.score(Reads.plain(2, 20)).get()).hasStackTraceContaining("unplugged");
        }
    }

    @Test
    void aClosedScorerFailsAndLetsTheModelGo() throws Exception {
        int before = TestModel.OPEN_SESSIONS.get();
        ReadScorer scorer = ReadScorer.open(new TestModel(), FEED, 0);
        scorer.close();

        assertThat(TestModel.OPEN_SESSIONS.get()).isEqualTo(before);
        assertThatThrownBy(() -> scorer.score(Reads.plain(1, 20)).get()).isInstanceOf(ExecutionException.class);
    }
}
