package io.kmerflow.scoring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kmerflow.bundle.BundleException;
import io.kmerflow.bundle.ModelBundle;
import io.kmerflow.bundle.TestBundles;
import io.kmerflow.contract.ModelContract;
import io.kmerflow.token.TokenBatch;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class SessionRegistryTest {
    private static final ScoringOptions OPTIONS = ScoringOptions.cpu(1);

    private final AtomicInteger loads = new AtomicInteger();
    private final CountDownLatch closed = new CountDownLatch(1);
    private final List<String> threads = new ArrayList<>();
    private final SessionRegistry registry = new SessionRegistry((bundle, options) -> {
        loads.incrementAndGet();
        return new WindowScorer() {
            @Override
            public float[] score(TokenBatch batch) {
                threads.add(Thread.currentThread().getName());
                return new float[] {batch.windows()};
            }

            @Override
            public void close() {
                threads.add(Thread.currentThread().getName());
                closed.countDown();
            }
        };
    });

    private static ModelBundle bundle(String digest) {
        return TestBundles.unread(digest);
    }

    private static TokenBatch batch() {
        ModelContract contract = TestBundles.contract();
        TokenBatch batch = new TokenBatch(contract.encoder(), 1, 20);
        batch.add("ACGTACGT".getBytes(java.nio.charset.StandardCharsets.US_ASCII), 0, 8);
        return batch;
    }

    @Test
    void holdersShareOneSessionAndTheLastOneClosesIt() throws Exception {
        ScoringSession first = registry.acquire(bundle("a"), OPTIONS);
        ScoringSession second = registry.acquire(bundle("a"), OPTIONS);
        assertThat(loads).hasValue(1);
        first.close();
        first.close();
        assertThat(second.submit(batch()).get().logits()).containsExactly(1);
        assertThat(closed.getCount()).isEqualTo(1);
        second.close();
        assertThat(closed.await(10, TimeUnit.SECONDS)).isTrue();
        assertThat(registry.loadedSessions()).isZero();
    }

    @Test
    void waitsUntilEveryModelIsClosed() throws Exception {
        assertThat(registry.awaitClosed(Duration.ZERO)).isTrue();
        ScoringSession session = registry.acquire(bundle("a"), OPTIONS);
        assertThat(registry.awaitClosed(Duration.ZERO)).isFalse();
        CompletableFuture<ScoredBatch> scored = session.submit(batch());
        session.close();
        assertThat(registry.awaitClosed(Duration.ofSeconds(10))).isTrue();
        assertThat(closed.getCount()).isZero();
        assertThat(scored).isDone();
    }

    @Test
    void aModelThatCannotBeLoadedIsNotWaitedFor() throws Exception {
        SessionRegistry failing = new SessionRegistry((bundle, options) -> {
            throw new BundleException("Expected a graph, got none");
        });
        assertThatThrownBy(() -> failing.acquire(bundle("a"), OPTIONS)).hasMessageContaining("Expected a graph");
        assertThat(failing.awaitClosed(Duration.ZERO)).isTrue();
    }

    @Test
    void anOldAndANewModelCoexistOnOneOwnerThread() throws Exception {
        ScoringSession older = registry.acquire(bundle("a"), OPTIONS);
        ScoringSession newer = registry.acquire(bundle("b"), OPTIONS);
        assertThat(registry.loadedSessions()).isEqualTo(2);
        older.submit(batch()).get();
        newer.submit(batch()).get();
        assertThat(threads).containsExactly("kmerflow-scoring-cpu-1", "kmerflow-scoring-cpu-1");
        older.close();
        assertThat(newer.submit(batch()).get().logits()).containsExactly(1);
        newer.close();
    }

    @Test
    void aClosedHoldRefusesBatches() {
        ScoringSession other = registry.acquire(bundle("a"), OPTIONS);
        ScoringSession session = registry.acquire(bundle("a"), OPTIONS);
        session.close();
        CompletableFuture<ScoredBatch> scored = session.submit(batch());
        assertThatThrownBy(scored::get).isInstanceOf(ExecutionException.class).hasMessageContaining("it was closed");
        other.close();
    }

    @Test
    void aModelThatDoesNotLoadLeavesNothingBehind() {
        SessionRegistry refusing = new SessionRegistry((bundle, options) -> {
            throw new BundleException("Expected golden logits, got others");
        });
        assertThatThrownBy(() -> refusing.acquire(bundle("a"), OPTIONS))
                .isInstanceOf(BundleException.class)
                .hasMessage("Expected golden logits, got others");
        assertThat(refusing.loadedSessions()).isZero();
    }

    @Test
    void theServingModelRunsWhileAnotherIsLoaded() throws Exception {
        CountDownLatch loading = new CountDownLatch(1);
        CountDownLatch mayLoad = new CountDownLatch(1);
        SessionRegistry slow = new SessionRegistry((bundle, options) -> {
            if (bundle.digest().equals("slow")) {
                loading.countDown();
                try {
                    mayLoad.await();
                } catch (InterruptedException e) {
                    throw new IllegalStateException(e);
                }
            }
            return new WindowScorer() {
                @Override
                public float[] score(TokenBatch batch) {
                    return new float[] {1};
                }

                @Override
                public void close() {}
            };
        });
        ScoringSession serving = slow.acquire(bundle("a"), OPTIONS);
        CompletableFuture<ScoringSession> candidate =
                CompletableFuture.supplyAsync(() -> slow.acquire(bundle("slow"), OPTIONS));
        assertThat(loading.await(60, TimeUnit.SECONDS)).isTrue();

        assertThat(serving.submit(batch()).get(60, TimeUnit.SECONDS).logits()).containsExactly(1);
        serving.close();
        assertThat(candidate).isNotDone();

        mayLoad.countDown();
        candidate.get(60, TimeUnit.SECONDS).close();
        assertThat(slow.loadedSessions()).isZero();
    }

    @Test
    void aCpuScoresAsManyBatchesAtOnceAsItHasThreadsAndClosesTheModelAfterTheLast() throws Exception {
        CyclicBarrier bothAtWork = new CyclicBarrier(2);
        CountDownLatch mayEnd = new CountDownLatch(1);
        AtomicInteger scored = new AtomicInteger();
        CompletableFuture<Integer> scoredAtClose = new CompletableFuture<>();
        SessionRegistry two = new SessionRegistry((bundle, options) -> new WindowScorer() {
            @Override
            public float[] score(TokenBatch batch) {
                try {
                    bothAtWork.await(60, TimeUnit.SECONDS);
                    mayEnd.await();
                } catch (Exception e) {
                    throw new IllegalStateException(e);
                }
                return new float[] {scored.incrementAndGet()};
            }

            @Override
            public void close() {
                scoredAtClose.complete(scored.get());
            }
        });
        ScoringSession session = two.acquire(bundle("a"), ScoringOptions.cpu(2));
        assertThat(session.parallelCalls()).isEqualTo(2);
        CompletableFuture<ScoredBatch> first = session.submit(batch());
        CompletableFuture<ScoredBatch> second = session.submit(batch());
        session.close();
        assertThat(scoredAtClose).isNotDone();

        mayEnd.countDown();
        assertThat(first.get(60, TimeUnit.SECONDS).logits()[0]
                        + second.get(60, TimeUnit.SECONDS).logits()[0])
                .isEqualTo(3);
        assertThat(scoredAtClose.get(60, TimeUnit.SECONDS)).isEqualTo(2);
    }

    @Test
    void oneThreadFeedsAGpuHoweverManyAreGiven() {
        ScoringOptions gpu = new ScoringOptions(new ScoringDevice(true, 0), 8, SessionMemory.DEFAULT);
        assertThat(gpu.parallelCalls()).isEqualTo(1);
    }
}
