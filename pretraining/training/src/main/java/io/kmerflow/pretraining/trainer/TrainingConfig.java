package io.kmerflow.pretraining.trainer;

import io.kmerflow.pretraining.settings.Setting;
import java.util.Locale;
import java.util.OptionalDouble;

/** How long and how fast to train. */
public record TrainingConfig(
        @Setting(value = "Optimizer updates.", byDefault = "1000")
        long steps,

        @Setting(value = "Sequences per step.", byDefault = "64")
        int batchSize,

        @Setting(value = "Highest learning rate.", byDefault = "1e-3")
        double learningRate,

        @Setting(
                value =
                        "Steps in which the rate rises linearly to the highest; from there it falls linearly to 0 at the"
                                + " last step.",
                byDefault = "200")
        long warmUpSteps,

        @Setting(value = "First decay of AdamW.", byDefault = "0.9")
        double beta1,

        @Setting(value = "Second decay of AdamW.", byDefault = "0.98")
        double beta2,

        @Setting(value = "Epsilon of AdamW.", byDefault = "1e-6")
        double epsilon,

        @Setting(value = "Decay of matrices, not of biases and LayerNorm, times the rate.", byDefault = "0.01")
        double weightDecay,

        @Setting(value = "Longest gradient, by its global norm; 0 clips nothing.", byDefault = "1.0")
        double clipNorm,

        @Setting(value = "Seed of everything drawn.", byDefault = "1")
        long seed,

        @Setting(
                value = "Batches drawn at once and sorted by length, so that a batch has little padding; 1 for none.",
                byDefault = "1")
        int bucketBatches,

        @Setting(value = "Steps between progress lines.", byDefault = "50")
        int logEvery,

        @Setting(value = "Steps between evaluations on held-out data.", byDefault = "500")
        int evaluateEvery,

        @Setting(value = "Steps between checkpoints.", byDefault = "500")
        int checkpointEvery,

        @Setting(
                value =
                        "Parts that a batch goes through the model in, to need less memory; the update is that of the whole"
                                + " batch up to rounding, but dropout draws other numbers.",
                byDefault = "1")
        int accumulate,

        @Setting(
                "Decay d of a moving average of the weights, 0 to below 1, whose values are evaluated and kept as the best"
                        + " instead of the last ones; early on it is (1 + t) / (10 + t) after t steps where that is less,"
                        + " so that the start is soon forgotten. Without it no average is kept.")
        OptionalDouble weightAverage) {

    public TrainingConfig {
        if (accumulate < 1 || accumulate > batchSize) {
            throw new IllegalArgumentException(String.format(
                    Locale.ROOT, "Expected accumulate of 1 to batchSize = %d, got %d", batchSize, accumulate));
        }
        if (steps < 1
                || batchSize < 1
                || bucketBatches < 1
                || logEvery < 1
                || evaluateEvery < 1
                || checkpointEvery < 1) {
            throw new IllegalArgumentException(String.format(
                    Locale.ROOT,
                    "Expected steps, batchSize, bucketBatches and intervals of 1 or more, got %d, %d, %d, %d, %d, %d",
                    steps,
                    batchSize,
                    bucketBatches,
                    logEvery,
                    evaluateEvery,
                    checkpointEvery));
        }
        if (weightAverage.isPresent() && !(weightAverage.getAsDouble() >= 0 && weightAverage.getAsDouble() < 1)) {
            throw new IllegalArgumentException(String.format(
                    Locale.ROOT, "Expected a weightAverage of 0 to below 1, got %s", weightAverage.getAsDouble()));
        }
        if (!(learningRate > 0) || warmUpSteps < 0 || clipNorm < 0) {
            throw new IllegalArgumentException(String.format(
                    Locale.ROOT,
                    "Expected a learningRate above 0, warmUpSteps and clipNorm of 0 or more, got %s, %d, %s",
                    learningRate,
                    warmUpSteps,
                    clipNorm));
        }
    }

    /** Warm-up, then linear decay, over these steps. */
    public LearningRateSchedule schedule() {
        return new LearningRateSchedule(learningRate, warmUpSteps, steps);
    }

    /** AdamW's constants. */
    public AdamW.Settings adamW() {
        return new AdamW.Settings(beta1, beta2, epsilon, weightDecay);
    }
}
