package io.kmerflow.scoring;

import java.util.Locale;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicInteger;

/** The owner threads that run models on a device; counted, so that they end with the device's last session. */
final class DeviceThreads {
    private final ExecutorService executor;
    private int sessions;

    DeviceThreads(ScoringDevice device, int threads) {
        AtomicInteger started = new AtomicInteger();
        executor = Executors.newFixedThreadPool(threads, task -> {
            Thread thread = new Thread(
                    () -> {
                        Denormals.flushOnThisThread();
                        task.run();
                    },
                    String.format(Locale.ROOT, "kmerflow-scoring-%s-%d", device, started.incrementAndGet()));
            thread.setDaemon(true);
            return thread;
        });
    }

    void retain() {
        sessions++;
    }

    /** Whether that was the last session; the threads then end after what was already handed to them. */
    boolean release() {
        if (--sessions > 0) {
            return false;
        }
        executor.shutdown();
        return true;
    }

    /** @throws RejectedExecutionException if the threads are gone */
    void execute(Runnable task) {
        executor.execute(task);
    }
}
