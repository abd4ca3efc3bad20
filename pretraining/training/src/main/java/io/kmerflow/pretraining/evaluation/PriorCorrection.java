package io.kmerflow.pretraining.evaluation;

/**
 * A bias for each class that takes the frequencies of the training classes out of a classifier, and puts those of labelled examples
 * in: the ones under which the mean probability of a class over the examples is its frequency (the bias part of Alexandari et al. 2020,
 * arXiv 1901.06852). Adding them to the logits is the most likely such shift, so the loss on the examples never rises.
 */
public final class PriorCorrection {
    private static final int STEPS = 500;
    private static final double CLOSE = 1e-6;

    private PriorCorrection() {}

    /**
     * Fits by fixed-point steps on the logarithms of wanted over predicted frequency, which converge as the loss is convex.
     *
     * @param examples every class must occur
     * @return to be added to the logits, with mean 0
     */
    public static double[] fit(ScoredExamples examples) {
        int classes = examples.classes();
        double[] wanted = new double[classes];
        for (int label : examples.labels()) {
            wanted[label] += 1.0 / examples.labels().length;
        }
        double[] biases = new double[classes];
        for (int step = 0; step < STEPS; step++) {
            double[] predicted = meanProbabilities(examples, biases);
            double change = 0;
            for (int c = 0; c < classes; c++) {
                double shift = Math.log(wanted[c] / predicted[c]);
                biases[c] += shift;
                change = Math.max(change, Math.abs(shift));
            }
            if (change < CLOSE) {
                break;
            }
        }
        double mean = 0;
        for (double bias : biases) {
            mean += bias / classes;
        }
        for (int c = 0; c < classes; c++) {
            biases[c] -= mean;
        }
        return biases;
    }

    private static double[] meanProbabilities(ScoredExamples examples, double[] biases) {
        double[] mean = new double[biases.length];
        float[] shifted = new float[biases.length];
        for (float[] logits : examples.logits()) {
            for (int c = 0; c < shifted.length; c++) {
                shifted[c] = (float) (logits[c] + biases[c]);
            }
            double[] probabilities = ScoredExamples.probabilities(shifted, 1);
            for (int c = 0; c < mean.length; c++) {
                mean[c] += probabilities[c] / examples.labels().length;
            }
        }
        return mean;
    }

    /** The examples with biases added to their logits, a copy. */
    public static ScoredExamples shifted(ScoredExamples examples, double[] biases) {
        float[][] logits = new float[examples.logits().length][];
        for (int i = 0; i < logits.length; i++) {
            logits[i] = examples.logits()[i].clone();
            for (int c = 0; c < biases.length; c++) {
                logits[i][c] += (float) biases[c];
            }
        }
        return new ScoredExamples(logits, examples.labels());
    }
}
