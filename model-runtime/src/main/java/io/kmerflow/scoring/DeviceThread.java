package io.kmerflow.scoring;

import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;

/** The one thread that runs models on a device; counted, so that it ends with the device's last session. */
final class DeviceThread {
    private final ExecutorService executor;
    private int sessions;

    DeviceThread(ScoringDevice device) {
        executor = Executors.newSingleThreadExecutor(task -> {
            Thread thread = new Thread(
                    () -> {
                        Denormals.flushOnThisThread();
                        task.run();
                    },
                    "kmerflow-scoring-" + device);
            thread.setDaemon(true);
            return thread;
        });
    }

    void retain() {
        sessions++;
    }

    /** Whether that was the last session; the thread then ends after what was already handed to it. */
    boolean release() {
        if (--sessions > 0) {
            return false;
        }
        executor.shutdown();
        return true;
    }

    /** @throws RejectedExecutionException if the thread is gone */
    void execute(Runnable task) {
        executor.execute(task);
    }
}
