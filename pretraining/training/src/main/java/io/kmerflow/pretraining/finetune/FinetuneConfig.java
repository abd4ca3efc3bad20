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
import io.kmerflow.pretraining.trainer.TrainingConfig;
import io.kmerflow.sequence.Strand;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * A fine-tuning run, as its YAML file has it: from labelled genomes (labels with genomes, and window), from annotated genomes
 * (annotated) or from labelled sequences (csv).
 *
 * @param checkpoint training checkpoint, or directory of a run, whose encoder to start from; or null
 * @param model sizes of an encoder to start from random values; or null. A run needs one of the two, not both
 * @param dropout while fine-tuning; default that of the encoder
 * @param head CLASSIFIER_MEAN (default) or CLASSIFIER_CLS
 * @param bothStrands the finished model's logits are the mean over a sequence and its reverse complement: a call no longer
 *     depends on the strand, at twice the cost of scoring; labelled sequences are turned with probability 1/2 while
 *     training, as windows of genomes always are; default false
 * @param wide whether the logits also have a learned term of every k-mer, see {@link HeadConfig}; default false
 * @param labels classes in logit order, at least 2
 * @param window windows the model is for
 * @param noise errors put into windows of genomes; null leaves the default
 * @param heldOut parts of the genomes to validate on
 * @param csv labelled sequences instead of genomes
 * @param annotated genomes whose annotation labels each window, instead of genomes of the labels; the labels are three, coding on the
 *     strand of the window, coding on the other, and neither, in this order, the last alone with background
 * @param validationPerLabel windows of each label to validate on, for genomes; default 500. For annotated genomes as many in
 *     all, with the labels as frequent as in the genomes
 * @param training steps and rates; for csv the steps follow from its epochs
 */
