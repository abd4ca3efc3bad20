package io.kmerflow.sequence;

import java.util.Locale;

/**
 * A stretch {@code [start, end)} of a read or contig: 0-based, in bases, never empty.
 *
 * @param start first base, from 0
 * @param end one past the last base
 */
public record BaseRange(int start, int end) {
    public BaseRange {
        if (start < 0 || end <= start) {
            throw new IllegalArgumentException(
                    String.format(Locale.ROOT, "Expected 0 <= start < end, got [%d, %d)", start, end));
        }
    }

    /** Bases in the range, at least 1. */
    public int length() {
        return end - start;
    }

    /** Whether the two ranges share at least one base. */
    public boolean overlaps(BaseRange other) {
        return start < other.end && other.start < end;
    }
}
