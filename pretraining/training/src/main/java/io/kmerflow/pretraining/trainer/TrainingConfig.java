package io.kmerflow.pretraining.trainer;

import java.util.Locale;

/**
 * How long and how fast to train; what is null takes its default.
 *
 * @param steps optimizer updates; default 1,000
 * @param batchSize sequences per step; default 64
 * @param learningRate at its peak; default 1e-3
 * @param warmUpSteps from 0 to the peak, linear; default 200. From there linear to 0 at the last step
 * @param beta1 AdamW's first decay; default 0.9
 * @param beta2 AdamW's second decay; default 0.98
 * @param epsilon AdamW's; default 1e-6
 * @param weightDecay of matrices, not of biases and LayerNorm; default 0.01
 * @param clipNorm longest gradient, by its global norm; 0 clips nothing; default 1
 * @param seed of everything drawn; default 1
 * @param bucketBatches batches drawn at once and sorted by length, so that a batch has little padding; 1 for none;
 *     default 1
 * @param logEvery steps between progress lines; default 50
 * @param evaluateEvery steps between evaluations on held-out data; default 500
 * @param checkpointEvery steps between checkpoints; default 500
 * @param accumulate parts that a batch goes through the model in, to need less memory; the update is that of the whole
 *     batch up to rounding (dropout draws other numbers); default 1
 * @param weightAverage decay d of a moving average of the weights, 0 to below 1, whose values are evaluated and kept as
 *     the best instead of the last ones; early on the decay is (1 + t) / (10 + t) after t steps where that is less, so that
 *     the start is soon forgotten; null, the default, keeps no average
 */
public record TrainingConfig(
        Long steps,
        Integer batchSize,
        Double learningRate,
        Long warmUpSteps,
        Double beta1,
        Double beta2,
        Double epsilon,
        Double weightDecay,
        Double clipNorm,
        Long seed,
        Integer bucketBatches,
        Integer logEvery,
        Integer evaluateEvery,
        Integer checkpointEvery,
        Integer accumulate,
        Double weightAverage) {

    public TrainingConfig {
        steps = or(steps, 1_000L);
        batchSize = or(batchSize, 64);
        learningRate = or(learningRate, 1e-3);
        warmUpSteps = or(warmUpSteps, 200L);
        beta1 = or(beta1, 0.9);
        beta2 = or(beta2, 0.98);
        epsilon = or(epsilon, 1e-6);
        weightDecay = or(weightDecay, 0.01);
        clipNorm = or(clipNorm, 1.0);
        seed = or(seed, 1L);
        bucketBatches = or(bucketBatches, 1);
        logEvery = or(logEvery, 50);
        evaluateEvery = or(evaluateEvery, 500);
        checkpointEvery = or(checkpointEvery, 500);
        accumulate = or(accumulate, 1);
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
        if (weightAverage != null && !(weightAverage >= 0 && weightAverage < 1)) {
            throw new IllegalArgumentException(
                    String.format(Locale.ROOT, "Expected a weightAverage of 0 to below 1, got %s", weightAverage));
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

    /** A batch in one part, no average. */
    public TrainingConfig(
            Long steps,
            Integer batchSize,
            Double learningRate,
            Long warmUpSteps,
            Double beta1,
            Double beta2,
            Double epsilon,
            Double weightDecay,
            Double clipNorm,
            Long seed,
            Integer bucketBatches,
            Integer logEvery,
            Integer evaluateEvery,
            Integer checkpointEvery) {
        this(
                steps,
                batchSize,
                learningRate,
                warmUpSteps,
                beta1,
                beta2,
                epsilon,
                weightDecay,
                clipNorm,
                seed,
                bucketBatches,
                logEvery,
                evaluateEvery,
                checkpointEvery,
                null,
                null);
    }

    private static <T> T or(T value, T otherwise) {
        return value == null ? otherwise : value;
    }

    /** All defaults. */
    public static TrainingConfig defaults() {
        return new TrainingConfig(null, null, null, null, null, null, null, null, null, null, null, null, null, null);
    }

    /** The same with another number of steps. */
    public TrainingConfig withSteps(long newSteps) {
        return new TrainingConfig(
                newSteps,
                batchSize,
                learningRate,
                warmUpSteps,
                beta1,
                beta2,
                epsilon,
                weightDecay,
                clipNorm,
                seed,
                bucketBatches,
                logEvery,
                evaluateEvery,
                checkpointEvery,
                accumulate,
                weightAverage);
    }

    /** The same with another seed. */
    public TrainingConfig withSeed(long newSeed) {
        return new TrainingConfig(
                steps,
                batchSize,
                learningRate,
                warmUpSteps,
                beta1,
                beta2,
                epsilon,
                weightDecay,
                clipNorm,
                newSeed,
                bucketBatches,
                logEvery,
                evaluateEvery,
                checkpointEvery,
                accumulate,
                weightAverage);
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
