package io.kmerflow.cli.retrain;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.kmerflow.pretraining.MaskingConfig;
import io.kmerflow.pretraining.PretrainConfig;
import io.kmerflow.pretraining.settings.Setting;
import io.kmerflow.pretraining.trainer.TrainingConfig;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.TreeMap;

/** A retraining, as its YAML file has it. Relative paths are relative to that file. */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record RetrainConfig(
        @Setting("Bundle that serves, in fp32: the new model starts from its weights.")
        Path parent,

        @Setting("Version of the new model.") String version,

        @Setting("Where the topics are; without it a model of a corpus is made and not published.")
        Kafka kafka,

        @Setting("Folder that `snapshot` has made, instead of a new snapshot.")
        Path corpus,

        @Setting(
                value = "Options of `kmerflow snapshot` without their dashes, for example `reads-per-group`.",
                byDefault = "{}")
        Map<String, Object> snapshot,

        @Setting("Labels that the new model may have beside its parent's; without it those that the corpus has.")
        List<NewLabel> labels,

        @Setting(value = "Min training reads of a new label.", byDefault = "50")
        int minReadsPerLabel,

        @Setting(value = "What is never trained on.", byDefault = "{}")
        HeldOut heldOut,

        @Setting(value = "Earlier labelled data that is trained on again.", byDefault = "[]")
        List<Replay> replay,

        @Setting("Of the encoder on the reads before fine-tuning; without it none.")
        Pretraining pretraining,

        @Setting(value = "Of the classifier.", byDefault = "{}")
        Finetuning finetuning,

        @Setting(value = "What the gate measures on, beside the held-out reads.", byDefault = "{}")
        Evaluation evaluation,

        @Setting(value = "Rules that the new model must pass.", byDefault = "{}")
        GateRules gate,

        @Setting(value = "Forms of the bundle.", byDefault = "{}")
        Export export,

        @Setting(value = "Comparison with the serving model, before the change.", byDefault = "{}")
        Shadow shadow,

        @Setting(value = "Rules for the time after the change.", byDefault = "{}")
        GuardRules guard,

        @Setting(value = "As in `finetune --device`.", byDefault = "auto")
        String device,

        @Setting(value = "CPU threads of training; 0 is PyTorch's default.", byDefault = "0")
        int threads) {

    private static final List<String> DEVICES = List.of("auto", "cpu", "gpu", "gpus");

    /** Where the topics are. */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record Kafka(
            @Setting("Brokers.") String bootstrapServers,

            @Setting(
                    "Folder of one of Flink's file systems that the new bundle is copied into and announced from, such as `s3://models`;"
                            + " without it the job's machines must see the run's folder.")
            String store,

            @Setting(
                    value = "Job options by key, for example `kafka.client-properties` or names of topics.",
                    byDefault = "{}")
            Map<String, String> options) {
        public Kafka {
            options = sorted(options);
            if (bootstrapServers == null || bootstrapServers.isBlank()) {
                throw new IllegalArgumentException("Expected kafka with bootstrapServers, got none");
            }
        }
    }

    /** A label that may be new. */
    public record NewLabel(
            @Setting("As the labels of the reads have it.") String name,
            @Setting("CURIE.") String ontologyId) {
        public NewLabel {
            if (name == null || name.isBlank()) {
                throw new IllegalArgumentException("Expected a label with a name, got " + name);
            }
        }
    }

    /** What is never trained on. */
    public record HeldOut(
            @Setting(value = "Share of the labelled reads of the corpus, above 0 to below 1.", byDefault = "0.2")
            double share,

            @Setting(
                    value = "Held-out ledgers of earlier retrainings; that of the parent's bundle is always taken.",
                    byDefault = "[]")
            List<Path> ledgers) {
        public HeldOut {
            ledgers = List.copyOf(ledgers);
            if (!(share > 0 && share < 1)) {
                throw new IllegalArgumentException(
                        String.format(Locale.ROOT, "Expected heldOut.share above 0 and below 1, got %s", share));
            }
        }
    }

    /** Earlier labelled data. */
    public record Replay(
            @Setting("A corpus, or a table with columns sequence and label.")
            Path data,

            @Setting("Max sequences of each label, those of smallest hash; without it all.")
            OptionalInt perLabel) {
        public Replay {
            if (data == null || perLabel.isPresent() && perLabel.getAsInt() < 1) {
                throw new IllegalArgumentException(String.format(
                        Locale.ROOT,
                        "Expected replay with data and perLabel of 1 or more, got %s, %s",
                        data,
                        perLabel.isPresent() ? perLabel.getAsInt() : null));
            }
        }
    }

    /** Continued pretraining on the reads of the corpus and the replayed ones. */
    public record Pretraining(
            @Setting(value = "To draw from as well.", byDefault = "[]")
            List<PretrainConfig.GenomeSource> genomes,

            @Setting(value = "As in `pretrain`.", byDefault = "{}")
            MaskingConfig masking,

            @Setting(value = "Steps and rates.", byDefault = "{}")
            TrainingConfig training) {
        public Pretraining {
            genomes = List.copyOf(genomes);
        }
    }

    /** Fine-tuning. */
    public record Finetuning(
            @Setting(value = "Passes over the reads.", byDefault = "3")
            int epochs,

            @Setting("The run ends here if its epochs would take longer.")
            OptionalLong maxSteps,

            @Setting(value = "Whether every label counts the same in the loss.", byDefault = "true")
            boolean balanced,

            @Setting(value = "Rates; its steps follow from the epochs.", byDefault = "{}")
            TrainingConfig training) {
        public Finetuning {
            Limits.atLeast("finetuning.epochs", 1, epochs);
            maxSteps.ifPresent(steps -> Limits.atLeast("finetuning.maxSteps", 1, steps));
        }
    }

    /** What both models are measured on. */
    public record Evaluation(
            @Setting("Labelled sequences that never change: a corpus, or a table with columns sequence and label.")
            Path suite,

            @Setting("Reads of organisms that the model does not know, FASTQ or FASTA.")
            Path unknown) {}

    /** Forms of the bundle. */
    public record Export(
            @Setting(value = "Whether a form for CPUs is made.", byDefault = "true")
            boolean int8,

            @Setting(value = "Max held-out reads in the profile for drift.", byDefault = "2000")
            int profileReads,

            @Setting("FASTQ or FASTA to fit on when a read's scoring may end; without it every window is scored.")
            Path certaintyReads) {
        public Export {
            Limits.atLeast("export.profileReads", 0, profileReads);
        }
    }

    /** Comparison on live reads. */
    public record Shadow(
            @Setting(value = "Of the reads, above 0 to 1.", byDefault = "0.2")
            double share,

            @Setting(value = "Compared before it ends.", byDefault = "1000")
            int reads,

            @Setting(
                    value = "Min agreement on the reads that the serving model calls, per label with 30 reads or more.",
                    byDefault = "0.7")
            double minAgreement,

            @Setting(value = "Max time for it, in seconds.", byDefault = "1800")
            int waitSeconds) {
        public Shadow {
            if (!(share > 0 && share <= 1) || reads < 1 || !(minAgreement >= 0 && minAgreement <= 1)) {
                throw new IllegalArgumentException(String.format(
                        Locale.ROOT,
                        "Expected shadow with share above 0 to 1, reads of 1 or more and minAgreement 0 to 1, got %s, %s, %s",
                        share,
                        reads,
                        minAgreement));
            }
            Limits.atLeast("shadow.waitSeconds", 1, waitSeconds);
        }
    }

    /** The same with other options of Kafka. */
    RetrainConfig with(Kafka other) {
        return new RetrainConfig(
                parent,
                version,
                other,
                corpus,
                snapshot,
                labels,
                minReadsPerLabel,
                heldOut,
                replay,
                pretraining,
                finetuning,
                evaluation,
                gate,
                export,
                shadow,
                guard,
                device,
                threads);
    }

    /** In one order, since the digest of the configuration tells whether a run may go on; without keys that have no value. */
    private static <T> Map<String, T> sorted(Map<String, T> map) {
        TreeMap<String, T> sorted = new TreeMap<>(map);
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
        Limits.atLeast("minReadsPerLabel", 1, minReadsPerLabel);
        Limits.atLeast("threads", 0, threads);
        if (!DEVICES.contains(device)) {
            throw new IllegalArgumentException(
                    String.format(Locale.ROOT, "Expected a device of %s, got '%s'", DEVICES, device));
        }
        labels = labels == null ? null : List.copyOf(labels);
        if (labels != null && labels.stream().map(NewLabel::name).distinct().count() < labels.size()) {
            throw new IllegalArgumentException(String.format(
                    Locale.ROOT,
                    "Expected labels with each name once, got %s",
                    labels.stream().map(NewLabel::name).toList()));
        }
        replay = List.copyOf(replay);
    }
}
