package io.kmerflow.cli.serving;

import static org.assertj.core.api.Assertions.assertThat;

import io.kmerflow.job.model.OpenModel;
import io.kmerflow.scoring.ScoredBatch;
import io.kmerflow.scoring.ScoringSession;
import io.kmerflow.token.TokenBatch;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class EarlyModelTest {
    private final AtomicInteger closed = new AtomicInteger();

    private OpenModel model() {
        return new OpenModel(null, new ScoringSession() {
            @Override
            public CompletableFuture<ScoredBatch> submit(TokenBatch batch) {
                throw new UnsupportedOperationException();
            }

            @Override
            public void close() {
                closed.incrementAndGet();
            }
        });
    }

    @Test
    void holdsTheModelUntilItIsReleasedOnce() throws Exception {
        CountDownLatch opened = new CountDownLatch(1);
        try (EarlyModel early = EarlyModel.load(subtask -> {
            opened.countDown();
            return model();
        })) {
            assertThat(opened.await(60, TimeUnit.SECONDS)).isTrue();
            assertThat(closed).hasValue(0);
            early.release();
            assertThat(closed).hasValue(1);
            early.release();
        }
        assertThat(closed).hasValue(1);
    }

    @Test
    void waitsForAModelThatIsLoaded() throws Exception {
        CountDownLatch mayOpen = new CountDownLatch(1);
        EarlyModel early = EarlyModel.load(subtask -> {
            mayOpen.await();
            return model();
        });
        CompletableFuture<Void> released = CompletableFuture.runAsync(early::release);
        assertThat(released).isNotDone();
        mayOpen.countDown();
        released.get(60, TimeUnit.SECONDS);
        assertThat(closed).hasValue(1);
    }

    @Test
    void leavesAModelThatCannotBeLoadedToTheJob() {
        try (EarlyModel early = EarlyModel.load(subtask -> {
            throw new IllegalStateException("Expected a bundle, got none");
        })) {
            early.release();
        }
        assertThat(closed).hasValue(0);
    }
}
