package io.kmerflow.job.batch;

import java.util.List;

/**
 * Windows that go to the model together.
 *
 * @param windows in order of arrival, at least one
 * @param tokensPerWindow of the longest window: the width of the batch
 * @param oldestMillis when its first window arrived, on the clock given to the batcher
 * @param <W> the caller's handle of a window
 */
public record MicroBatch<W>(List<W> windows, int tokensPerWindow, long oldestMillis) {
    /** Tokens of the model call, padding included. */
    public long paddedTokens() {
        return (long) windows.size() * tokensPerWindow;
    }
}
