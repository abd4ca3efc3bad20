package io.kmerflow.job.deadletter;

/**
 * Why input was put aside, one word in capitals each. Those of files are {@link
 * io.kmerflow.sequence.file.SequenceItem.Reason}.
 */
public final class DeadLetterReasons {
    /** Bytes that are no record of the topic's schema. */
    public static final String UNDECODABLE = "UNDECODABLE";
    /** A record whose bases, qualities or names cannot be. */
    public static final String MALFORMED_READ = "MALFORMED_READ";
    /** A read id, run id, sample id or barcode name over the limit. */
    public static final String NAME_TOO_LONG = "NAME_TOO_LONG";
    /** A read of a file that, as a record, is larger than its topic takes. */
    public static final String READ_TOO_LARGE = "READ_TOO_LARGE";
    /** An annotation that, even without window scores, is larger than its topic takes. */
    public static final String ANNOTATION_TOO_LARGE = "ANNOTATION_TOO_LARGE";
    /** A read over the limit on bases. */
    public static final String READ_TOO_LONG = "READ_TOO_LONG";
    /** The model gave NaN or infinity. */
    public static final String NOT_FINITE = "NOT_FINITE";
    /** The model could not be run on the read, while it could on its neighbours. */
    public static final String SCORING_FAILED = "SCORING_FAILED";

    private DeadLetterReasons() {}
}
