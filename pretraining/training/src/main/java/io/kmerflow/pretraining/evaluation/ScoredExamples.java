package io.kmerflow.pretraining.evaluation;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * Logits of examples with their true classes.
 *
 * @param logits of each example, one per class; shared, not a copy
 * @param labels true class of each example
 */
public record ScoredExamples(float[][] logits, int[] labels) {
    public ScoredExamples {
        if (logits.length != labels.length || labels.length == 0) {
            throw new IllegalArgumentException(String.format(
                    Locale.ROOT,
                    "Expected logits and labels of the same, positive number, got %d and %d",
                    logits.length,
                    labels.length));
        }
    }

    /** Number of classes. */
    public int classes() {
        return logits[0].length;
    }

    /** Softmax of logits / temperature. */
    public static double[] probabilities(float[] logits, double temperature) {
        double highest = Double.NEGATIVE_INFINITY;
        for (float logit : logits) {
            highest = Math.max(highest, logit);
        }
        double[] probabilities = new double[logits.length];
        double sum = 0;
        for (int c = 0; c < logits.length; c++) {
            probabilities[c] = Math.exp((logits[c] - highest) / temperature);
            sum += probabilities[c];
        }
        for (int c = 0; c < logits.length; c++) {
            probabilities[c] /= sum;
        }
        return probabilities;
    }

    /** Class with the highest logit, the first of several. */
    public static int best(float[] logits) {
        int best = 0;
        for (int c = 1; c < logits.length; c++) {
            if (logits[c] > logits[best]) {
                best = c;
            }
        }
        return best;
    }

    /** The class called for each example. */
    public int[] calls() {
        return Arrays.stream(logits).mapToInt(ScoredExamples::best).toArray();
    }

    /** Mean cross-entropy at a temperature, in nats. */
    public double negativeLogLikelihood(double temperature) {
        double sum = 0;
        for (int i = 0; i < labels.length; i++) {
            double highest = Double.NEGATIVE_INFINITY;
            for (float logit : logits[i]) {
                highest = Math.max(highest, logit);
            }
            double total = 0;
            for (float logit : logits[i]) {
                total += Math.exp((logit - highest) / temperature);
            }
            sum += Math.log(total) - (logits[i][labels[i]] - highest) / temperature;
        }
        return sum / labels.length;
    }

    /** Counts of (true, called). */
    public ConfusionMatrix confusion() {
        ConfusionMatrix matrix = new ConfusionMatrix(classes());
        for (int i = 0; i < labels.length; i++) {
            matrix.add(labels[i], best(logits[i]));
        }
        return matrix;
    }

    /** Area under the ROC curve; see {@link RankMetrics#macroAuc}. */
    public double auc() {
        double[][] scores = new double[labels.length][];
        for (int i = 0; i < scores.length; i++) {
            scores[i] = probabilities(logits[i], 1);
        }
        return RankMetrics.macroAuc(scores, labels, classes());
    }

    /**
     * Everything by name, for metrics.json.
     *
     * @param names of the classes, in order
     */
    public Map<String, Object> metrics(List<String> names) {
        ConfusionMatrix matrix = confusion();
        Map<String, Object> metrics = new LinkedHashMap<>();
        metrics.put("examples", labels.length);
        metrics.put("loss", negativeLogLikelihood(1));
        metrics.putAll(TestMetrics.of(matrix).tree());
        metrics.put("balancedAccuracy", matrix.balancedAccuracy());
        metrics.put("auc", auc());
        Map<String, Object> recalls = new LinkedHashMap<>();
        for (int c = 0; c < names.size(); c++) {
            recalls.put(names.get(c), matrix.recall(c));
        }
        metrics.put("recall", recalls);
        return metrics;
    }
}
