package io.kmerflow.sequence.profile;

import java.util.Locale;

/**
 * What a profile counts, each as a histogram with one count a read, but for k-mers. Bins never change: profiles in bundles have
 * them.
 */
public enum Measure {
    /** Bases of the read, half an octave a bin: 0, 1, 1.4, 2, 2.8, 4, ... */
    LENGTH(48),
    /** Mean Phred quality, 2 a bin, the last one for reads without qualities. */
    QUALITY(48),
    /** Share of G and C among the known bases, 1/20 a bin, the last one for reads without a known base. */
    GC(21),
    /** Share of N: none, up to 0.1 %, 1 %, 10 %, and more. */
    UNKNOWN(5),
    /** Canonical 4-mers without N: a 4-mer and its reverse complement count as one. */
    KMERS(Kmers.CANONICAL),
    /** Score of the best label, 1/20 a bin, the last one for reads that were not scored. */
    SCORE(21),
    /** {@link Outcome} of the read. */
    OUTCOME(Outcome.values().length),
    /** Label that was called, in the model's order, the last bin for reads that were not called. */
    CALL(0);

    private final int bins;

    Measure(int bins) {
        this.bins = bins;
    }

    /** Bins of a model with that number of labels. */
    int bins(int labels) {
        return this == CALL ? labels + 1 : bins;
    }

    /** As files and metrics have it. */
    public String text() {
        return name().toLowerCase(Locale.ROOT);
    }
}
