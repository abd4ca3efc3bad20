package io.kmerflow.pretraining.study;

import io.kmerflow.sequence.Nucleotide;

/**
 * Bases that depend on the r before them. The probability of a base backs off: (count + 16 × that of order r − 1) / (count
 * of the context + 16), down to the uniform one.
 */
final class MarkovModel {
    private static final double BACK_OFF = 16;

    private final int order;
    /** Probability of a digit after a context, by code of context and digit. */
    private final double[] probabilities;

    private MarkovModel(int order, double[] probabilities) {
        this.order = order;
        this.probabilities = probabilities;
    }

    /** Learns from sequences of A C G T. */
    static MarkovModel train(Iterable<byte[]> sequences, int order) {
        double[] lower = {0.25, 0.25, 0.25, 0.25};
        for (int r = 0; r <= order; r++) {
            int mask = (1 << 2 * (r + 1)) - 1;
            long[] counts = new long[mask + 1];
            for (byte[] bases : sequences) {
                int code = 0;
                for (int i = 0; i < bases.length; i++) {
                    code = (code << 2 | Nucleotide.digit(bases[i])) & mask;
                    if (i >= r) {
                        counts[code]++;
                    }
                }
            }
            double[] now = new double[mask + 1];
            for (int context = 0; context < now.length / 4; context++) {
                long total = counts[4 * context]
                        + counts[4 * context + 1]
                        + counts[4 * context + 2]
                        + counts[4 * context + 3];
                for (int digit = 0; digit < 4; digit++) {
                    int code = 4 * context + digit;
                    double backedOff = lower[r == 0 ? digit : code & (lower.length - 1)];
                    now[code] = (counts[code] + BACK_OFF * backedOff) / (total + BACK_OFF);
                }
            }
            lower = now;
        }
        return new MarkovModel(order, lower);
    }

    /** Probability of a digit at a place, after the bases before it. */
    double next(byte[] bases, int at, int digit) {
        int code = 0;
        for (int i = at - order; i < at; i++) {
            code = code << 2 | Nucleotide.digit(bases[i]);
        }
        return probabilities[code << 2 | digit];
    }

    /**
     * Probabilities of hidden bases given all others: exact, by the forward and backward sums over the run.
     *
     * @param from first hidden base, at least {@code order}
     * @return a row of 4 for each hidden base, in the order of {@link Nucleotide}
     */
    double[][] posterior(byte[] bases, int from, int hidden) {
        int to = Math.min(bases.length, from + hidden + order);
        int states = 1 << 2 * order;
        double[][] forward = new double[to - from + 1][states];
        int start = 0;
        for (int i = from - order; i < from; i++) {
            start = start << 2 | Nucleotide.digit(bases[i]);
        }
        forward[0][start] = 1;
        for (int t = 0; t < to - from; t++) {
            int known = t < hidden ? -1 : Nucleotide.digit(bases[from + t]);
            for (int state = 0; state < states; state++) {
                if (forward[t][state] > 0) {
                    for (int digit = 0; digit < 4; digit++) {
                        if (known < 0 || known == digit) {
                            int code = state << 2 | digit;
                            forward[t + 1][code & (states - 1)] += forward[t][state] * probabilities[code];
                        }
                    }
                }
            }
        }
        double[][] posterior = new double[hidden][4];
        double[] after = new double[states];
        java.util.Arrays.fill(after, 1);
        for (int t = to - from - 1; t >= 0; t--) {
            int known = t < hidden ? -1 : Nucleotide.digit(bases[from + t]);
            double[] before = new double[states];
            for (int state = 0; state < states; state++) {
                if (forward[t][state] > 0) {
                    for (int digit = 0; digit < 4; digit++) {
                        if (known < 0 || known == digit) {
                            int code = state << 2 | digit;
                            double mass = probabilities[code] * after[code & (states - 1)];
                            before[state] += mass;
                            if (t < hidden) {
                                posterior[t][digit] += forward[t][state] * mass;
                            }
                        }
                    }
                }
            }
            after = before;
        }
        for (double[] row : posterior) {
            double sum = row[0] + row[1] + row[2] + row[3];
            for (int digit = 0; digit < 4; digit++) {
                row[digit] /= sum;
            }
        }
        return posterior;
    }
}
