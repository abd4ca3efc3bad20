package io.kmerflow.job.batch;

import java.io.Serializable;
import java.util.Locale;

/**
 * How large a batch may grow.
 *
 * @param maxTokens most padded tokens in one model call, windows x longest window; one window always fits
 * @param maxWindows most windows in one model call
 * @param maxAgeMillis longest wait of a window while the device has nothing better to do
 */
public record BatchLimits(int maxTokens, int maxWindows, long maxAgeMillis) implements Serializable {
    public BatchLimits {
        if (maxTokens < 1 || maxWindows < 1 || maxAgeMillis < 0) {
            throw new IllegalArgumentException(String.format(
                    Locale.ROOT,
                    "Expected at least 1 token and 1 window per batch and an age of 0 or more, got %d tokens, %d windows, %d ms",
                    maxTokens,
                    maxWindows,
                    maxAgeMillis));
        }
    }
}
