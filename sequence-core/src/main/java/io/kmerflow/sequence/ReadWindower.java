package io.kmerflow.sequence;

import java.util.Locale;

/**
 * Cuts a read into windows of fixed length at a fixed stride. The last window is pulled back flush with the read's end,
 * or its tail would never be scored: 1,100 bases, window 400, stride 300 start at 0, 300, 600 and then 700, not 900. A
 * read shorter than the window is one window as long as the read.
 *
 * @param windowBases bases per window, at least 1
 * @param strideBases bases between neighbouring starts, 1 to {@code windowBases} so that no base goes unscored
 */
public record ReadWindower(int windowBases, int strideBases) {
    public ReadWindower {
        if (windowBases < 1 || strideBases < 1 || strideBases > windowBases) {
            throw new IllegalArgumentException(String.format(
                    Locale.ROOT,
                    "Expected 1 <= stride <= window, got stride %d, window %d bases",
                    strideBases,
                    windowBases));
        }
    }

    /** Windows of a read of that many bases; 0 for an empty read. */
    public int windowCount(int readBases) {
        if (readBases <= 0) {
            return 0;
        }
        if (readBases <= windowBases) {
            return 1;
        }
        return 1 + (readBases - windowBases + strideBases - 1) / strideBases;
    }

    /** First base of window {@code index}. */
    public int start(int index, int readBases) {
        return Math.max(0, Math.min(index * strideBases, readBases - windowBases));
    }

    /** One past the last base of window {@code index}. */
    public int end(int index, int readBases) {
        return Math.min(start(index, readBases) + windowBases, readBases);
    }

    /** Window {@code index} as a range. */
    public BaseRange window(int index, int readBases) {
        return new BaseRange(start(index, readBases), end(index, readBases));
    }

    /** Bases of window {@code index} that no earlier window covers: its weight in the read's call, at least 1. */
    public int newBases(int index, int readBases) {
        return index == 0 ? end(0, readBases) : end(index, readBases) - end(index - 1, readBases);
    }
}
