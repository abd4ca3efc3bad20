package io.kmerflow.pretraining.study;

import io.kmerflow.pretraining.HeldOutConfig;
import io.kmerflow.pretraining.MaskingConfig;
import io.kmerflow.pretraining.PretrainConfig;
import io.kmerflow.pretraining.model.EncoderConfig;
import io.kmerflow.pretraining.trainer.TrainingConfig;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;

/**
 * A study, as its YAML file has it. Everything but an arm's masking and stride is the same for all arms; arms of one seed
 * and stride see the same pieces in the same order.
 *
 * @param model encoder of every arm
 * @param genomes to pretrain on, relative to the data directory
 * @param heldOut parts of the genomes that the stored masks are drawn from
 * @param leaveOut BED files, relative to the data directory, with regions that no arm is pretrained on, for example where test
 *     sequences lie; default none
 * @param pieceBases length of every piece, in bases
 * @param arms the first is the one that others are compared with
 * @param seeds of pretraining and of what follows it
 * @param pretraining steps and rates; its seed is not used
 * @param sets labelled sets as {@code tf/2}, each with train, dev and test {@code .csv.gz} below {@code gue/}
 * @param trainRows number of rows of each training split, taken after a shuffle; the test split is always whole
 * @param finetuning steps and rates; its seed is not used
 * @param maskPieces held-out pieces per mask width
 * @param markovOrders orders of the control, 0 to 8
 * @param attentionPieces pieces that the attention is measured on at the stage borders
 */
public record StudyConfig(
        EncoderConfig model,
        List<PretrainConfig.GenomeSource> genomes,
        HeldOutConfig heldOut,
        List<Path> leaveOut,
        int pieceBases,
        List<Arm> arms,
        List<Long> seeds,
        TrainingConfig pretraining,
        List<String> sets,
        int trainRows,
        TrainingConfig finetuning,
        int maskPieces,
        List<Integer> markovOrders,
        int attentionPieces) {

    /** Widths of the stored masks, in tokens of stride 1. */
    static final int[] MASK_WIDTHS = {6, 10, 14, 20};

    /**
     * An arm.
     *
     * @param name in the report, also a folder
     * @param masking null for random weights without pretraining
     * @param tokenStride bases between tokens in pretraining, 1 (default) or k
     * @param finetuneStrides strides to fine-tune with; default 1 alone
     */
    public record Arm(String name, MaskingConfig masking, Integer tokenStride, List<Integer> finetuneStrides) {
        public Arm {
            if (name == null || !name.matches("[A-Za-z0-9._-]+")) {
                throw new IllegalArgumentException(String.format(
                        Locale.ROOT, "Expected an arm named with letters, digits, dots and dashes, got '%s'", name));
            }
            tokenStride = tokenStride == null ? 1 : tokenStride;
            finetuneStrides = finetuneStrides == null ? List.of(1) : List.copyOf(finetuneStrides);
        }
    }

    public StudyConfig {
        if (model == null || genomes == null || genomes.isEmpty() || arms == null || arms.isEmpty()) {
            throw new IllegalArgumentException(String.format(
                    Locale.ROOT,
                    "Expected a study with model, genomes and arms, got model %s, genomes %s, arms %s",
                    model,
                    genomes,
                    arms));
        }
        heldOut = heldOut == null ? HeldOutConfig.defaults() : heldOut;
        leaveOut = leaveOut == null ? List.of() : List.copyOf(leaveOut);
        seeds = seeds == null ? List.of(1L) : List.copyOf(seeds);
        pretraining = pretraining == null ? TrainingConfig.defaults() : pretraining;
        finetuning = finetuning == null ? TrainingConfig.defaults() : finetuning;
        sets = sets == null ? List.of() : List.copyOf(sets);
        markovOrders = markovOrders == null ? List.of(3, 4, 5, 6, 7, 8) : List.copyOf(markovOrders);
        if (arms.get(0).masking() == null) {
            throw new IllegalArgumentException(String.format(
                    Locale.ROOT,
                    "Expected a first arm that is pretrained, got '%s'",
                    arms.get(0).name()));
        }
        if (seeds.isEmpty() || trainRows < 1 || maskPieces < 1 || attentionPieces < 1) {
            throw new IllegalArgumentException(String.format(
                    Locale.ROOT,
                    "Expected a seed, trainRows, maskPieces and attentionPieces of 1 or more, got %s, %d, %d, %d",
                    seeds,
                    trainRows,
                    maskPieces,
                    attentionPieces));
        }
        arms = List.copyOf(arms);
    }
}
