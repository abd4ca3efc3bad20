package io.kmerflow.pretraining.corpus;

import io.kmerflow.pretraining.random.Xoshiro256;
import java.util.List;

/** Chances of things to draw from. Immutable. */
public final class Weights {
    private final double[] cumulative;

    /** @param weights above 0; only their ratio counts */
    public Weights(List<Double> weights) {
        cumulative = new double[weights.size()];
        double sum = 0;
        for (int i = 0; i < cumulative.length; i++) {
            if (!(weights.get(i) > 0)) {
                throw new IllegalArgumentException("Expected weights above 0, got " + weights.get(i));
            }
            sum += weights.get(i);
            cumulative[i] = sum;
        }
    }

    /** The index that a draw falls on. */
    public int draw(Xoshiro256 random) {
        double at = random.nextDouble() * cumulative[cumulative.length - 1];
        int index = 0;
        while (cumulative[index] <= at) {
            index++;
        }
        return index;
    }
}
