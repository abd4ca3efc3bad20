package io.kmerflow.pretraining.study;

import io.kmerflow.pretraining.HeldOutConfig;
import io.kmerflow.pretraining.MaskingConfig;
import io.kmerflow.pretraining.PretrainConfig;
import io.kmerflow.pretraining.model.EncoderConfig;
import io.kmerflow.pretraining.settings.Setting;
import io.kmerflow.pretraining.trainer.TrainingConfig;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;

/**
 * A study, as its YAML file has it. Everything but an arm's masking and stride is the same for all arms; arms of one seed
 * and stride see the same pieces in the same order.
 */
public record StudyConfig(
        @Setting("Encoder of every arm.") EncoderConfig model,

        @Setting(value = "Genomes to pretrain on, relative to the data directory.", byDefault = "[]")
        List<PretrainConfig.GenomeSource> genomes,

        @Setting(value = "Parts of the genomes that the stored masks are drawn from.", byDefault = "{}")
        HeldOutConfig heldOut,

        @Setting(
                value =
                        "BED files, relative to the data directory, with regions that no arm is pretrained on, such as places of"
                                + " test sequences.",
                byDefault = "[]")
        List<Path> leaveOut,

        @Setting("Length of every piece, in bases.") int pieceBases,

        @Setting(value = "The first is the one that others are compared with.", byDefault = "[]")
        List<Arm> arms,

        @Setting(value = "Seeds of pretraining and of what follows it.", byDefault = "[1]")
        List<Long> seeds,

        @Setting(value = "Steps and rates of pretraining; its seed is not used.", byDefault = "{}")
        TrainingConfig pretraining,

        @Setting(
                value = "Labelled sets such as `tf/2`, each with train, dev and test `.csv.gz` below `gue/`.",
                byDefault = "[]")
        List<String> sets,

        @Setting("Rows of each training split, taken after a shuffle; the test split is always whole.")
        int trainRows,

        @Setting(value = "Steps and rates of fine-tuning; its seed is not used.", byDefault = "{}")
        TrainingConfig finetuning,

        @Setting("Held-out pieces per mask width.") int maskPieces,

        @Setting(value = "Orders of the Markov control, 0 to 8.", byDefault = "[3, 4, 5, 6, 7, 8]")
        List<Integer> markovOrders,

        @Setting("Pieces that the attention is measured on at the stage borders.")
        int attentionPieces) {

    /** Widths of the stored masks, in tokens of stride 1. */
    static final int[] MASK_WIDTHS = {6, 10, 14, 20};

    /** An arm. */
    public record Arm(
            @Setting("Name in the report, also a folder.") String name,

            @Setting("Which tokens are hidden; without it random weights are not pretrained.")
            MaskingConfig masking,

            @Setting(value = "Bases between tokens in pretraining, 1 or k.", byDefault = "1")
            int tokenStride,

            @Setting(value = "Strides to fine-tune with.", byDefault = "[1]")
            List<Integer> finetuneStrides) {
        public Arm {
            if (name == null || !name.matches("[A-Za-z0-9._-]+")) {
                throw new IllegalArgumentException(String.format(
                        Locale.ROOT, "Expected an arm named with letters, digits, dots and dashes, got '%s'", name));
            }
            finetuneStrides = List.copyOf(finetuneStrides);
        }
    }

    public StudyConfig {
        if (model == null || genomes.isEmpty() || arms.isEmpty()) {
            throw new IllegalArgumentException(String.format(
                    Locale.ROOT,
                    "Expected a study with model, genomes and arms, got model %s, genomes %s, arms %s",
                    model,
                    genomes,
                    arms));
        }
        leaveOut = List.copyOf(leaveOut);
        seeds = List.copyOf(seeds);
        sets = List.copyOf(sets);
        markovOrders = List.copyOf(markovOrders);
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
