package io.kmerflow.pretraining.trainer;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;

/**
 * AdamW as PyTorch has it (Loshchilov and Hutter 2019): decay decoupled from the gradient and scaled by the rate, epsilon
 * added after the bias correction. Works on flat vectors, so that a step is a dozen operations. Its arrays live on the
 * manager it was given.
 */
public final class AdamW {
    /**
     * Constants.
     *
     * @param beta1 decay of the mean
     * @param beta2 decay of the mean square
     * @param epsilon added to the root of the mean square
     * @param weightDecay per step, times the rate
     */
    public record Settings(double beta1, double beta2, double epsilon, double weightDecay) {}

    private final Settings settings;
    private final NDArray weights;
    private final NDArray decayed;
    private final NDArray mean;
    private final NDArray meanSquare;
    private long steps;

    /**
     * @param manager of the state
     * @param weights float32, flat; changed in place by {@link #update}; without a gradient of its own
     * @param decayedSize how many at the start of the weights decay
     */
    public AdamW(NDManager manager, NDArray weights, long decayedSize, Settings settings) {
        this.settings = settings;
        this.weights = weights;
        this.decayed = decayedSize == 0 ? null : weights.get("0:" + decayedSize); // a view, not a copy
        this.mean = manager.zeros(weights.getShape());
        this.meanSquare = manager.zeros(weights.getShape());
    }

    /**
     * One update.
     *
     * @param gradient of the weights, same shape; changed
     * @param rate learning rate of this step
     */
    public void update(NDArray gradient, double rate) {
        steps++;
        double correction1 = 1 - Math.pow(settings.beta1(), steps);
        double correction2 = 1 - Math.pow(settings.beta2(), steps);
        if (decayed != null && settings.weightDecay() != 0) {
            decayed.muli(1 - rate * settings.weightDecay());
        }
        try (NDArray square = gradient.square().muli(1 - settings.beta2())) {
            meanSquare.muli(settings.beta2()).addi(square);
        }
        mean.muli(settings.beta1()).addi(gradient.muli(1 - settings.beta1()));
        try (NDArray root = meanSquare.sqrt();
                NDArray change = mean.mul(-rate / correction1)) {
            root.divi(Math.sqrt(correction2)).addi(settings.epsilon());
            weights.addi(change.divi(root));
        }
    }

    /** Updates so far. */
    public long steps() {
        return steps;
    }

    /** Decayed mean of the gradients, a copy. */
    public float[] mean() {
        return mean.toFloatArray();
    }

    /** Decayed mean of their squares, a copy. */
    public float[] meanSquare() {
        return meanSquare.toFloatArray();
    }

    /** Goes on where another run stood. */
    public void restore(float[] newMean, float[] newMeanSquare, long newSteps) {
        mean.set(newMean);
        meanSquare.set(newMeanSquare);
        steps = newSteps;
    }
}
