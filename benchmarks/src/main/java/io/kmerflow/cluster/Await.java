package io.kmerflow.cluster;

import java.time.Duration;
import java.util.Locale;
import java.util.function.Supplier;

/** Waiting for another process. */
public final class Await {
    private static final int POLL_MILLIS = 200;

    private Await() {}

    /** A condition over other processes. */
    @FunctionalInterface
    public interface Condition {
        boolean holds() throws InterruptedException;
    }

    /**
     * Asks again and again.
     *
     * @param what awaited, after "Expected"
     * @param state what is said to be instead, when the time is over
     * @throws ClusterException if it does not come in time
     */
    public static void until(String what, Duration atMost, Condition condition, Supplier<String> state)
            throws InterruptedException {
        long deadline = System.nanoTime() + atMost.toNanos();
        while (!condition.holds()) {
            if (System.nanoTime() > deadline) {
                throw new ClusterException(String.format(
                        Locale.ROOT, "Expected %s within %d s, got %s", what, atMost.toSeconds(), state.get()));
            }
            Thread.sleep(POLL_MILLIS);
        }
    }
}
