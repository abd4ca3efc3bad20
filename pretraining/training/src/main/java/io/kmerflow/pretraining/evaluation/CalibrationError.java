package io.kmerflow.pretraining.evaluation;

/**
 * Expected calibration error (Guo et al. 2017): bins of equal width, each bin's distance between mean score and share right, weighted
 * by its examples.
 */
public final class CalibrationError {
    private final double[] scores;
    private final int[] right;
    private int examples;

    /** @param bins of the score */
    public CalibrationError(int bins) {
        scores = new double[bins];
        right = new int[bins];
    }

    /** @param score of the best label, 0 to 1 */
    public void add(double score, boolean isRight) {
        int bin = Math.min((int) (score * scores.length), scores.length - 1);
        scores[bin] += score;
        right[bin] += isRight ? 1 : 0;
        examples++;
    }

    /** 0 (a score is the share that is right) to 1; 0 without examples. */
    public double value() {
        double sum = 0;
        for (int bin = 0; bin < scores.length; bin++) {
            sum += Math.abs(scores[bin] - right[bin]);
        }
        return sum / Math.max(1, examples);
    }
}
