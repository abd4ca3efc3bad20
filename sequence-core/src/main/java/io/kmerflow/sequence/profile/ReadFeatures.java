package io.kmerflow.sequence.profile;

import io.kmerflow.sequence.Nucleotide;
import io.kmerflow.sequence.PhredQualities;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;

/** What one read adds to a profile. Immutable. */
public final class ReadFeatures {
    private static final int SHARE_BINS = 20;
    private static final double[] UNKNOWN_LIMITS = {0, 0.001, 0.01, 0.1};

    private final Map<Measure, Integer> bins = new EnumMap<>(Measure.class);
    private final int[] kmers;

    /**
     * Features of a read.
     *
     * @param bases upper-case ASCII A C G T N
     * @param phredQualities numbers 0 to 93, or null
     * @param labels of the model
     * @param outcome what became of it
     * @param label number of the label that was called; not used with another outcome
     * @param score of the best label, 0 to 1; not used where the read was not scored
     */
    public ReadFeatures(byte[] bases, byte[] phredQualities, int labels, Outcome outcome, int label, double score) {
        if (outcome == Outcome.CALLED && (label < 0 || label >= labels)) {
            throw new IllegalArgumentException(
                    String.format(Locale.ROOT, "Expected a label of 0 to %d, got %d", labels - 1, label));
        }
        int gc = 0;
        int unknown = 0;
        for (byte base : bases) {
            int digit = Nucleotide.digit(base);
            gc += digit == 2 || digit == 3 ? 1 : 0; // C and G
            unknown += digit == Nucleotide.UNKNOWN ? 1 : 0;
        }
        int known = bases.length - unknown;
        put(Measure.LENGTH, bases.length == 0 ? 0 : 1 + (int) (2 * Math.log(bases.length) / Math.log(2)), labels);
        boolean measured = phredQualities != null && phredQualities.length > 0;
        put(Measure.QUALITY, measured ? (int) (PhredQualities.mean(phredQualities) / 2) : Integer.MAX_VALUE, labels);
        put(Measure.GC, known == 0 ? SHARE_BINS : shareBin((double) gc / known), labels);
        put(Measure.UNKNOWN, unknownBin(bases.length == 0 ? 0 : (double) unknown / bases.length), labels);
        put(Measure.SCORE, outcome == Outcome.NOT_SCORED ? SHARE_BINS : shareBin(score), labels);
        put(Measure.OUTCOME, outcome.ordinal(), labels);
        put(Measure.CALL, outcome == Outcome.CALLED ? label : labels, labels);
        kmers = Kmers.count(bases);
    }

    private void put(Measure measure, int bin, int labels) {
        bins.put(measure, Math.min(bin, measure.bins(labels) - 1));
    }

    private static int shareBin(double share) {
        return Math.max(0, Math.min(SHARE_BINS - 1, (int) (share * SHARE_BINS)));
    }

    private static int unknownBin(double share) {
        int bin = 0;
        while (bin < UNKNOWN_LIMITS.length && share > UNKNOWN_LIMITS[bin]) {
            bin++;
        }
        return bin;
    }

    /** Adds them to counts of a measure. */
    void addTo(Measure measure, long[] counts) {
        if (measure == Measure.KMERS) {
            for (int i = 0; i < kmers.length; i++) {
                counts[i] += kmers[i];
            }
        } else {
            counts[bins.get(measure)]++;
        }
    }
}