public record FinetuneConfig(
        Path checkpoint,
        EncoderConfig model,
        Double dropout,
        HeadConfig.Kind head,
        Boolean bothStrands,
        Boolean wide,
        List<Label> labels,
        Window window,
        NoiseModel noise,
        HeldOutConfig heldOut,
        Csv csv,
        Annotated annotated,
        Integer validationPerLabel,
        TrainingConfig training) {

    /**
     * A class.
     *
     * @param name as shown to people
     * @param ontologyId CURIE, or null
     * @param background true for what belongs to none of the others, such as other organisms: a read that falls to it is not
     *     called; default false
     * @param weight chance of its windows in training, relative to the other labels; default 1
     * @param genomes FASTA files, plain or gzip, each a path or {@code {fasta, weight}}; empty with csv
     * @param validationGenomes FASTA files that are only validated on, such as those of genera kept out of training; default
     *     none, then held-out blocks of {@code genomes}
     * @param syntheticShare part of its training windows that come from no organism ({@link
     *     io.kmerflow.pretraining.corpus.SyntheticWindows}), 0 to 1; default 0
     */
    public record Label(
            String name,
            String ontologyId,
            Boolean background,
            Double weight,
            List<GenomeFile> genomes,
            List<GenomeFile> validationGenomes,
            Double syntheticShare) {
        public Label {
            background = background != null && background;
            weight = weight == null ? 1.0 : weight;
            genomes = genomes == null ? List.of() : List.copyOf(genomes);
            validationGenomes = validationGenomes == null ? List.of() : List.copyOf(validationGenomes);
            syntheticShare = syntheticShare == null ? 0.0 : syntheticShare;
            if (!(weight > 0) || !(syntheticShare >= 0 && syntheticShare <= 1)) {
                throw new IllegalArgumentException(String.format(
                        Locale.ROOT,
                        "Expected a weight above 0 and a syntheticShare of 0 to 1 for label '%s', got %s and %s",
                        name,
                        weight,
                        syntheticShare));
            }
        }

        /** A class of labelled sequences. */
        public Label(String name) {
            this(name, null, null, null, null, null, null);
        }
    }

    /**
     * A genome file.
     *
     * @param fasta plain or gzip
     * @param weight chance of its windows, relative to the label's other files; null for all: a file's chance is its length
     */
    public record GenomeFile(Path fasta, Double weight) {
        public GenomeFile {
            if (fasta == null || weight != null && !(weight > 0)) {
                throw new IllegalArgumentException(String.format(
                        Locale.ROOT,
                        "Expected a genome with fasta and a weight above 0, got fasta %s, weight %s",
                        fasta,
                        weight));
            }
        }

        /** One with the chance of its length. */
        @JsonCreator(mode = JsonCreator.Mode.DELEGATING)
        public GenomeFile(String fasta) {
            this(Path.of(fasta), null);
        }

        @JsonCreator(mode = JsonCreator.Mode.PROPERTIES)
        static GenomeFile of(@JsonProperty("fasta") Path fasta, @JsonProperty("weight") Double weight) {
            return new GenomeFile(fasta, weight);
        }
    }

    /**
     * Windows the model reads.
     *
     * @param bases longest; default 150, for csv the longest sequence
     * @param strideBases between window starts of a longer read; default bases
     * @param minReadBases shortest; default 50, for csv the shortest sequence, but at
     *     most 100
     * @param fullShare part of the training windows of full length; default 0.65
     * @param aggregation default READ
     * @param strand default UNSTRANDED
     * @param minMeanQuality Phred; default 0
     * @param tokenStride bases between neighbouring tokens, 1 (overlapping, default) to k; 3 leaves a third of the tokens, each with two
     *     whole codons in one of three frames
     * @param meanRunBases bases that a label goes on for on average, with aggregation MIDDLE_SEGMENTS: the windows of a read then speak
     *     for each other, see {@link io.kmerflow.contract.SegmentChain}; default none
     */
    public record Window(
            Integer bases,
            Integer strideBases,
            Integer minReadBases,
            Double fullShare,
            ModelContract.Aggregation aggregation,
            ModelContract.StrandRule strand,
            Double minMeanQuality,
            Integer tokenStride,
            Double meanRunBases) {
        public Window {
            fullShare = fullShare == null ? 0.65 : fullShare;
            aggregation = aggregation == null ? ModelContract.Aggregation.READ : aggregation;
            strand = strand == null ? ModelContract.StrandRule.UNSTRANDED : strand;
            minMeanQuality = minMeanQuality == null ? 0.0 : minMeanQuality;
            tokenStride = tokenStride == null ? 1 : tokenStride;
        }

        /** The same with what the data says where nothing was given. */
        Window withDefaults(int defaultBases, int defaultMinReadBases) {
            int longest = bases == null ? defaultBases : bases;
            return new Window(
                    longest,
                    strideBases == null ? longest : strideBases,
                    minReadBases == null ? Math.min(defaultMinReadBases, longest) : minReadBases,
                    fullShare,
                    aggregation,
                    strand,
                    minMeanQuality,
                    tokenStride,
                    meanRunBases);
        }
    }

    /**
     * Genomes whose annotation labels windows, see {@link io.kmerflow.pretraining.annotation.AnnotatedWindows}.
     *
     * @param genomes to learn from
     * @param validationGenomes to validate on, of other genera
     * @param boundaryShare part of the training windows whose middle is near an end of a gene, 0 to 1; default 0.25
     */
    public record Annotated(List<AnnotatedFile> genomes, List<AnnotatedFile> validationGenomes, Double boundaryShare) {
        public Annotated {
            genomes = genomes == null ? List.of() : List.copyOf(genomes);
            validationGenomes = validationGenomes == null ? List.of() : List.copyOf(validationGenomes);
            boundaryShare = boundaryShare == null ? 0.25 : boundaryShare;
            if (genomes.isEmpty() || validationGenomes.isEmpty()) {
                throw new IllegalArgumentException(String.format(
                        Locale.ROOT,
                        "Expected annotated with genomes and validationGenomes, got %d and %d",
                        genomes.size(),
                        validationGenomes.size()));
            }
        }
    }

    /**
     * An annotated genome file.
     *
     * @param features GenBank, EMBL or GFF3, plain or gzip
     * @param fasta its sequences, plain or gzip; null where they are in the features' file
     * @param weight chance of its windows, relative to the other files; null for all: a file's chance is its length
     */
    public record AnnotatedFile(Path features, Path fasta, Double weight) {
        public AnnotatedFile {
            if (features == null || weight != null && !(weight > 0)) {
                throw new IllegalArgumentException(String.format(
                        Locale.ROOT,
                        "Expected an annotated genome with features and a weight above 0, got features %s, weight %s",
                        features,
                        weight));
            }
        }
    }

    /** How much each class of labelled sequences counts in the loss. */
    public enum ClassWeights {
        /** Every sequence counts the same. */
        NONE,
        /** Every class counts the same: a sequence by rows / (classes x rows of its class). */
        BALANCED
    }

    /**
     * Labelled sequences.
     *
     * @param train to learn from: a table, or the folder of a corpus that {@code snapshot} has made, whose labelled reads stay on
     *     disk; dev and test likewise
     * @param dev to choose the checkpoint of the lowest loss by; null takes rows of train for it, see {@link AutomaticSplit}, or
     *     15 % of the reads of a corpus
     * @param test measured once at the end; null if there is none
     * @param epochs passes over train; default 3
     * @param maxSteps the run ends here if its epochs would take longer; null leaves it to them
     * @param sequenceColumn name of the column of sequences; default sequence, seq or seqs
     * @param labelColumn name of the column of labels; default label or labels
     * @param labels file of the labels and their names, see {@link io.kmerflow.pretraining.corpus.LabelNames#read}; default
     *     none: the tables have the names of the configuration's labels or their numbers
     * @param patience the run ends after this many measurements on dev without a lower loss; null never
     * @param classWeights how much each class counts in the loss; default NONE
     */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record Csv(
            Path train,
            Path dev,
            Path test,
            Integer epochs,
            Long maxSteps,
            String sequenceColumn,
            String labelColumn,
            Path labels,
            Integer patience,
            ClassWeights classWeights) {
        /** As long as the epochs take. */
        public Csv(Path train, Path dev, Path test, Integer epochs) {
            this(train, dev, test, epochs, null, null, null, null, null, null);
        }

        public Csv {
            epochs = epochs == null ? 3 : epochs;
            if (train == null || epochs < 1 || maxSteps != null && maxSteps < 1 || patience != null && patience < 1) {
                throw new IllegalArgumentException(String.format(
                        Locale.ROOT,
                        "Expected csv with train, and epochs, maxSteps and patience of 1 or more, got train %s, %d, %s and %s",
                        train,
                        epochs,
                        maxSteps,
                        patience));
            }
        }

        /** Columns to read. */
        LabelledSequences.Columns columns() {
            return new LabelledSequences.Columns(sequenceColumn, labelColumn);
        }

        /** The same with another length. */
        Csv lasting(Integer newEpochs, Long newMaxSteps) {
            return new Csv(
                    train,
                    dev,
                    test,
                    newEpochs,
                    newMaxSteps,
                    sequenceColumn,
                    labelColumn,
                    labels,
                    patience,
                    classWeights);
        }

        /** Steps over that number of training rows. */
        long steps(int rows, int batchSize) {
            long all = epochs * EpochBatchSource.stepsPerEpoch(rows, batchSize);
            return maxSteps == null ? all : Math.min(all, maxSteps);
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
        head = head == null ? HeadConfig.Kind.CLASSIFIER_MEAN : head;
        bothStrands = bothStrands != null && bothStrands;
        wide = wide != null && wide;
        window = window == null ? new Window(null, null, null, null, null, null, null, null, null) : window;
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
        noise = noise == null ? NoiseModel.DEFAULT : noise;
        heldOut = heldOut == null ? HeldOutConfig.defaults() : heldOut;
        validationPerLabel = validationPerLabel == null ? 500 : validationPerLabel;
        training = training == null ? TrainingConfig.defaults() : training;
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

    /** The same with other training settings. */
    public FinetuneConfig withTraining(TrainingConfig newTraining) {
        return new FinetuneConfig(
                checkpoint,
                model,
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
                newTraining);
    }

    /** The same for reads of this many bases or more. */
    public FinetuneConfig withMinReadBases(int bases) {
        return new FinetuneConfig(
                checkpoint,
                model,
                dropout,
                head,
                bothStrands,
                wide,
                labels,
                new Window(
                        window.bases(),
                        window.strideBases(),
                        bases,
                        window.fullShare(),
                        window.aggregation(),
                        window.strand(),
                        window.minMeanQuality(),
                        window.tokenStride(),
                        window.meanRunBases()),
                noise,
                heldOut,
                csv,
                annotated,
                validationPerLabel,
                training);
    }

    /** The same from another checkpoint, instead of what the file says. */
    public FinetuneConfig withCheckpoint(Path newCheckpoint) {
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

    /**
     * The same with another number of passes over the labelled sequences.
     *
     * @throws IllegalArgumentException if it is about genomes
     */
    public FinetuneConfig withEpochs(int epochs) {
        if (csv == null) {
            throw new IllegalArgumentException(
                    "Expected labelled sequences (csv) to go through in epochs, got genomes; give steps instead");
        }
        return new FinetuneConfig(
                checkpoint,
                model,
                dropout,
                head,
                bothStrands,
                wide,
                labels,
                window,
                noise,
                heldOut,
                csv.lasting(epochs, csv.maxSteps()),
                annotated,
                validationPerLabel,
                training);
    }
}
