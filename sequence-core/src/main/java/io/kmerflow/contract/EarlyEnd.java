package io.kmerflow.contract;

import java.util.BitSet;

/**
 * Whether some windows of a read tell what all of them would: which label is best, and on which side of the threshold its log-odds
 * lie. Both are means over windows; a mean of {@code n} of {@code N} windows is off that of all by a standard error of
 * {@code s sqrt(1/n - 1/N)}, where {@code s} is the standard deviation between windows. Certain is what lies the certainty's number of
 * standard errors away (a sequential test with the correction for a finite population).
 */
final class EarlyEnd {
    /** Before that a deviation says little. */
    static final int MIN_WINDOWS = 4;

    /** The deviation is that of the windows together with as many that deviate by {@link #PRIOR_DEVIATION}: few windows may agree by chance. */
    private static final int PRIOR_WINDOWS = 4;

    /** Nats. */
    private static final double PRIOR_DEVIATION = 2;

    private final int labels;
    private final float[] logProbabilities;
    private final BitSet weighted;
    private final double[] mean;
    private final int scored;
    private final int windows;

    /**
     * @param labels of the model
     * @param logProbabilities row-major (windows, labels)
     * @param weighted windows that were scored and have weight
     * @param windows of the read
     * @param mean per label, over the bases of these windows
     */
    EarlyEnd(int labels, float[] logProbabilities, BitSet weighted, int windows, double[] mean) {
        this.labels = labels;
        this.logProbabilities = logProbabilities;
        this.weighted = weighted;
        this.mean = mean;
        this.windows = windows;
        this.scored = weighted.cardinality();
    }

    /** Whether the read's scoring may end. */
    boolean certain(ModelContract contract, Certainty certainty) {
        if (scored < MIN_WINDOWS) {
            return false;
        }
        int best = 0;
        for (int label = 1; label < labels; label++) {
            best = mean[label] > mean[best] ? label : best;
        }
        int second = best == 0 ? 1 : 0;
        for (int label = 0; label < labels; label++) {
            second = label != best && mean[label] > mean[second] ? label : second;
        }
        double[] others = new double[labels];
        others[second] = 1;
        if (mean[best] - mean[second] < certainty.deviations() * standardError(best, others)) {
            return false;
        }
        if (contract.labels().get(best).background()) {
            return true; // never called, whatever its score
        }
        double temperature = certainty.temperature();
        double threshold = contract.threshold(best, windows);
        double sum = 0;
        for (int label = 0; label < labels; label++) {
            others[label] = label == best ? 0 : Math.exp((mean[label] - mean[best]) / temperature);
            sum += others[label];
        }
        for (int label = 0; label < labels; label++) {
            others[label] /= sum;
        }
        double distance = Math.abs(-Math.log(sum) - Math.log(threshold / (1 - threshold))) * temperature;
        return distance >= certainty.deviations() * standardError(best, others);
    }

    /** Of the mean difference between a label and the others, these by their shares. */
    private double standardError(int label, double[] shares) {
        double total = 0;
        double squares = 0;
        for (int window = weighted.nextSetBit(0); window >= 0; window = weighted.nextSetBit(window + 1)) {
            double difference = logProbabilities[window * labels + label];
            for (int other = 0; other < labels; other++) {
                if (shares[other] > 0) {
                    difference -= shares[other] * logProbabilities[window * labels + other];
                }
            }
            total += difference;
            squares += difference * difference;
        }
        double ofWindows = squares - total * total / scored;
        double variance = (Math.max(0, ofWindows) + PRIOR_WINDOWS * PRIOR_DEVIATION * PRIOR_DEVIATION)
                / (scored - 1 + PRIOR_WINDOWS);
        return Math.sqrt(variance * (1.0 / scored - 1.0 / windows));
    }
}
