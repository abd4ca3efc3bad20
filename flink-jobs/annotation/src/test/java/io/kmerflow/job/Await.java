package io.kmerflow.job;

import java.time.Duration;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.concurrent.locks.LockSupport;

/** Waits for what another thread or process does, as long as it takes, and fails by name after a time that nothing here needs. */
public final class Await {
    private static final Duration LIMIT = Duration.ofMinutes(3);
    private static final long PAUSE_NANOS = 10_000_000;

    private Await() {}

    /**
     * Asks again and again until the answer is yes.
     *
     * @param what in the words of the failure: {@code Expected ... within 3 minutes}
     */
    public static void until(String what, Callable<Boolean> holds) throws Exception {
        long deadline = System.nanoTime() + LIMIT.toNanos();
        while (!holds.call()) {
            if (System.nanoTime() > deadline) {
                throw new AssertionError(
                        String.format(Locale.ROOT, "Expected %s within %d minutes", what, LIMIT.toMinutes()));
            }
            LockSupport.parkNanos(PAUSE_NANOS);
        }
    }
}
