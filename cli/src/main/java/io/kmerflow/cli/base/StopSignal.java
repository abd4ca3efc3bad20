package io.kmerflow.cli.base;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Turns SIGINT and SIGTERM into a question a run can ask after each step, and keeps the process alive until the run has
 * written its checkpoint. Close it when the run is over.
 */
public final class StopSignal implements AutoCloseable {
    private static final long POLL_MILLIS = 200;

    private final AtomicBoolean asked = new AtomicBoolean();
    private final CountDownLatch over = new CountDownLatch(1);
    private final Thread hook = new Thread(this::waitForTheRun, "stop-signal");

    public StopSignal() {
        Runtime.getRuntime().addShutdownHook(hook);
    }

    private void waitForTheRun() {
        asked.set(true);
        try {
            over.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Whether the process was asked to end. */
    public boolean asked() {
        return asked.get();
    }

    /** Waits until the process is asked to end. */
    public void await() throws InterruptedException {
        while (!asked()) {
            Thread.sleep(POLL_MILLIS);
        }
    }

    @Override
    public void close() {
        over.countDown();
        if (!asked.get()) {
            try {
                Runtime.getRuntime().removeShutdownHook(hook);
            } catch (IllegalStateException e) {
                return; // the signal came just now; the hook ends by itself
            }
        }
    }
}
