package io.kmerflow.scoring;

import io.kmerflow.bundle.ModelBundle;
import io.kmerflow.bundle.Precision;
import io.kmerflow.token.TokenBatch;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BiFunction;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Every loaded model of this process, counted by (device, bundle digest, options), so that subtasks share a session and
 * an old and a new model can coexist. Models run and are closed on the device's owner threads: one of a GPU, as many of a CPU
 * as the options say. A model is loaded by the thread that asks for it first.
 */
public final class SessionRegistry {
    private static final Logger LOG = LoggerFactory.getLogger(SessionRegistry.class);
    private static final SessionRegistry PROCESS = new SessionRegistry(SessionRegistry::load);

    private record Key(ScoringOptions options, String digest) {}

    private record Owners(ScoringDevice device, int threads) {
        static Owners of(ScoringOptions options) {
            return new Owners(options.device(), options.parallelCalls());
        }
    }

    private final BiFunction<ModelBundle, ScoringOptions, WindowScorer> loader;
    private final Map<Key, Shared> sessions = new HashMap<>();
    private final Map<Owners, DeviceThreads> threads = new HashMap<>();
    /** Models whose native memory is not given back yet, also those that nobody holds any more. */
    private int open;

    /** @param loader makes a scorer that has passed its golden check; called on the thread that asks */
    SessionRegistry(BiFunction<ModelBundle, ScoringOptions, WindowScorer> loader) {
        this.loader = loader;
    }

    /** The registry of this process. */
    public static SessionRegistry process() {
        return PROCESS;
    }

    private static WindowScorer load(ModelBundle bundle, ScoringOptions options) {
        if (bundle.precision().equals(Precision.FP16.toString())
                && !options.device().gpu()) {
            LOG.warn(
                    "{} {} is fp16, which a CPU computes by converting to fp32 and back; an fp32 bundle is faster there",
                    bundle.name(),
                    bundle.version());
        }
        if (options.device().gpu()) {
            ProviderUse use = ProviderUse.measure(
                    bundle.modelFile(), options, bundle.golden().get(0).batch(bundle.contract()));
            use.requireGpu();
            LOG.info(
                    "{} {} on {}: nodes by provider {}",
                    bundle.name(),
                    bundle.version(),
                    options.device(),
                    use.nodes());
        }
        OnnxWindowScorer scorer = new OnnxWindowScorer(bundle.modelFile(), options);
        try {
            GoldenCheck.require(bundle, scorer);
            return scorer;
        } catch (RuntimeException e) {
            scorer.close();
            throw e;
        }
    }

    /**
     * A hold on the bundle's model, loaded and checked against its golden reads if this is the first hold. Blocks while
     * the model is loaded, by this thread or by the one that asked first; nobody else waits for it.
     *
     * @throws io.kmerflow.bundle.BundleException if the model cannot be loaded or its golden logits do not hold
     */
    public ScoringSession acquire(ModelBundle bundle, ScoringOptions options) {
        Key key = new Key(options, bundle.digest());
        Shared shared;
        boolean first;
        synchronized (this) {
            shared = sessions.get(key);
            first = shared == null;
            if (first) {
                DeviceThreads owners = threads.computeIfAbsent(
                        Owners.of(options), wanted -> new DeviceThreads(wanted.device(), wanted.threads()));
                owners.retain();
                shared = new Shared(owners);
                sessions.put(key, shared);
            }
            shared.holders++;
        }
        if (first) {
            load(bundle, options, key, shared);
        }
        try {
            shared.scorer.get();
            return new Hold(key, shared, Precision.named(bundle.precision()));
        } catch (ExecutionException e) {
            release(key, shared);
            if (e.getCause() instanceof RuntimeException cause) {
                throw cause;
            }
            throw new IllegalStateException("Could not load the model: " + e.getCause(), e.getCause());
        } catch (InterruptedException e) {
            release(key, shared);
            Thread.currentThread().interrupt();
            throw new IllegalStateException("Interrupted while the model was loaded", e);
        }
    }

