package io.kmerflow.contract;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/**
 * What windows of a read say of each other: a Markov chain over their middles, under which a label goes on for some bases before it
 * changes to any of the others. Each window's probability of each label becomes that given all windows (forward-backward).
 *
 * <p>Windows overlap, so their evidence does too. What a window adds to the frequencies of labels, the logarithm of probability over
 * frequency, counts for the square root of the share of its bases that would be its own if all windows shared the read's bases
 * evenly: in between windows that all say the same (the share itself) and windows that know nothing of each other (all of it). The
 * only window of a read counts in full and stays as it is.
 *
 * @param meanRunBases bases that a label goes on for on average, above 0
 * @param frequencies of the labels among bases, in logit order, above 0, summing to 1
 */
public record SegmentChain(double meanRunBases, List<Double> frequencies) {
    private static final double CLOSE_TO_ONE = 1e-3;
    /** Below any probability that decides; keeps logarithms finite. */
    private static final double LEAST = 1e-6;

    public SegmentChain {
        frequencies = List.copyOf(frequencies);
        double sum = frequencies.stream().mapToDouble(Double::doubleValue).sum();
        boolean positive = frequencies.stream().allMatch(frequency -> frequency > 0);
        if (!(meanRunBases > 0) || !Double.isFinite(meanRunBases) || !positive || !(Math.abs(sum - 1) < CLOSE_TO_ONE)) {
            throw new IllegalArgumentException(String.format(
                    Locale.ROOT,
                    "Expected a chain with meanRunBases above 0 and frequencies above 0 that sum to 1, got %s and %s",
                    meanRunBases,
                    frequencies));
        }
    }

    /**
     * Probabilities of each window given all.
     *
     * @param windows probabilities of each window by label; null for one without weight, which says nothing
     * @param middles of the windows, rising
     * @param evidence share of each window's evidence that counts, above 0 to 1
     * @return in the same order, with null where it was
     */
    float[][] given(float[][] windows, int[] middles, double evidence) {
        int labels = frequencies.size();
        double[][] forward = new double[windows.length][];
        for (int window = 0; window < windows.length; window++) {
            double[] before = new double[labels];
            for (int label = 0; label < labels; label++) {
                before[label] = frequencies.get(label);
            }
            if (window > 0) {
                before = moved(forward[window - 1], middles[window] - middles[window - 1]);
            }
            forward[window] = normalised(times(before, likelihoods(windows[window], evidence)));
        }
        float[][] given = new float[windows.length][];
        double[] behind = new double[labels];
        Arrays.fill(behind, 1);
        for (int window = windows.length - 1; window >= 0; window--) {
            if (windows[window] != null) {
                given[window] = floats(normalised(times(forward[window], behind)));
            }
            if (window > 0) {
                double[] from = normalised(times(behind, likelihoods(windows[window], evidence)));
                behind = moved(from, middles[window] - middles[window - 1]);
            }
        }
        return given;
    }

    /** The chain a number of bases on; it is symmetric, so backwards too. */
    private double[] moved(double[] from, int bases) {
        int labels = from.length;
        // A label is left at a rate of 1 / meanRunBases for any other; far away all are as likely.
        double stays = (1 + (labels - 1) * Math.exp(-bases * labels / ((labels - 1) * meanRunBases))) / labels;
        double sum = 0;
        for (double value : from) {
            sum += value;
        }
        double[] moved = new double[from.length];
        for (int label = 0; label < moved.length; label++) {
            moved[label] = stays * from[label] + (1 - stays) * (sum - from[label]) / (labels - 1);
        }
        return moved;
    }

    private double[] likelihoods(float[] window, double evidence) {
        double[] likelihoods = new double[frequencies.size()];
        for (int label = 0; label < likelihoods.length; label++) {
            likelihoods[label] =
                    window == null ? 1 : Math.pow(Math.max(LEAST, window[label]) / frequencies.get(label), evidence);
        }
        return likelihoods;
    }

    private static double[] times(double[] one, double[] other) {
        double[] product = new double[one.length];
        for (int i = 0; i < product.length; i++) {
            product[i] = one[i] * other[i];
        }
        return product;
    }

    private static double[] normalised(double[] values) {
        double sum = 0;
        for (double value : values) {
            sum += value;
        }
        for (int i = 0; i < values.length; i++) {
            values[i] /= sum;
        }
        return values;
    }

    private static float[] floats(double[] values) {
        float[] floats = new float[values.length];
        for (int i = 0; i < floats.length; i++) {
            floats[i] = (float) values[i];
        }
        return floats;
    }
}
