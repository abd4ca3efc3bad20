package io.kmerflow.pretraining.trainer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class SideBySideTest {
    private final ExecutorService others = Executors.newFixedThreadPool(2);
    private final AtomicInteger running = new AtomicInteger();

    @AfterEach
    void end() {
        others.shutdownNow();
    }

    private Supplier<Integer> work(int result, CountDownLatch start, Throwable fault) {
        return () -> {
            running.incrementAndGet();
            try {
                start.await();
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
            running.decrementAndGet();
            if (fault instanceof Error error) {
                throw error;
            }
            if (fault != null) {
                throw (RuntimeException) fault;
            }
            return result;
        };
    }

    private static final CountDownLatch OPEN = new CountDownLatch(0);

    @Test
    void resultsComeInTheOrderOfTheWorkAndTheFirstIsThisThreads() {
        Thread[] first = new Thread[1];
        Supplier<Integer> here = () -> {
            first[0] = Thread.currentThread();
            return 1;
        };
        assertThat(SideBySide.run(others, List.of(here, work(2, OPEN, null), work(3, OPEN, null))))
                .containsExactly(1, 2, 3);
        assertThat(first[0]).isSameAs(Thread.currentThread());
        assertThat(SideBySide.run(null, List.of(here)))
                .as("alone, without others")
                .containsExactly(1);
    }

    @Test
    void anErrorHereWaitsForTheOthers() {
        for (Throwable fault : List.of(new OutOfMemoryError("here"), new IllegalStateException("here"))) {
            CountDownLatch start = new CountDownLatch(1);
            Supplier<Integer> here = () -> {
                start.countDown(); // the other begins only now
                if (fault instanceof Error error) {
                    throw error;
                }
                throw (RuntimeException) fault;
            };
            assertThatThrownBy(() -> SideBySide.run(others, List.of(here, work(2, start, null))))
                    .isSameAs(fault)
                    .hasNoSuppressedExceptions();
            assertThat(running).hasValue(0);
        }
    }

    @Test
    void anErrorElsewhereWaitsForTheRestToo() throws InterruptedException {
        OutOfMemoryError fault = new OutOfMemoryError("there");
        IllegalStateException later = new IllegalStateException("later");
        CountDownLatch failed = new CountDownLatch(1);
        Supplier<Integer> fails = () -> {
            failed.countDown();
            throw fault;
        };
        assertThatThrownBy(() -> SideBySide.run(others, List.of(work(1, OPEN, null), fails, work(3, failed, later))))
                .isSameAs(fault)
                .hasSuppressedException(later);
        assertThat(running).hasValue(0);
    }

    @Test
    void oneErrorOnTwoIsThrownOnce() {
        OutOfMemoryError fault = new OutOfMemoryError("both");
        assertThatThrownBy(() -> SideBySide.run(others, List.of(work(1, OPEN, fault), work(2, OPEN, fault))))
                .isSameAs(fault)
                .hasNoSuppressedExceptions();
    }

    @Test
    void workThatCannotBeStartedFailsAllOfItOnceTheRestIsDone() {
        others.shutdown();
        assertThatThrownBy(() -> SideBySide.run(others, List.of(work(1, OPEN, null), work(2, OPEN, null))))
                .isInstanceOf(RejectedExecutionException.class);
    }

    @Test
    void anInterruptIsKeptForAfterwards() {
        Thread.currentThread().interrupt();
        Supplier<Integer> here = () -> 1;
        assertThat(SideBySide.run(others, List.of(here, () -> 2))).containsExactly(1, 2);
        assertThat(Thread.interrupted()).isTrue();
    }
}
