package io.kmerflow.job.model;

import java.time.Duration;

/**
 * Which revisions an announcement may have: from 0 to the present time in nanoseconds since 1970, and a day more for
 * clocks that differ. A counter is in it, and a time in any unit. As the bound rises faster than anyone announces, no
 * revision that was ever accepted is the last one: there is always a free one above it.
 */
public final class Revisions {
    /** Measure of a model event: the last revision that the job has seen, where an announcement is not above it. */
    public static final String SEEN_MEASURE = "seenRevision";

    private static final long CLOCK_SKEW_MILLIS = Duration.ofDays(1).toMillis();
    private static final long NANOS_PER_MILLI = 1_000_000;

    private Revisions() {}

    /**
     * The highest revision that is accepted.
     *
     * @param nowMillis milliseconds since 1970
     */
    public static long highest(long nowMillis) {
        return Math.multiplyExact(Math.addExact(nowMillis, CLOCK_SKEW_MILLIS), NANOS_PER_MILLI);
    }

    /**
     * Whether an announcement may have that revision.
     *
     * @param nowMillis milliseconds since 1970
     */
    public static boolean valid(long revision, long nowMillis) {
        return revision >= 0 && revision <= highest(nowMillis);
    }
}
