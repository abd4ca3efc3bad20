package io.kmerflow.pretraining.evaluation;

import java.util.Arrays;
import java.util.Comparator;

/** Area under the ROC curve. */
public final class RankMetrics {
    private RankMetrics() {}

    /**
     * Chance that a positive scores above a negative, ties counting half (Mann and Whitney).
     *
     * @param scores higher is more positive
     * @return 0 to 1; NaN if one of the two kinds is missing
     */
    public static double auc(double[] scores, boolean[] positive) {
        Integer[] order = new Integer[scores.length];
        Arrays.setAll(order, i -> i);
        Arrays.sort(order, Comparator.comparingDouble(i -> scores[i]));
        double rankSum = 0;
        long positives = 0;
        for (int from = 0; from < order.length; ) {
            int to = from;
            while (to < order.length && scores[order[to]] == scores[order[from]]) {
                to++;
            }
            double rank = (from + 1 + to) / 2.0; // ranks from + 1 to `to` share their mean
            for (int i = from; i < to; i++) {
                if (positive[order[i]]) {
                    rankSum += rank;
                    positives++;
                }
            }
            from = to;
        }
        long negatives = scores.length - positives;
        return (rankSum - positives * (positives + 1) / 2.0) / ((double) positives * negatives);
    }

    /**
     * Mean one-against-rest area over the classes that occurred; for two classes that of class 1.
     *
     * @param scores of each example, one per class
     */
    public static double macroAuc(double[][] scores, int[] labels, int classes) {
        if (classes == 2) {
            return auc(column(scores, 1), isLabel(labels, 1));
        }
        double sum = 0;
        int counted = 0;
        for (int c = 0; c < classes; c++) {
            double area = auc(column(scores, c), isLabel(labels, c));
            if (!Double.isNaN(area)) {
                sum += area;
                counted++;
            }
        }
        return counted == 0 ? Double.NaN : sum / counted;
    }

    private static double[] column(double[][] scores, int column) {
        return Arrays.stream(scores).mapToDouble(s -> s[column]).toArray();
    }

    private static boolean[] isLabel(int[] labels, int label) {
        boolean[] is = new boolean[labels.length];
        for (int i = 0; i < is.length; i++) {
            is[i] = labels[i] == label;
        }
        return is;
    }
}
