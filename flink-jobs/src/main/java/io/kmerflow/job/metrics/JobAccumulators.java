package io.kmerflow.job.metrics;

import java.util.Map;
import java.util.TreeMap;

/** Names of the sums that a finished job reports with its result. */
public final class JobAccumulators {
    /** Followed by a status of {@link io.kmerflow.schema.AnnotationStatus}: annotated reads. */
    public static final String READS_PREFIX = "reads.";
    /** Followed by a label: reads with that call over the whole read. */
    public static final String CALLS_PREFIX = "calls.";
    /** Reads put onto the topic of reads. */
    public static final String INGESTED = "ingested";
    /** Followed by a reason: dead letters. */
    public static final String DEAD_LETTERS_PREFIX = "dead-letters.";
    /** Secondary and supplementary alignments, left out. */
    public static final String NOT_PRIMARY = "not-primary";
    /** Reads whose attributes were cut. */
    public static final String CUT_ATTRIBUTES = "cut-attributes";
    /** Pairs of mates found by name, in files of mates. */
    public static final String MATE_PAIRS = "mates.pairs";
    /** Reads of such files whose mate was not found. */
    public static final String MATE_ORPHANS = "mates.orphans";
    /** Pairs that did not stand side by side. */
    public static final String MATES_OUT_OF_STEP = "mates.out-of-step";
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
