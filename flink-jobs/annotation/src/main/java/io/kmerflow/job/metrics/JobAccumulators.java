package io.kmerflow.job.metrics;

import java.util.Map;
import java.util.TreeMap;

/** Names of the sums that a finished job reports with its result. */
public final class JobAccumulators {
    /** Followed by {@code scored}, or by what reads without a call count under, such as {@code uncalled}: annotated reads. */
    public static final String READS_PREFIX = "reads.";
    /** Followed by a label: reads with that call over the whole read. */
    public static final String CALLS_PREFIX = "calls.";
    /** Followed by a reason: dead letters. */
    public static final String DEAD_LETTERS_PREFIX = "dead-letters.";
    /** Reads whose attributes were cut. */
    public static final String CUT_ATTRIBUTES = "cut-attributes";
    /** Bases of annotated reads. */
    public static final String BASES = "bases";
    /** Windows scored. */
    public static final String WINDOWS = "windows";
    /** Model calls. */
    public static final String BATCHES = "batches";
    /** Tokens in model calls, padding left out. */
    public static final String REAL_TOKENS = "tokens.real";
    /** Tokens in model calls, padding included. */
    public static final String PADDED_TOKENS = "tokens.padded";
    /** Milliseconds the device was busy, as seen from the job. */
    public static final String INFERENCE_MILLIS = "inference.millis";

    private JobAccumulators() {}

    /** Sums whose names begin so, the prefix left out, by name. */
    public static Map<String, Long> byPrefix(Map<String, Object> accumulators, String prefix) {
        Map<String, Long> sums = new TreeMap<>();
        accumulators.forEach((name, value) -> {
            if (name.startsWith(prefix) && value instanceof Long sum) {
                sums.put(name.substring(prefix.length()), sum);
            }
        });
        return sums;
    }
}
