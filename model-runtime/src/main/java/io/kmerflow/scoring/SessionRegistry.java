package io.kmerflow.scoring;

import io.kmerflow.bundle.ModelBundle;
import io.kmerflow.bundle.Precision;
import io.kmerflow.token.TokenBatch;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BiFunction;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Every loaded model of this process, counted by (device, bundle digest, options), so that subtasks share a session and
 * an old and a new model can coexist. Each device has one owner thread; models run and are closed on it. A model is loaded
 * by the thread that asks for it first.
 */
public final class SessionRegistry {
    private static final Logger LOG = LoggerFactory.getLogger(SessionRegistry.class);
    private static final SessionRegistry PROCESS = new SessionRegistry(SessionRegistry::load);

    private record Key(ScoringOptions options, String digest) {}

    private final BiFunction<ModelBundle, ScoringOptions, WindowScorer> loader;
    private final Map<Key, Shared> sessions = new HashMap<>();
    private final Map<ScoringDevice, DeviceThread> threads = new HashMap<>();

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
                DeviceThread thread = threads.computeIfAbsent(options.device(), DeviceThread::new);
                thread.retain();
                shared = new Shared(thread);
                sessions.put(key, shared);
            }
            shared.holders++;
        }
        if (first) {
            load(bundle, options, key, shared);
        }
        try {
            shared.scorer.get();
            return new Hold(key, shared);
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

    /** Loads on the caller's thread, so that the model that serves on the device is not held up meanwhile. */
    private void load(ModelBundle bundle, ScoringOptions options, Key key, Shared shared) {
        try {
            shared.scorer.complete(loader.apply(bundle, options));
        } catch (Throwable e) {
            synchronized (this) {
                sessions.remove(key, shared); // whoever asks next tries anew
            }
            shared.scorer.completeExceptionally(e);
        }
    }

    /** Sessions loaded now; for tests and metrics. */
    public synchronized int loadedSessions() {
        return sessions.size();
    }

    private synchronized void release(Key key, Shared shared) {
        if (--shared.holders == 0) {
            sessions.remove(key, shared);
            // Whoever loads is a holder, so that by now the scorer is there, or has failed and is nothing to close.
            shared.scorer.thenAccept(scorer -> shared.thread.execute(scorer::close));
            releaseThread(key.options().device(), shared.thread);
        }
    }

    private void releaseThread(ScoringDevice device, DeviceThread thread) {
        if (thread.release()) {
            threads.remove(device);
        }
    }

    private static final class Shared {
        private final DeviceThread thread;
        private final CompletableFuture<WindowScorer> scorer = new CompletableFuture<>();
        private int holders;

        private Shared(DeviceThread thread) {
            this.thread = thread;
        }
    }

    private final class Hold implements ScoringSession {
        private final Key key;
        private final Shared shared;
        private final AtomicBoolean closed = new AtomicBoolean();

        private Hold(Key key, Shared shared) {
            this.key = key;
            this.shared = shared;
        }

        @Override
        public ScoringDevice device() {
            return key.options().device();
        }

        @Override
        public CompletableFuture<float[]> submit(TokenBatch batch) {
            CompletableFuture<float[]> logits = new CompletableFuture<>();
            if (closed.get()) {
                logits.completeExceptionally(
                        new IllegalStateException("Expected an open scoring session, it was closed"));
                return logits;
            }
            try {
                shared.thread.execute(() -> {
                    try {
                        logits.complete(shared.scorer.join().score(batch));
                    } catch (Throwable e) {
                        logits.completeExceptionally(e);
                    }
                });
            } catch (RejectedExecutionException e) {
                logits.completeExceptionally(new IllegalStateException("The scoring thread is gone", e));
            }
            return logits;
        }

        @Override
        public void close() {
            if (closed.compareAndSet(false, true)) {
                release(key, shared);
            }
        }
    }
}
