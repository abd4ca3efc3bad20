package io.kmerflow.pretraining.evaluation;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Temperature and threshold of a classifier, fitted on validation examples.
 *
 * @param temperature minimises the mean cross-entropy of softmax(logits / temperature) (Guo et al. 2017)
 * @param threshold the highest score that at least {@link #CALLED_SHARE} of the validation examples of labels that are no
 *     background are called with; 0 if fewer have a label of their own, not a background, as the best
 */
public record Calibration(double temperature, double threshold) {
    /** Part of the validation examples that stay called, right or wrong. */
    public static final double CALLED_SHARE = 0.9;

    private static final int MIN_EXAMPLES = 50;
    private static final double LOWEST = 0.05;
    private static final double HIGHEST = 20;

    /**
     * Fits both: the temperature first, by golden-section search on its logarithm, then the threshold under it.
     *
     * @param backgrounds per label, whether it is one that is never called
     */
    public static Calibration fit(ScoredExamples examples, boolean[] backgrounds) {
        double temperature = GoldenSection.logarithmicMinimum(examples::negativeLogLikelihood, LOWEST, HIGHEST);
        return new Calibration(temperature, threshold(examples, temperature, backgrounds));
    }

    /**
     * The highest score that at least {@link #CALLED_SHARE} of the examples of labels that are no background are called with.
     *
     * @param backgrounds per label, whether it is one that is never called
     */
    public static double threshold(ScoredExamples examples, double temperature, boolean[] backgrounds) {
        double[] scores = IntStream.range(0, examples.labels().length)
                .filter(i -> !backgrounds[examples.labels()[i]])
                .mapToDouble(i -> score(examples.logits()[i], temperature, backgrounds))
                .sorted()
                .toArray();
        if (scores.length == 0) {
            throw new IllegalArgumentException("Expected examples of a label that is no background, got none");
        }
        int called = (int) Math.ceil(CALLED_SHARE * scores.length);
        return scores[scores.length - called];
    }

    /**
     * Thresholds of single labels: of a label's examples that it leads, {@link #CALLED_SHARE} are called with. One threshold for all would
     * leave most of the examples uncalled of a label whose scores are low, and call what is of none as one whose scores are high.
     *
     * @return per label; null for a background and for a label that leads fewer than {@value #MIN_EXAMPLES} of its examples
     */
    public static List<Double> labelThresholds(ScoredExamples examples, double temperature, boolean[] backgrounds) {
        List<Double> thresholds = new ArrayList<>();
        for (int label = 0; label < backgrounds.length; label++) {
            int own = label;
            double[] scores = IntStream.range(0, examples.labels().length)
                    .filter(i -> examples.labels()[i] == own && ScoredExamples.best(examples.logits()[i]) == own)
                    .mapToDouble(i -> score(examples.logits()[i], temperature, backgrounds))
                    .sorted()
                    .toArray();
            boolean fits = !backgrounds[label] && scores.length >= MIN_EXAMPLES;
            thresholds.add(
                    fits ? (Double) scores[scores.length - (int) Math.ceil(CALLED_SHARE * scores.length)] : null);
        }
        return thresholds;
    }

    private static double score(float[] logits, double temperature, boolean[] backgrounds) {
        int best = ScoredExamples.best(logits);
        return backgrounds[best] ? 0 : ScoredExamples.probabilities(logits, temperature)[best];
    }
}
