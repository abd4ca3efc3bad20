package io.kmerflow.sequence;

/** Which strand a sequence is read from: the reference's own, or its reverse complement. */
public enum Strand {
    FORWARD,
    REVERSE
}
