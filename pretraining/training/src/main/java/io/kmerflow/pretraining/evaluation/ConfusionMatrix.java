package io.kmerflow.pretraining.evaluation;

import java.util.List;
import java.util.stream.IntStream;

/** Counts of (true class, called class), and what follows from them. Not safe for several threads. */
public final class ConfusionMatrix {
    private final long[][] counts;

    /** @param classes number of classes, at least 2 */
    public ConfusionMatrix(int classes) {
        if (classes < 2) {
            throw new IllegalArgumentException("Expected at least 2 classes, got " + classes);
        }
        this.counts = new long[classes][classes];
    }

    /** Counts the calls of rows; both arrays are in the same order. */
    public static ConfusionMatrix of(int[] truth, int[] calls, int classes) {
        ConfusionMatrix matrix = new ConfusionMatrix(classes);
        for (int i = 0; i < truth.length; i++) {
            matrix.add(truth[i], calls[i]);
        }
        return matrix;
    }

    /** Whether every row got the same class; a classifier that does this has learned nothing of use. */
    public static boolean callsOneClass(int[] calls) {
        return IntStream.of(calls).distinct().count() == 1;
    }

    /** Counts one prediction. */
    public void add(int truth, int called) {
        counts[truth][called]++;
    }

    /** How often {@code called} was called where {@code truth} was true. */
    public long count(int truth, int called) {
        return counts[truth][called];
    }

    /** All predictions. */
    public long total() {
        return IntStream.range(0, counts.length).mapToLong(this::truths).sum();
    }

    private long truths(int label) {
        return IntStream.range(0, counts.length)
                .mapToLong(c -> counts[label][c])
                .sum();
    }

    private long calls(int label) {
        return IntStream.range(0, counts.length)
                .mapToLong(t -> counts[t][label])
                .sum();
    }

    /** Part of the predictions that are right, 0 to 1; NaN without predictions. */
    public double accuracy() {
        return (double) IntStream.range(0, counts.length)
                        .mapToLong(c -> counts[c][c])
                        .sum()
                / total();
    }

    /** Part of a class that was called as such, 0 to 1; NaN if the class never occurred. */
    public double recall(int label) {
        return (double) counts[label][label] / truths(label);
    }

    /** Part of a class's calls that are right, 0 to 1; NaN if it was never called. */
    public double precision(int label) {
        return (double) counts[label][label] / calls(label);
    }

    /** Recall of each class. */
    public List<Double> recalls() {
        return IntStream.range(0, counts.length).mapToObj(this::recall).toList();
    }

    /** Mean recall of the classes that occurred. */
    public double balancedAccuracy() {
        return IntStream.range(0, counts.length)
                .filter(c -> truths(c) > 0)
                .mapToDouble(this::recall)
                .average()
                .orElse(Double.NaN);
    }

    /** Mean F1 of all classes, 0 to 1; a class that neither occurred nor was called counts as 0. */
    public double macroF1() {
        double sum = 0;
        for (int c = 0; c < counts.length; c++) {
            long both = truths(c) + calls(c);
            sum += both == 0 ? 0 : 2.0 * counts[c][c] / both;
        }
        return sum / counts.length;
    }

    /**
     * Matthews correlation coefficient for any number of classes (Gorodkin 2004), −1 to 1; 0 where it is undefined, as when
     * only one class was ever called.
     */
    public double matthewsCorrelation() {
        double n = total();
        double right = 0;
        double cross = 0;
        double callsSquared = 0;
        double truthsSquared = 0;
        for (int c = 0; c < counts.length; c++) {
            double t = truths(c);
            double p = calls(c);
            right += counts[c][c];
            cross += t * p;
            callsSquared += p * p;
            truthsSquared += t * t;
        }
        double denominator = Math.sqrt(n * n - callsSquared) * Math.sqrt(n * n - truthsSquared);
        return denominator == 0 ? 0 : (right * n - cross) / denominator;
    }
}
