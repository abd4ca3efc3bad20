package io.kmerflow.pretraining.finetune;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import io.kmerflow.contract.ModelContract;
import io.kmerflow.pretraining.HeldOutConfig;
import io.kmerflow.pretraining.annotation.AnnotatedWindows;
import io.kmerflow.pretraining.corpus.LabelledSequences;
import io.kmerflow.pretraining.corpus.NoiseModel;
import io.kmerflow.pretraining.model.EncoderConfig;
import io.kmerflow.pretraining.model.HeadConfig;
import io.kmerflow.pretraining.settings.Setting;
import io.kmerflow.pretraining.trainer.TrainingConfig;
import io.kmerflow.sequence.Strand;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.OptionalLong;

/**
 * A fine-tuning run, as its YAML file has it: from labelled genomes (labels with genomes, and window), from annotated genomes
 * (annotated) or from labelled sequences (csv).
 */
public record FinetuneConfig(
        @Setting(
                "Training checkpoint, or directory of a run, whose encoder to start from. A run needs this or model, not both.")
        Path checkpoint,

        @Setting("Sizes of an encoder to start from random values.")
        EncoderConfig model,

        @Setting("Dropout while fine-tuning; without it that of the encoder.")
        OptionalDouble dropout,

        @Setting(
                value = "How a sequence becomes one vector: `CLASSIFIER_MEAN` of its tokens, or `CLASSIFIER_CLS`.",
                byDefault = "CLASSIFIER_MEAN")
        HeadConfig.Kind head,

        @Setting(
                value =
                        "Whether the finished model's logits are the mean over a sequence and its reverse complement: a call"
                                + " no longer depends on the strand, at twice the cost of scoring; labelled sequences are turned with"
                                + " probability 1/2 while training, as windows of genomes always are.",
                byDefault = "false")
        boolean bothStrands,

        @Setting(
                value =
                        "Whether the logits also have a learned term of every k-mer, averaged over the sequence, as a k-mer"
                                + " regression has.",
                byDefault = "false")
        boolean wide,

        @Setting("Classes in logit order, at least 2.") List<Label> labels,

        @Setting(value = "Windows that the model reads.", byDefault = "{}")
        Window window,

        @Setting(
                value =
                        "Sequencing errors put into windows of genomes: most windows have few, as short reads do, the rest up to"
                                + " many.",
                byDefault = "{}")
        NoiseModel noise,

        @Setting(value = "Parts of the genomes to validate on.", byDefault = "{}")
        HeldOutConfig heldOut,

        @Setting("Labelled sequences instead of genomes.") Csv csv,

        @Setting(
                "Genomes whose annotation labels each window, instead of genomes of the labels; the labels are three: coding on"
                        + " the window's strand, coding on the other, and neither, in this order, the last alone with background.")
        Annotated annotated,

        @Setting(
                value =
                        "Windows of each label to validate on, for genomes; for annotated genomes as many in all, with the labels"
                                + " as frequent as in the genomes.",
                byDefault = "500")
        int validationPerLabel,

        @Setting(value = "Steps and rates; for csv the steps follow from its epochs.", byDefault = "{}")
        TrainingConfig training) {

    /** A class. */
    public record Label(
            @Setting("Name as shown to people.") String name,
            @Setting("CURIE, such as `NCBITaxon:562`.") String ontologyId,

            @Setting(
                    value =
                            "Whether it stands for what belongs to none of the others, such as other organisms: a read that falls"
                                    + " to it is not called.",
                    byDefault = "false")
            boolean background,

            @Setting(value = "Chance of its windows in training, relative to the other labels.", byDefault = "1.0")
            double weight,

            @Setting(
                    value = "FASTA files, plain or gzip, each a path or `{fasta, weight}`; none with csv or annotated.",
                    byDefault = "[]")
            List<GenomeFile> genomes,

            @Setting(
                    value =
                            "FASTA files that are only validated on, such as genera kept out of training; without them held-out"
                                    + " blocks of genomes.",
                    byDefault = "[]")
            List<GenomeFile> validationGenomes,

            @Setting(
                    value =
                            "Part of its training windows that come from no organism: shuffled and Markov chains of the known"
                                    + " labels, repeats, random bases; 0 to 1.",
                    byDefault = "0.0")
            double syntheticShare) {
        public Label {
            genomes = List.copyOf(genomes);
            validationGenomes = List.copyOf(validationGenomes);
            if (!(weight > 0) || !(syntheticShare >= 0 && syntheticShare <= 1)) {
                throw new IllegalArgumentException(String.format(
                        Locale.ROOT,
                        "Expected a weight above 0 and a syntheticShare of 0 to 1 for label '%s', got %s and %s",
                        name,
                        weight,
                        syntheticShare));
            }
        }
    }

    /** A genome file. */
    public record GenomeFile(
            @Setting("Plain or gzip.") Path fasta,

            @Setting(
                    "Chance of its windows, relative to the label's other files; for all or for none: a file's chance is then its"
                            + " length.")
            OptionalDouble weight) {
        public GenomeFile {
            if (fasta == null || weight.isPresent() && !(weight.getAsDouble() > 0)) {
                throw new IllegalArgumentException(String.format(
                        Locale.ROOT,
                        "Expected a genome with fasta and a weight above 0, got fasta %s, weight %s",
                        fasta,
                        text(weight)));
            }
        }

        /** One with the chance of its length. */
        @JsonCreator(mode = JsonCreator.Mode.DELEGATING)
        public GenomeFile(String fasta) {
            this(Path.of(fasta), OptionalDouble.empty());
        }

        @JsonCreator(mode = JsonCreator.Mode.PROPERTIES)
        static GenomeFile of(@JsonProperty("fasta") Path fasta, @JsonProperty("weight") OptionalDouble weight) {
            return new GenomeFile(fasta, weight == null ? OptionalDouble.empty() : weight);
        }
    }

    /** Windows the model reads. */
    public record Window(
            @Setting(value = "Longest; 0: 150, for csv the longest sequence.", byDefault = "0")
            int bases,

            @Setting(value = "Bases between window starts of a longer read; 0: bases.", byDefault = "0")
            int strideBases,

            @Setting(
                    value = "Shortest read that is called; 0: 50, for csv the shortest sequence, but at most 100.",
                    byDefault = "0")
            int minReadBases,

            @Setting(value = "Part of the training windows of full length.", byDefault = "0.65")
            double fullShare,

            @Setting(
                    value =
                            "How windows become calls: `READ` (one call for the read), `SEGMENTS` (stretches of windows),"
                                    + " `MIDDLE_SEGMENTS` (stretches of the windows' middle bases).",
                    byDefault = "READ")
            ModelContract.Aggregation aggregation,

            @Setting(
                    value =
                            "`UNSTRANDED`, `SENSE`, or `CANONICAL` (each window in that of its two orientations whose bases come"
                                    + " first).",
                    byDefault = "UNSTRANDED")
            ModelContract.StrandRule strand,

            @Setting(value = "Lowest mean quality of a read that is scored, Phred.", byDefault = "0.0")
            double minMeanQuality,

            @Setting(
                    value =
                            "Bases between neighbouring tokens, 1 (overlapping) to k; 3 leaves a third of the tokens, each with two"
                                    + " whole codons in one of three frames.",
                    byDefault = "1")
            int tokenStride,

            @Setting(
                    "Bases that a label goes on for on average, with `MIDDLE_SEGMENTS`: the windows of a read then speak for each"
                            + " other. Without it each speaks for itself.")
            OptionalDouble meanRunBases) {
        public Window {
            if (bases < 0 || strideBases < 0 || minReadBases < 0) {
                throw new IllegalArgumentException(String.format(
                        Locale.ROOT,
                        "Expected bases, strideBases and minReadBases of 0 or more, got %d, %d and %d",
                        bases,
                        strideBases,
                        minReadBases));
            }
        }

        /** The same with what the data says where nothing was given. */
        Window withDefaults(int defaultBases, int defaultMinReadBases) {
            int longest = bases == 0 ? defaultBases : bases;
            return new Window(
                    longest,
                    strideBases == 0 ? longest : strideBases,
                    minReadBases == 0 ? Math.min(defaultMinReadBases, longest) : minReadBases,
                    fullShare,
                    aggregation,
                    strand,
                    minMeanQuality,
                    tokenStride,
                    meanRunBases);
        }
    }

    /** Genomes whose annotation labels windows, see {@link io.kmerflow.pretraining.annotation.AnnotatedWindows}. */
    public record Annotated(
            @Setting(value = "Genomes to learn from.", byDefault = "[]")
            List<AnnotatedFile> genomes,

            @Setting(value = "Genomes to validate on, of other genera.", byDefault = "[]")
            List<AnnotatedFile> validationGenomes,

            @Setting(
                    value = "Part of the training windows whose middle is near an end of a gene, 0 to 1.",
                    byDefault = "0.25")
            double boundaryShare) {
        public Annotated {
            genomes = List.copyOf(genomes);
            validationGenomes = List.copyOf(validationGenomes);
            if (genomes.isEmpty() || validationGenomes.isEmpty()) {
                throw new IllegalArgumentException(String.format(
                        Locale.ROOT,
                        "Expected annotated with genomes and validationGenomes, got %d and %d",
                        genomes.size(),
                        validationGenomes.size()));
            }
        }
    }

    /** An annotated genome file. */
    public record AnnotatedFile(
            @Setting("GenBank, EMBL or GFF3, plain or gzip.")
            Path features,

            @Setting("Its sequences, plain or gzip; none where they are in the features' file.")
            Path fasta,

            @Setting(
                    "Chance of its windows, relative to the other files; for all or for none: a file's chance is then its length.")
            OptionalDouble weight) {
        public AnnotatedFile {
            if (features == null || weight.isPresent() && !(weight.getAsDouble() > 0)) {
                throw new IllegalArgumentException(String.format(
                        Locale.ROOT,
                        "Expected an annotated genome with features and a weight above 0, got features %s, weight %s",
                        features,
                        text(weight)));
            }
        }
    }

    private static String text(OptionalDouble weight) {
        return weight.isPresent() ? Double.toString(weight.getAsDouble()) : "none";
    }

    /** How much each class of labelled sequences counts in the loss. */
    public enum ClassWeights {
        /** Every sequence counts the same. */
        NONE,
        /** Every class counts the same: a sequence by rows / (classes x rows of its class). */
        BALANCED
    }

    /** Labelled sequences. */
    @JsonInclude(JsonInclude.Include.NON_ABSENT)
    public record Csv(
            @Setting(
                    "To learn from: a table, or the folder of a corpus that `snapshot` has made, whose labelled reads stay on disk;"
                            + " dev and test likewise.")
            Path train,

            @Setting(
                    "To choose the checkpoint of the lowest loss by; without it about 15 % of the rows of train, whole groups of"
                            + " similar sequences.")
            Path dev,

            @Setting("Measured once at the end.") Path test,

            @Setting(value = "Passes over train.", byDefault = "3")
            int epochs,

            @Setting("The run ends here if its epochs would take longer.")
            OptionalLong maxSteps,

            @Setting("Name of the column of sequences; without it `sequence`, `seq` or `seqs`.")
            String sequenceColumn,

            @Setting("Name of the column of labels; without it `label` or `labels`.")
            String labelColumn,

            @Setting(
                    "File of the labels and their names; without it the tables have the names of the configuration's labels or their"
                            + " numbers.")
            Path labels,

            @Setting("The run ends after this many measurements on dev without a lower loss; without it never.")
            OptionalInt patience,

            @Setting(
                    value =
                            "How much each class counts in the loss: `NONE` (every sequence the same) or `BALANCED` (every class the"
                                    + " same).",
                    byDefault = "NONE")
            ClassWeights classWeights) {
        /** As long as the default epochs take. */
        public Csv(Path train, Path dev, Path test) {
            this(train, dev, test, 3, OptionalLong.empty(), null, null, null, OptionalInt.empty(), ClassWeights.NONE);
        }

        public Csv {
            if (train == null || epochs < 1 || maxSteps.orElse(1) < 1 || patience.orElse(1) < 1) {
                throw new IllegalArgumentException(String.format(
                        Locale.ROOT,
                        "Expected csv with train, and epochs, maxSteps and patience of 1 or more, got train %s, %d, %s and %s",
                        train,
                        epochs,
                        maxSteps.isPresent() ? maxSteps.getAsLong() : "none",
                        patience.isPresent() ? patience.getAsInt() : "none"));
            }
        }

        /** Columns to read. */
        LabelledSequences.Columns columns() {
            return new LabelledSequences.Columns(sequenceColumn, labelColumn);
        }

        /** Steps over that number of training rows. */
        long steps(int rows, int batchSize) {
            long all = epochs * EpochBatchSource.stepsPerEpoch(rows, batchSize);
            return Math.min(all, maxSteps.orElse(all));
        }
    }

    public FinetuneConfig {
        if (checkpoint != null && model != null) {
            throw new IllegalArgumentException(String.format(
                    Locale.ROOT,
                    "Expected a checkpoint or a model to start from, got both, %s and %s",
                    checkpoint,
                    model));
        }
        if (labels == null || labels.size() < 2) {
            throw new IllegalArgumentException("Expected at least 2 labels, got " + labels);
        }
        labels = List.copyOf(labels);
        if (csv != null && annotated != null) {
            throw new IllegalArgumentException("Expected csv or annotated, got both");
        }
        for (Label label : labels) {
            if ((csv == null && annotated == null) == label.genomes().isEmpty()) {
                throw new IllegalArgumentException(String.format(
                        Locale.ROOT,
                        "Expected genomes for every label, or csv or annotated and no genomes, got label '%s' with %s",
                        label.name(),
                        label.genomes()));
            }
        }
        if (annotated != null
                && !labels.stream().map(Label::background).toList().equals(List.of(false, false, true))) {
            throw new IllegalArgumentException(
                    "Expected three labels with annotated, the last alone with background, got " + labels);
        }
        if (labels.stream().allMatch(Label::background)) {
            throw new IllegalArgumentException("Expected a label that is no background, got " + labels);
        }
        if (bothStrands && window.strand() != ModelContract.StrandRule.UNSTRANDED) {
            throw new IllegalArgumentException(String.format(
                    Locale.ROOT,
                    "Expected bothStrands with strand UNSTRANDED, got %s, where the model scores one strand",
                    window.strand()));
        }
        if (annotated != null && (bothStrands || window.strand() != ModelContract.StrandRule.UNSTRANDED)) {
            throw new IllegalArgumentException(String.format(
                    Locale.ROOT,
                    "Expected strand UNSTRANDED and no bothStrands with annotated, whose labels are of a strand, got %s and %s",
                    window.strand(),
                    bothStrands));
        }
    }

    /** The same from another checkpoint, instead of the checkpoint or model that the file names. */
    public FinetuneConfig startingFrom(Path newCheckpoint) {
        return new FinetuneConfig(
                newCheckpoint,
                null,
                dropout,
                head,
                bothStrands,
                wide,
                labels,
                window,
                noise,
                heldOut,
                csv,
                annotated,
                validationPerLabel,
                training);
    }

    /** Labels as the finished model's contract has them, with strands where the annotation of genomes gives them. */
    List<ModelContract.Label> contractLabels() {
        List<ModelContract.Label> contract = new ArrayList<>();
        for (int i = 0; i < labels.size(); i++) {
            Label label = labels.get(i);
            Strand strand = annotated == null ? null : AnnotatedWindows.strand(i);
            contract.add(new ModelContract.Label(label.name(), label.ontologyId(), label.background(), strand));
        }
        return contract;
    }
}
