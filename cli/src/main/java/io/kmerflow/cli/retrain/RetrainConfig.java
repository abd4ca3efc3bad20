package io.kmerflow.cli.retrain;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.kmerflow.pretraining.MaskingConfig;
import io.kmerflow.pretraining.PretrainConfig;
import io.kmerflow.pretraining.settings.SettingsTree;
import io.kmerflow.pretraining.trainer.TrainingConfig;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;

/**
 * A retraining, as its YAML file has it. Relative paths are relative to that file.
 *
 * @param parent bundle that serves, in fp32: the new model starts from its weights
 * @param version of the new model
 * @param kafka where the topics are; null makes a model of a corpus without publishing it
 * @param corpus folder that {@code snapshot} has made, instead of a new snapshot; null takes one
 * @param snapshot options of {@code kmerflow snapshot} without their dashes, for example {@code reads-per-group}
 * @param labels labels that the new model may have beside its parent's; null takes those that the corpus has
 * @param minReadsPerLabel fewest training reads of a new label; default 50
 * @param heldOut what is never trained on
 * @param replay labelled data of earlier that is trained on again
 * @param pretraining of the encoder on the reads before fine-tuning; null for none
 * @param finetuning of the classifier
 * @param evaluation what the gate measures on, beside the held-out reads
 * @param gate rules that the new model must pass
 * @param export forms of the bundle
 * @param shadow comparison with the model that serves, before the change
 * @param guard rules for the time after the change
 * @param device as in {@code finetune --device}; default auto
 * @param threads CPU threads of training; 0 is PyTorch's default
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record RetrainConfig(
        Path parent,
        String version,
        Kafka kafka,
        Path corpus,
        Map<String, Object> snapshot,
        List<NewLabel> labels,
        Integer minReadsPerLabel,
        HeldOut heldOut,
        List<Replay> replay,
        Pretraining pretraining,
        Finetuning finetuning,
        Evaluation evaluation,
        GateRules gate,
        Export export,
        Shadow shadow,
        GuardRules guard,
        String device,
        Integer threads) {

    /**
     * Where the topics are.
     *
     * @param bootstrapServers brokers
     * @param options job options by key, for example {@code kafka.client-properties} or names of topics
     */
    public record Kafka(String bootstrapServers, Map<String, String> options) {
        public Kafka {
            options = sorted(options);
            if (bootstrapServers == null) {
                throw new IllegalArgumentException("Expected kafka with bootstrapServers, got none");
            }
        }
    }

    /**
     * A label that may be new.
     *
     * @param name as the labels of the reads have it
     * @param ontologyId CURIE, or null
     */
    public record NewLabel(String name, String ontologyId) {
        public NewLabel {
            if (name == null || name.isBlank()) {
                throw new IllegalArgumentException("Expected a label with a name, got " + name);
            }
        }
    }

    /**
     * What is never trained on.
     *
     * @param share of the labelled reads of the corpus, above 0 to below 1; default 0.2
     * @param ledgers held-out ledgers of earlier retrainings; that of the parent's bundle is always taken
     */
    public record HeldOut(Double share, List<Path> ledgers) {
        public HeldOut {
            share = share == null ? 0.2 : share;
            ledgers = ledgers == null ? List.of() : List.copyOf(ledgers);
            if (!(share > 0 && share < 1)) {
                throw new IllegalArgumentException(
                        String.format(Locale.ROOT, "Expected heldOut.share above 0 and below 1, got %s", share));
            }
        }
    }

    /**
     * Labelled data of earlier.
     *
     * @param data a corpus, or a table with columns sequence and label
     * @param perLabel most sequences of each label, those of smallest hash; null for all
     */
    public record Replay(Path data, Integer perLabel) {
        public Replay {
            if (data == null || perLabel != null && perLabel < 1) {
                throw new IllegalArgumentException(String.format(
                        Locale.ROOT,
                        "Expected replay with data and perLabel of 1 or more, got %s, %s",
                        data,
                        perLabel));
            }
        }
    }

    /**
     * Continued pretraining on the reads of the corpus and the replayed ones.
     *
     * @param genomes to draw from as well; default none
     * @param masking as in {@code pretrain}; null for its default
     * @param training steps and rates
     */
    public record Pretraining(
            List<PretrainConfig.GenomeSource> genomes, MaskingConfig masking, TrainingConfig training) {
        public Pretraining {
            genomes = genomes == null ? List.of() : List.copyOf(genomes);
            masking = masking == null ? SettingsTree.of("", MaskingConfig.class) : masking;
            training = training == null ? SettingsTree.of("", TrainingConfig.class) : training;
        }
    }

    /**
     * Fine-tuning.
     *
     * @param epochs passes over the reads; default 3
     * @param maxSteps the run ends here if its epochs would take longer; null leaves it to them
     * @param balanced whether every label counts the same in the loss; default true
     * @param training rates; its steps follow from the epochs
     */
    public record Finetuning(Integer epochs, Long maxSteps, Boolean balanced, TrainingConfig training) {
        public Finetuning {
            epochs = epochs == null ? 3 : epochs;
            balanced = balanced == null || balanced;
            training = training == null ? SettingsTree.of("", TrainingConfig.class) : training;
        }
    }

    /**
     * What both models are measured on.
     *
     * @param suite labelled sequences that never change: a corpus, or a table with columns sequence and label; null for none
     * @param unknown reads of organisms that the model does not know, FASTQ or FASTA; null for none
     */
    public record Evaluation(Path suite, Path unknown) {}

    /**
     * Forms of the bundle.
     *
     * @param int8 whether a form for CPUs is made; default true
     * @param profileReads most held-out reads in the profile for drift; default 2,000
     * @param certaintyReads FASTQ or FASTA to fit on when a read's scoring may end; null leaves that out
     */
    public record Export(Boolean int8, Integer profileReads, Path certaintyReads) {
        public Export {
            int8 = int8 == null || int8;
            profileReads = profileReads == null ? 2_000 : profileReads;
        }
    }

    /**
     * Comparison on live reads.
     *
     * @param share of the reads, above 0 to 1; default 0.2
     * @param reads compared before it ends; default 1,000
     * @param minAgreement least agreement on the reads that the serving model calls, per label with 30 reads or more; default 0.7
     * @param waitSeconds most time for it; default 1,800
     */
    public record Shadow(Double share, Integer reads, Double minAgreement, Integer waitSeconds) {
        public Shadow {
            share = share == null ? 0.2 : share;
            reads = reads == null ? 1_000 : reads;
            minAgreement = minAgreement == null ? 0.7 : minAgreement;
            waitSeconds = waitSeconds == null ? 1_800 : waitSeconds;
            if (!(share > 0 && share <= 1) || reads < 1 || !(minAgreement >= 0 && minAgreement <= 1)) {
                throw new IllegalArgumentException(String.format(
                        Locale.ROOT,
                        "Expected shadow with share above 0 to 1, reads of 1 or more and minAgreement 0 to 1, got %s, %s, %s",
                        share,
                        reads,
                        minAgreement));
            }
        }
    }

    /** In one order, since the digest of the configuration tells whether a run may go on; without keys that have no value. */
    private static <T> Map<String, T> sorted(Map<String, T> map) {
        TreeMap<String, T> sorted = new TreeMap<>(map == null ? Map.of() : map);
        sorted.values().removeIf(Objects::isNull);
        return sorted;
    }

    public RetrainConfig {
        if (parent == null || version == null || version.isBlank()) {
            throw new IllegalArgumentException(String.format(
                    Locale.ROOT, "Expected parent and version of the new model, got %s and %s", parent, version));
        }
        if (kafka == null && corpus == null) {
            throw new IllegalArgumentException("Expected kafka to take a snapshot from, or a corpus, got neither");
        }
        snapshot = sorted(snapshot);
        if (corpus != null && !snapshot.isEmpty()) {
            throw new IllegalArgumentException("Expected a corpus or options of a new snapshot, got both");
        }
        labels = labels == null ? null : List.copyOf(labels);
        minReadsPerLabel = minReadsPerLabel == null ? 50 : minReadsPerLabel;
        heldOut = heldOut == null ? new HeldOut(null, null) : heldOut;
        replay = replay == null ? List.of() : List.copyOf(replay);
        finetuning = finetuning == null ? new Finetuning(null, null, null, null) : finetuning;
        evaluation = evaluation == null ? new Evaluation(null, null) : evaluation;
        gate = gate == null ? GateRules.defaults() : gate;
        export = export == null ? new Export(null, null, null) : export;
        shadow = shadow == null ? new Shadow(null, null, null, null) : shadow;
        guard = guard == null ? GuardRules.defaults() : guard;
        device = device == null ? "auto" : device;
        threads = threads == null ? 0 : threads;
    }
}
