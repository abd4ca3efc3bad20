package io.kmerflow.sequence.profile;

/** What became of a read. */
public enum Outcome {
    CALLED,
    /** Scored, and no label reaches the threshold. */
    UNCALLED,
    /** Scored, and the best label is the model's background. */
    OTHER,
    /** Too short, of low quality, filtered or mostly N. */
    NOT_SCORED
}
