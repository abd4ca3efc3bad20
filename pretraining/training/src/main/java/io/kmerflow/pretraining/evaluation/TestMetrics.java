package io.kmerflow.pretraining.evaluation;

import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The three figures of a test split.
 *
 * @param mcc Matthews correlation, −1 to 1
 * @param macroF1 mean F1 of the classes, 0 to 1
 * @param accuracy 0 to 1
 */
public record TestMetrics(double mcc, double macroF1, double accuracy) {
    /** Figures of the classes with the highest logits. */
    public static TestMetrics of(ScoredExamples scored) {
        return of(scored.confusion());
    }

    /** Figures of counted calls. */
    public static TestMetrics of(ConfusionMatrix matrix) {
        return new TestMetrics(matrix.matthewsCorrelation(), matrix.macroF1(), matrix.accuracy());
    }

    /** By name, for JSON. */
    public Map<String, Object> tree() {
        Map<String, Object> tree = new LinkedHashMap<>();
        tree.put("mcc", mcc);
        tree.put("macroF1", macroF1);
        tree.put("accuracy", accuracy);
        return tree;
    }
}
