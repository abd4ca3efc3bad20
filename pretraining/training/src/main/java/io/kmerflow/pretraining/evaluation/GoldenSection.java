package io.kmerflow.pretraining.evaluation;

import java.util.function.DoubleUnaryOperator;

/** Golden-section search (Kiefer 1953). */
public final class GoldenSection {
    private static final double RATIO = (Math.sqrt(5) - 1) / 2;
    private static final int STEPS = 60;

    private GoldenSection() {}

    /**
     * Where a function of one valley is lowest, searched on the logarithm of its argument.
     *
     * @param low above 0
     * @param high above low
     */
    public static double logarithmicMinimum(DoubleUnaryOperator function, double low, double high) {
        double from = Math.log(low);
        double to = Math.log(high);
        for (int i = 0; i < STEPS; i++) {
            double left = to - RATIO * (to - from);
            double right = from + RATIO * (to - from);
            if (function.applyAsDouble(Math.exp(left)) <= function.applyAsDouble(Math.exp(right))) {
                to = right;
            } else {
                from = left;
            }
        }
        return Math.exp((from + to) / 2);
    }
}
