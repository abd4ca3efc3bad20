package io.kmerflow.pretraining.study;

import io.kmerflow.pretraining.evaluation.ScoredExamples;

/** Softmax regression on frozen vectors, standardised by the training rows: full-batch Adam, L2 1e-3, 200 steps. */
final class LinearProbe {
    private static final int STEPS = 200;
    private static final double RATE = 0.03;
    private static final double L2 = 1e-3;

    private LinearProbe() {}

    /** Class of each test row. */
    static int[] fitAndPredict(float[][] train, int[] labels, int classes, float[][] test) {
        int width = train[0].length;
        double[] mean = new double[width];
        double[] deviation = new double[width];
        for (float[] row : train) {
            for (int j = 0; j < width; j++) {
                mean[j] += row[j] / train.length;
            }
        }
        for (float[] row : train) {
            for (int j = 0; j < width; j++) {
                deviation[j] += (row[j] - mean[j]) * (row[j] - mean[j]) / train.length;
            }
        }
        for (int j = 0; j < width; j++) {
            deviation[j] = Math.sqrt(deviation[j]) + 1e-8;
        }
        double[][] x = standardised(train, mean, deviation);
        double[][] weights = new double[classes][width + 1];
        double[][] first = new double[classes][width + 1];
        double[][] second = new double[classes][width + 1];
        for (int step = 1; step <= STEPS; step++) {
            double[][] gradient = new double[classes][width + 1];
            for (int i = 0; i < x.length; i++) {
                double[] p = ScoredExamples.probabilities(logits(weights, x[i]), 1);
                for (int c = 0; c < classes; c++) {
                    double error = (p[c] - (labels[i] == c ? 1 : 0)) / x.length;
                    for (int j = 0; j < width; j++) {
                        gradient[c][j] += error * x[i][j];
                    }
                    gradient[c][width] += error;
                }
            }
            double rate = RATE * Math.sqrt(1 - Math.pow(0.999, step)) / (1 - Math.pow(0.9, step));
            for (int c = 0; c < classes; c++) {
                for (int j = 0; j <= width; j++) {
                    double g = gradient[c][j] + (j < width ? L2 * weights[c][j] : 0);
                    first[c][j] = 0.9 * first[c][j] + 0.1 * g;
                    second[c][j] = 0.999 * second[c][j] + 0.001 * g * g;
                    weights[c][j] -= rate * first[c][j] / (Math.sqrt(second[c][j]) + 1e-8);
                }
            }
        }
        int[] calls = new int[test.length];
        double[][] t = standardised(test, mean, deviation);
        for (int i = 0; i < calls.length; i++) {
            calls[i] = ScoredExamples.best(logits(weights, t[i]));
        }
        return calls;
    }

    private static double[][] standardised(float[][] rows, double[] mean, double[] deviation) {
        double[][] x = new double[rows.length][mean.length];
        for (int i = 0; i < rows.length; i++) {
            for (int j = 0; j < mean.length; j++) {
                x[i][j] = (rows[i][j] - mean[j]) / deviation[j];
            }
        }
        return x;
    }

    private static float[] logits(double[][] weights, double[] x) {
        float[] logits = new float[weights.length];
        for (int c = 0; c < logits.length; c++) {
            double sum = weights[c][x.length];
            for (int j = 0; j < x.length; j++) {
                sum += weights[c][j] * x[j];
            }
            logits[c] = (float) sum;
        }
        return logits;
    }
}
