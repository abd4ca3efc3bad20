package io.kmerflow.pretraining.study;

import io.kmerflow.pretraining.evaluation.ConfusionMatrix;

/**
 * An encoder on the test split of a labelled set of two classes.
 *
 * @param set name
 * @param how probe or fine-tuning
 * @param stride bases between tokens
 * @param mcc Matthews correlation, −1 to 1
 * @param calls class of each test row, in the file's order
 */
record Score(String set, How how, int stride, double mcc, int[] calls) {
    private static final int CLASSES = 2;

    static Score of(String set, How how, int stride, int[] truth, int[] calls) {
        return new Score(set, how, stride, matrix(truth, calls).matthewsCorrelation(), calls);
    }

    /** Whether every row got the same class, as by a classifier that has learned nothing. */
    boolean callsOneClass() {
        return ConfusionMatrix.callsOneClass(calls);
    }

    /** Counts of calls. */
    static ConfusionMatrix matrix(int[] truth, int[] calls) {
        return ConfusionMatrix.of(truth, calls, CLASSES);
    }
}
