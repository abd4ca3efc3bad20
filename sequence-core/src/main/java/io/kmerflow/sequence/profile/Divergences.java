package io.kmerflow.sequence.profile;

import java.util.Arrays;
import java.util.stream.IntStream;

/** Distances between histograms with the same bins. */
public final class Divergences {
    private static final double LOG2 = Math.log(2);
    /** Added to a bin, so that an empty one has a share; a window of 1,000 reads has then at most 0.05 % of it in a bin. */
    private static final double PSEUDO_COUNT = 0.5;

    private Divergences() {}

    /**
     * Jensen-Shannon divergence in bits: 0 for equal shares, 1 for histograms without a common bin. An empty one is as far from
     * any other as can be, and not from another empty one.
     */
    public static double jensenShannon(long[] one, long[] other) {
        double oneSum = Arrays.stream(one).sum();
        double otherSum = Arrays.stream(other).sum();
        if (oneSum == 0 || otherSum == 0) {
            return oneSum == otherSum ? 0 : 1;
        }
        double divergence = 0;
        for (int i = 0; i < one.length; i++) {
            double p = one[i] / oneSum;
            double q = other[i] / otherSum;
            double mean = (p + q) / 2;
            divergence += term(p, mean) / 2 + term(q, mean) / 2;
        }
        return Math.max(0, divergence / LOG2);
    }

    private static double term(double share, double mean) {
        return share == 0 ? 0 : share * Math.log(share / mean);
    }

    /**
     * Population stability index: the sum over bins of (q − p) · ln(q / p), where half a count is added to each bin that
     * either uses. 0 for equal shares; customary words are <em>small</em> up to 0.1 and <em>large</em> from 0.25.
     */
    public static double populationStability(long[] expected, long[] seen) {
        int[] used = IntStream.range(0, expected.length)
                .filter(i -> expected[i] > 0 || seen[i] > 0)
                .toArray();
        double expectedSum = Arrays.stream(expected).sum() + PSEUDO_COUNT * used.length;
        double seenSum = Arrays.stream(seen).sum() + PSEUDO_COUNT * used.length;
        double index = 0;
        for (int i : used) {
            double p = (expected[i] + PSEUDO_COUNT) / expectedSum;
            double q = (seen[i] + PSEUDO_COUNT) / seenSum;
            index += (q - p) * Math.log(q / p);
        }
        return index;
    }
}
