package io.kmerflow.job.scoring;

import io.kmerflow.bundle.Precision;
import io.kmerflow.job.batch.BatchLimits;
import io.kmerflow.scoring.ScoringSession;
import java.io.Serializable;
import java.util.Locale;

/**
 * How much work a device gets at once, as configured.
 *
 * @param maxBatchTokens most padded tokens in one model call, windows x longest window; one window always fits
 * @param maxBatchWindows most windows in one model call; 0 for what suits the device
 * @param maxBatchAgeMillis longest wait of a window while the device has nothing better to do; null for what suits the device
 * @param maxWindowsInFlight most windows cut and not yet scored, at least a full batch; 0 for what suits the device
 */
public record FeedLimits(int maxBatchTokens, int maxBatchWindows, Long maxBatchAgeMillis, int maxWindowsInFlight)
        implements Serializable {
    /** The activations of that number of windows stay in a core's second-level cache, and a read does not wait long for a batch to fill. */
    public static final int CPU_BATCH_WINDOWS = 4;

    /** With int8 a window's activations take less of that cache, and what a call costs besides counts for more. */
    public static final int CPU_INT8_BATCH_WINDOWS = 8;

    /** Fills a GPU. */
    public static final int GPU_BATCH_WINDOWS = 256;

    /** A window alone takes a CPU no longer than its share of a full batch, so company is worth little. */
    public static final long CPU_BATCH_AGE_MILLIS = 10;

    /** Time to fill a GPU's larger batches. */
    public static final long GPU_BATCH_AGE_MILLIS = 100;

    private static final int LEAST_WINDOWS_IN_FLIGHT = 256;
    /** Of a call: some at the device, some being tokenized. */
    private static final int BATCHES_IN_FLIGHT = 4;

    public FeedLimits {
        if (maxBatchWindows < 0 || maxWindowsInFlight < 0) {
            throw new IllegalArgumentException(String.format(
                    Locale.ROOT,
                    "Expected 0 or more windows, got %d in a batch and %d in flight",
                    maxBatchWindows,
                    maxWindowsInFlight));
        }
        if (maxWindowsInFlight > 0 && maxWindowsInFlight < maxBatchWindows) {
            throw new IllegalArgumentException(String.format(
                    Locale.ROOT,
                    "Expected at least one full batch of %d windows in flight, got %d",
                    maxBatchWindows,
                    maxWindowsInFlight));
        }
        long age = maxBatchAgeMillis == null ? 0 : maxBatchAgeMillis;
        new BatchLimits(maxBatchTokens, Math.max(1, maxBatchWindows), age); // checks
    }

    /** Windows in one model call that suit a CPU. */
    public static int cpuBatchWindows(Precision precision) {
        return precision == Precision.INT8 ? CPU_INT8_BATCH_WINDOWS : CPU_BATCH_WINDOWS;
    }

    /** What the device of that session gets. */
    DeviceFeed on(ScoringSession session) {
        int calls = session.parallelCalls();
        boolean gpu = session.device().gpu();
        int suits = gpu ? GPU_BATCH_WINDOWS : cpuBatchWindows(session.precision());
        int windows = maxBatchWindows > 0
                ? maxBatchWindows
                : maxWindowsInFlight > 0 ? Math.min(suits, maxWindowsInFlight) : suits;
        int inFlight = maxWindowsInFlight > 0
                ? maxWindowsInFlight
                : Math.max(LEAST_WINDOWS_IN_FLIGHT, BATCHES_IN_FLIGHT * calls * windows);
        long age = maxBatchAgeMillis != null ? maxBatchAgeMillis : gpu ? GPU_BATCH_AGE_MILLIS : CPU_BATCH_AGE_MILLIS;
        return new DeviceFeed(new BatchLimits(maxBatchTokens, windows, age), inFlight, calls);
    }
}
