package io.kmerflow.job.scoring;

import io.kmerflow.job.batch.BatchLimits;

/**
 * How much work one device gets at once.
 *
 * @param batch limits of one model call
 * @param maxWindowsInFlight most windows cut and not yet scored; at the limit the operator holds its input back. Room for
 *     a few batches keeps the device fed while the next one is tokenized
 * @param parallelCalls model calls that the device runs side by side
 */
record DeviceFeed(BatchLimits batch, int maxWindowsInFlight, int parallelCalls) {
    /** One at work and one that waits; with as many an unfilled one would be pointless. */
    private static final int BATCHES_PER_CALL = 2;

    /** Batches at the device from which on an unfilled one would be pointless. */
    int batchesAhead() {
        return BATCHES_PER_CALL * parallelCalls;
    }

    /** The same with room for that number of windows. */
    DeviceFeed withWindowsInFlight(int windows) {
        return new DeviceFeed(batch, Math.max(windows, batch.maxWindows()), parallelCalls);
    }
}
