package io.kmerflow.files.source;

import io.kmerflow.files.mates.MatePairs;
import java.util.Map;

/** Names of the sums that a finished job on files reports with its result, besides those of every job. */
public final class FileSums {
    /** Reads put onto the topic of reads. */
    public static final String INGESTED = "ingested";
    /** Secondary and supplementary alignments, left out. */
    public static final String NOT_PRIMARY = "not-primary";
    /** Pairs of mates found by name, in files of mates. */
    public static final String MATE_PAIRS = "mates.pairs";
    /** Reads of such files whose mate was not found. */
    public static final String MATE_ORPHANS = "mates.orphans";
    /** Pairs that did not stand side by side. */
    public static final String MATES_OUT_OF_STEP = "mates.out-of-step";

    private FileSums() {}

    /** The mates of two files, or of an interleaved one, that were read to their end. */
    static Map<String, Long> of(MatePairs mates) {
        return Map.of(MATE_PAIRS, mates.pairs(), MATE_ORPHANS, mates.orphans(), MATES_OUT_OF_STEP, mates.outOfStep());
    }
}
