package io.kmerflow.pretraining.trainer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kmerflow.pretraining.model.TokenRows;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class PrefetcherTest {
    private static TrainingBatch batch(long step) {
        return new TrainingBatch(new TokenRows(new int[] {(int) step}, new int[] {1}, 1), null, new int[] {0}, 0);
    }

    @Test
    void batchesComeInTheOrderOfTheirStepsAndEnd() {
        List<Long> built = Collections.synchronizedList(new ArrayList<>());
        BatchSource source = step -> {
            built.add(step);
            return batch(step);
        };
        try (Prefetcher batches = new Prefetcher(source, 3, 13)) {
            for (int step = 3; step < 13; step++) {
                assertThat(batches.next().rows().tokenIds()).containsExactly(step);
            }
            for (int i = 0; i < 2; i++) {
                assertThatThrownBy(batches::next)
                        .isInstanceOf(IllegalStateException.class)
                        .hasMessage("Expected a step before the last, got no more batches");
            }
        }
        assertThat(built).containsExactly(3L, 4L, 5L, 6L, 7L, 8L, 9L, 10L, 11L, 12L);
    }

    @Test
    void whateverFailsIsThrownToWhoWaitsForIt() {
        for (Throwable fault : List.of(
                new OutOfMemoryError("Java heap space"),
                new StackOverflowError(),
                new IllegalStateException("fault"))) {
            BatchSource source = step -> {
                if (step == 2 && fault instanceof Error error) {
                    throw error;
                }
                if (step == 2) {
                    throw (RuntimeException) fault;
                }
                return batch(step);
            };
            try (Prefetcher batches = new Prefetcher(source, 0, 9)) {
                assertThat(batches.next().rows().tokenIds()).containsExactly(0);
                assertThat(batches.next().rows().tokenIds()).containsExactly(1);
                assertThatThrownBy(batches::next).isSameAs(fault);
                assertThatThrownBy(batches::next).as("asked again").isSameAs(fault);
            }
        }
    }

    @Test
    void closingEndsTheThread() throws Exception {
        CountDownLatch ahead = new CountDownLatch(5); // four that are ready and one that waits for a place
        Thread[] thread = new Thread[1];
        Prefetcher batches = new Prefetcher(
                step -> {
                    thread[0] = Thread.currentThread();
                    ahead.countDown();
                    return batch(step);
                },
                0,
                1_000);
        ahead.await();
        assertThat(thread[0].isDaemon()).isTrue();
        batches.close();
        thread[0].join();
    }
}
