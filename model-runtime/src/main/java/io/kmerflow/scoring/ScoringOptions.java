package io.kmerflow.scoring;

import java.util.Locale;

/**
 * How a session is made; two sessions of the same model, device and options are one.
 *
 * @param device where it runs
 * @param threads on a CPU the threads that score side by side, at least 1, each with model calls of its own; a GPU is fed by
 *     one, whatever stands here
 * @param memory how it takes native memory
 */
public record ScoringOptions(ScoringDevice device, int threads, SessionMemory memory) {
    public ScoringOptions {
        if (threads < 1) {
            throw new IllegalArgumentException(
                    String.format(Locale.ROOT, "Expected at least 1 scoring thread, got %d", threads));
        }
    }

    /** The CPU with that number of threads. */
    public static ScoringOptions cpu(int threads) {
        return new ScoringOptions(ScoringDevice.CPU, threads, SessionMemory.DEFAULT);
    }

    /** Model calls that run side by side. */
    int parallelCalls() {
        return device.gpu() ? 1 : threads;
    }
}