    /** Loads on the caller's thread, so that the active model of the device does not wait. */
    private void load(ModelBundle bundle, ScoringOptions options, Key key, Shared shared) {
        synchronized (this) {
            open++;
        }
        try {
            shared.scorer.complete(loader.apply(bundle, options));
        } catch (Throwable e) {
            synchronized (this) {
                sessions.remove(key, shared); // whoever asks next tries anew
                gone();
            }
            shared.scorer.completeExceptionally(e);
        }
    }

    /** Sessions loaded now; for tests and metrics. */
    public synchronized int loadedSessions() {
        return sessions.size();
    }

    private synchronized void gone() {
        open--;
        notifyAll();
    }

    private void close(WindowScorer scorer) {
        try {
            scorer.close();
        } finally {
            gone();
        }
    }

    /**
     * Waits until every model is closed that was loaded: before that the process must not end, since ONNX Runtime releases its
     * environment in a shutdown hook, and a call that still runs then crashes the process.
     *
     * @return whether all are closed; false after that time
     */
    public synchronized boolean awaitClosed(Duration most) throws InterruptedException {
        long deadline = System.nanoTime() + most.toNanos();
        while (open > 0) {
            long millis = TimeUnit.NANOSECONDS.toMillis(deadline - System.nanoTime());
            if (millis <= 0) {
                return false;
            }
            wait(millis);
        }
        return true;
    }

    private synchronized void release(Key key, Shared shared) {
        if (--shared.holders == 0) {
            sessions.remove(key, shared);
            shared.letGo();
            if (shared.owners.release()) {
                threads.remove(Owners.of(key.options()));
            }
        }
    }

    private static IllegalStateException closed() {
        return new IllegalStateException("Expected an open scoring session, it was closed");
    }

    private final class Shared {
        private final DeviceThreads owners;
        private final CompletableFuture<WindowScorer> scorer = new CompletableFuture<>();
        /** Batches submitted and not scored, and 1 for all holders; the scorer is closed at 0. */
        private final AtomicInteger users = new AtomicInteger(1);

        private int holders;

        private Shared(DeviceThreads owners) {
            this.owners = owners;
        }

        private void score(TokenBatch batch, CompletableFuture<ScoredBatch> scored) {
            if (users.getAndUpdate(n -> n == 0 ? 0 : n + 1) == 0) {
                scored.completeExceptionally(closed());
                return;
            }
            try {
                owners.execute(() -> {
                    WindowScorer loaded = scorer.join();
                    try {
                        long start = System.nanoTime();
                        float[] logits = loaded.score(batch);
                        scored.complete(new ScoredBatch(logits, System.nanoTime() - start));
                    } catch (Throwable e) {
                        scored.completeExceptionally(e);
                    } finally {
                        if (users.decrementAndGet() == 0) {
                            close(loaded);
                        }
                    }
                });
            } catch (RejectedExecutionException e) {
                users.decrementAndGet();
                scored.completeExceptionally(new IllegalStateException("The scoring threads are gone", e));
            }
        }

        /** No holder is left. Whoever loads is a holder, so that by now the scorer is there, or has failed. */
        private void letGo() {
            if (users.decrementAndGet() == 0) {
                scorer.thenAccept(loaded -> owners.execute(() -> close(loaded)));
            }
        }
    }

    private final class Hold implements ScoringSession {
        private final Key key;
        private final Shared shared;
        private final Precision precision;
        private final AtomicBoolean closed = new AtomicBoolean();

        private Hold(Key key, Shared shared, Precision precision) {
            this.key = key;
            this.shared = shared;
            this.precision = precision;
        }

        @Override
        public ScoringDevice device() {
            return key.options().device();
        }

        @Override
        public int parallelCalls() {
            return key.options().parallelCalls();
        }

        @Override
        public Precision precision() {
            return precision;
        }

        @Override
        public CompletableFuture<ScoredBatch> submit(TokenBatch batch) {
            CompletableFuture<ScoredBatch> scored = new CompletableFuture<>();
            if (closed.get()) {
                scored.completeExceptionally(SessionRegistry.closed());
            } else {
                shared.score(batch, scored);
            }
            return scored;
        }

        @Override
        public void close() {
            if (closed.compareAndSet(false, true)) {
                release(key, shared);
            }
        }
    }
}
