package io.kmerflow.scoring;

/**
 * How a session is made; two sessions of the same model, device and options are one.
 *
 * @param device where it runs
 * @param threads CPU threads of one model call, at least 1; the caller's owner thread is one of them
 * @param memory how it takes native memory
 */
public record ScoringOptions(ScoringDevice device, int threads, SessionMemory memory) {
    public ScoringOptions {
        if (threads < 1) {
            throw new IllegalArgumentException("Expected at least 1 scoring thread, got %d".formatted(threads));
        }
    }

    /** The CPU with so many threads. */
    public static ScoringOptions cpu(int threads) {
        return new ScoringOptions(ScoringDevice.CPU, threads, SessionMemory.DEFAULT);
    }
}
