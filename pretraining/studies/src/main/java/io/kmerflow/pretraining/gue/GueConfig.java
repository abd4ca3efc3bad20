package io.kmerflow.pretraining.gue;

import io.kmerflow.pretraining.finetune.Protocol;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;

/**
 * What to measure, and how far from the published protocol.
 *
 * @param data folder of the sets
 * @param sets names; empty for whatever is there
 * @param seeds of each fine-tuning; at least one
 * @param encoder training checkpoint to start from
 * @param randomInit whether to train the same encoder from random values too
 * @param epochs instead of the set's own; null leaves them
 * @param batchSize instead of 32; null leaves it
 * @param learningRate instead of {@link Protocol#DEFAULT_RATE}; null leaves it
 * @param maxSteps most steps of a run; null leaves the set's own
 * @param recipes that change the sets' own protocols; null for none. What is given above goes before a recipe
 * @param maxTrainRows most training rows, the same ones for every seed and arm, the control too; null takes all
 * @param work folder of finished runs and of the one under way
 */
public record GueConfig(
        Path data,
        List<String> sets,
        List<Long> seeds,
        Path encoder,
        boolean randomInit,
        Integer epochs,
        Integer batchSize,
        Double learningRate,
        Long maxSteps,
        GueRecipes recipes,
        Integer maxTrainRows,
        Path work) {
    public GueConfig {
        recipes = recipes == null ? GueRecipes.NONE : recipes;
        sets = List.copyOf(sets);
        seeds = List.copyOf(seeds);
        for (String name : sets) {
            if (GueSet.named(name).isEmpty()) {
                throw new IllegalArgumentException(GueSet.unknown(name));
            }
        }
        if (seeds.isEmpty()
                || tooFew(epochs)
                || tooFew(batchSize)
                || tooFew(maxTrainRows)
                || maxSteps != null && maxSteps < 1
                || learningRate != null && !(learningRate > 0)) {
            throw new IllegalArgumentException(String.format(
                    Locale.ROOT,
                    "Expected 1 seed, epoch, row per batch, training row and step or more and a rate above 0, got seeds %s, %s, %s, %s, %s and %s",
                    seeds,
                    epochs,
                    batchSize,
                    maxTrainRows,
                    maxSteps,
                    learningRate));
        }
    }

    private static boolean tooFew(Integer count) {
        return count != null && count < 1;
    }

    Protocol protocol(GueSet set) {
        return set.protocol()
                .with(recipes.of(set).map(GueRecipes.Named::recipe).orElse(null))
                .with(epochs, batchSize, learningRate)
                .upTo(maxSteps);
    }
}
