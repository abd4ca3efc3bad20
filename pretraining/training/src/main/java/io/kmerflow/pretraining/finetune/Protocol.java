package io.kmerflow.pretraining.finetune;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.kmerflow.pretraining.model.EncoderConfig;
import io.kmerflow.pretraining.settings.SettingsTree;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * How the GUE benchmark (Zhou et al., ICLR 2024) fine-tunes: AdamW with 0.9, 0.999, 1e-8, weight decay 0.01, batches of 32,
 * linear warm-up and decay, the checkpoint with the lowest dev loss tested.
 *
 * @param epochs passes over the training split
 * @param warmUpSteps to the highest rate
 * @param evaluateEvery steps between measurements on dev; once an epoch if that is sooner
 * @param batchSize sequences per step
 * @param learningRate highest
 * @param maxSteps the run ends here if its epochs would take longer; null leaves it to them
 * @param recipe whose dropout, decay, strands and average hold; its other numbers are in those above already. Null for the
 *     published ones
 */
public record Protocol(
        int epochs,
        long warmUpSteps,
        int evaluateEvery,
        int batchSize,
        double learningRate,
        Long maxSteps,
        @JsonInclude(JsonInclude.Include.NON_NULL) Recipe recipe) {
    /** For a small encoder trained little; the published 3e-5 is for 110 million parameters trained long. */
    public static final double DEFAULT_RATE = 5e-4;

    /** BERT's dropout while fine-tuning. */
    private static final double DROPOUT = 0.1;

    private static final double WEIGHT_DECAY = 0.01;

    /** Sequences per step, as published. */
    public static final int BATCH = 32;

    private static final int FEW_ROWS = 10_000;
    private static final int SOME_ROWS = 25_000;

    /** Without a recipe. */
    public Protocol(
            int epochs, long warmUpSteps, int evaluateEvery, int batchSize, double learningRate, Long maxSteps) {
        this(epochs, warmUpSteps, evaluateEvery, batchSize, learningRate, maxSteps, null);
    }

    /** The families' own epochs go by size: 10 up to 10,000 training rows, 5 up to 25,000, then 3. */
    public static Protocol forRows(int rows) {
        int epochs = rows <= FEW_ROWS ? 10 : rows <= SOME_ROWS ? 5 : 3;
        return new Protocol(epochs, 50, 200, BATCH, DEFAULT_RATE, null);
    }

    /** The same with what is not null put in. */
    public Protocol with(Integer newEpochs, Integer newBatchSize, Double newRate) {
        return new Protocol(
                newEpochs == null ? epochs : newEpochs,
                warmUpSteps,
                evaluateEvery,
                newBatchSize == null ? batchSize : newBatchSize,
                newRate == null ? learningRate : newRate,
                maxSteps,
                recipe);
    }

    /** The same with what a recipe says put in; null changes nothing. */
    public Protocol with(Recipe given) {
        return given == null
                ? this
                : new Protocol(
                        or(given.epochs(), epochs),
                        or(given.warmUpSteps(), warmUpSteps),
                        or(given.evaluateEvery(), evaluateEvery),
                        or(given.batchSize(), batchSize),
                        or(given.learningRate(), learningRate),
                        or(given.maxSteps(), maxSteps),
                        given);
    }

    private static <T> T or(T value, T otherwise) {
        return value == null ? otherwise : value;
    }

    /** The same with a maximum number of steps; null changes nothing. */
    public Protocol upTo(Long steps) {
        Long fewer = steps == null || maxSteps != null && maxSteps <= steps ? maxSteps : steps;
        return new Protocol(epochs, warmUpSteps, evaluateEvery, batchSize, learningRate, fewer, recipe);
    }

    /** The same for this number of steps, in as many epochs as that takes. */
    public Protocol lasting(long steps, int rows) {
        long perEpoch = EpochBatchSource.stepsPerEpoch(rows, batchSize);
        return new Protocol(
                Math.toIntExact((steps + perEpoch - 1) / perEpoch),
                warmUpSteps,
                evaluateEvery,
                batchSize,
                learningRate,
                steps,
                recipe);
    }

    /** Steps of a run over that number of training rows. */
    public long steps(int rows) {
        long all = epochs * EpochBatchSource.stepsPerEpoch(rows, batchSize);
        return maxSteps == null ? all : Math.min(all, maxSteps);
    }

    /**
     * The run on a labelled set.
     *
     * @param set splits and classes
     * @param checkpoint to start from; null to start from random values
     * @param model sizes, for random values; null with a checkpoint
     */
    public FinetuneConfig config(LabelledSet set, Path checkpoint, EncoderConfig model, long seed) {
        int rows = set.train().size();
        int interval = Math.min(evaluateEvery, (int) EpochBatchSource.stepsPerEpoch(rows, batchSize));
        Map<String, Object> values = new LinkedHashMap<>();
        values.put("checkpoint", checkpoint);
        values.put("model", model);
        values.put(
                "labels", set.names().stream().map(name -> Map.of("name", name)).toList());
        values.put("csv", set.files());
        values.put("csv.epochs", epochs);
        values.put("csv.maxSteps", maxSteps);
        values.put("dropout", DROPOUT);
        values.put("training.batchSize", batchSize);
        values.put("training.learningRate", learningRate);
        values.put("training.warmUpSteps", Math.min(warmUpSteps, steps(rows) / 4));
        values.put("training.beta2", 0.999);
        values.put("training.epsilon", 1e-8);
        values.put("training.weightDecay", WEIGHT_DECAY);
        values.put("training.seed", seed);
        for (String every : List.of("logEvery", "evaluateEvery", "checkpointEvery")) {
            values.put("training." + every, interval);
        }
        FinetuneConfig published = SettingsTree.of(values, FinetuneConfig.class);
        return recipe == null ? published : SettingsTree.with(published, recipe.changes());
    }
}
