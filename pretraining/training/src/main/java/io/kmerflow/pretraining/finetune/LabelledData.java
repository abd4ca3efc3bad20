package io.kmerflow.pretraining.finetune;

import io.kmerflow.contract.SegmentChain;
import io.kmerflow.pretraining.annotation.AnnotatedGenomes;
import io.kmerflow.pretraining.annotation.AnnotatedSequence;
import io.kmerflow.pretraining.annotation.AnnotatedWindows;
import io.kmerflow.pretraining.corpus.CorpusException;
import io.kmerflow.pretraining.corpus.Genome;
import io.kmerflow.pretraining.corpus.GenomeWindows;
import io.kmerflow.pretraining.corpus.HeldOut;
import io.kmerflow.pretraining.corpus.LabelledReads;
import io.kmerflow.pretraining.corpus.LabelledSequence;
import io.kmerflow.pretraining.corpus.LabelledWindows;
import io.kmerflow.pretraining.corpus.MixedSource;
import io.kmerflow.pretraining.corpus.Regions;
import io.kmerflow.pretraining.corpus.SnapshotReads;
import io.kmerflow.pretraining.corpus.SyntheticWindows;
import io.kmerflow.pretraining.corpus.WindowSource;
import io.kmerflow.pretraining.trainer.BatchSource;
import io.kmerflow.sequence.ReadWindower;
import io.kmerflow.token.WindowEncoder;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.IntSummaryStatistics;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * What a fine-tuning run learns from and is measured on.
 *
 * @param window the configured window with all defaults filled in
 * @param steps of the whole run
 * @param files that were read
 * @param heldOut blocks of the genomes; null for labelled sequences, and for annotated genomes, of which whole files are
 * @param windows training windows of the genomes; null for labelled sequences
 * @param train training sequences; empty for genomes
 * @param validation to choose the best step and to calibrate on
 * @param test measured once; empty if there is none
 * @param longReads of genomes, as validation, of {@value #LONG_READ_WINDOWS} windows; empty where no label is background
 * @param notes sentences about the splits for the user
 * @param validationRows number of each validation sequence in its table, from 0; null for 0, 1, ...
 */
record LabelledData(
        FinetuneConfig.Window window,
        long steps,
        List<Path> files,
        HeldOut heldOut,
        LabelledWindows windows,
        List<LabelledSequence> train,
        List<LabelledSequence> validation,
        List<LabelledSequence> test,
        List<LabelledSequence> longReads,
        List<String> notes,
        int[] validationRows) {

    /** Windows of a long read to calibrate on: more than {@link io.kmerflow.contract.ModelContract#LONG_READ_WINDOWS}. */
    private static final int LONG_READ_WINDOWS = 14;

    /** Long reads of each label for each 3 windows of it. */
    private static final int WINDOWS_PER_LONG_READ = 3;

    private static final int DEFAULT_WINDOW_BASES = 150;
    private static final int DEFAULT_MIN_READ_BASES = 50;

    /** A model of long sequences takes short reads too, as those of Illumina are, unless it is told not to. */
    private static final int MOST_MIN_READ_BASES = 100;

    private static final long VALIDATION_SEED = 0x7A11;

    /** Reads what the configuration names, relative to the root. */
    static LabelledData read(FinetuneConfig config, Path root) {
        return read(config, root, Integer.MAX_VALUE);
    }

    /**
     * Reads what the configuration names, relative to the root.
     *
     * @param roomBases longest window the model has positions for; longer labelled sequences go in several windows
     */
    static LabelledData read(FinetuneConfig config, Path root, int roomBases) {
        if (config.annotated() != null) {
            return annotated(config, root);
        }
        return config.csv() == null ? genomes(config, root) : csv(config, root, roomBases);
    }

    /** The window of genomes with all defaults filled in. */
    static FinetuneConfig.Window resolved(FinetuneConfig.Window window) {
        return window.withDefaults(DEFAULT_WINDOW_BASES, DEFAULT_MIN_READ_BASES);
    }

    /**
     * The chain of a window, with the frequencies of the validation windows; null if none is configured.
     *
     * @throws IllegalArgumentException if a label is not among them
     */
    static SegmentChain chain(FinetuneConfig.Window window, List<LabelledSequence> validation, int labels) {
        if (window.meanRunBases().isEmpty()) {
            return null;
        }
        long[] counts = new long[labels];
        validation.forEach(row -> counts[row.label()]++);
        return new SegmentChain(
                window.meanRunBases().getAsDouble(),
                Arrays.stream(counts)
                        .mapToObj(count -> (double) count / validation.size())
                        .toList());
    }

    /** Cuts sequences that are longer than the window. */
    ReadWindower windower() {
        return new ReadWindower(window.bases(), window.strideBases());
    }

    private static LabelledData genomes(FinetuneConfig config, Path root) {
        FinetuneConfig.Window window = resolved(config.window());
        GenomeFiles files = new GenomeFiles(root);
        List<List<Genome>> ofLabels = new ArrayList<>();
        for (FinetuneConfig.Label label : config.labels()) {
            ofLabels.add(files.read(label.genomes()));
        }
        HeldOut heldOut = HeldOut.plan(
                ofLabels.stream().flatMap(List::stream).toList(),
                config.heldOut().plan());
        GenomeWindows.Settings settings =
                new GenomeWindows.Settings(window.bases(), window.minReadBases(), window.fullShare(), config.noise());
        int source = config.noise().sourceBases(window.bases());
        boolean knowsOthers = config.labels().stream().anyMatch(FinetuneConfig.Label::background);
        int longBases = knowsOthers ? LONG_READ_WINDOWS * window.bases() : window.bases();
        int longSource = config.noise().sourceBases(longBases);
        List<WindowSource> training = new ArrayList<>();
        List<WindowSource> validation = new ArrayList<>();
        List<WindowSource> longValidation = new ArrayList<>();
        for (int i = 0; i < ofLabels.size(); i++) {
            FinetuneConfig.Label label = config.labels().get(i);
            training.add(files.source(label.genomes(), ofLabels.get(i), one -> Regions.training(one, heldOut, source)));
            if (label.validationGenomes().isEmpty()) {
                validation.add(Regions.validation(ofLabels.get(i), heldOut, source));
                longValidation.add(Regions.validation(ofLabels.get(i), heldOut, longSource));
            } else {
                HeldOut nothing = new HeldOut(List.of(), 0);
                List<Genome> genomes = files.read(label.validationGenomes());
                validation.add(files.source(
                        label.validationGenomes(), genomes, one -> Regions.training(one, nothing, source)));
                longValidation.add(files.source(
                        label.validationGenomes(), genomes, one -> Regions.training(one, nothing, longSource)));
            }
        }
        return new LabelledData(
                window,
                config.training().steps(),
                files.read(),
                heldOut,
                new GenomeWindows(withSynthetic(config, training), weights(config), settings),
                List.of(),
                new GenomeWindows(validation, settings).fixed(config.validationPerLabel(), VALIDATION_SEED),
                List.of(),
                knowsOthers
                        ? new GenomeWindows(
                                        longValidation,
                                        new GenomeWindows.Settings(longBases, longBases, 1, config.noise()))
                                .fixed(
                                        Math.max(1, config.validationPerLabel() / WINDOWS_PER_LONG_READ),
                                        VALIDATION_SEED)
                        : List.of(),
                List.of(),
                null);
    }

    private static LabelledData annotated(FinetuneConfig config, Path root) {
        FinetuneConfig.Window window = resolved(config.window());
        GenomeWindows.Settings settings =
                new GenomeWindows.Settings(window.bases(), window.minReadBases(), window.fullShare(), config.noise());
        FinetuneConfig.Annotated annotated = config.annotated();
        List<Path> files = new ArrayList<>();
        AnnotatedWindows training = annotated(annotated.genomes(), config, settings, root, files);
        AnnotatedWindows validation = annotated(annotated.validationGenomes(), config, settings, root, files);
        return new LabelledData(
                window,
                config.training().steps(),
                files,
                null,
                training,
                List.of(),
                validation.fixed(config.validationPerLabel() * config.labels().size(), VALIDATION_SEED),
                List.of(),
                List.of(),
                List.of(),
                null);
    }

    private static AnnotatedWindows annotated(
            List<FinetuneConfig.AnnotatedFile> genomes,
            FinetuneConfig config,
            GenomeWindows.Settings settings,
            Path root,
            List<Path> files) {
        boolean weighted = genomes.stream().anyMatch(genome -> genome.weight().isPresent());
        if (weighted && genomes.stream().anyMatch(genome -> genome.weight().isEmpty())) {
            throw new IllegalArgumentException(
                    "Expected a weight for every annotated genome or for none, got " + genomes);
        }
        List<List<AnnotatedSequence>> sequences = new ArrayList<>();
        for (FinetuneConfig.AnnotatedFile genome : genomes) {
            Path fasta = genome.fasta() == null ? null : root.resolve(genome.fasta());
            Path features = root.resolve(genome.features());
            sequences.add(AnnotatedGenomes.read(features, fasta));
            files.add(features);
            if (fasta != null) {
                files.add(fasta);
            }
        }
        return new AnnotatedWindows(
                sequences,
                weighted
                        ? genomes.stream()
                                .map(genome -> genome.weight().getAsDouble())
                                .toList()
                        : null,
                config.labels().stream().map(FinetuneConfig.Label::weight).toList(),
                settings,
                config.annotated().boundaryShare());
    }

    /** Null if all labels have the same weight. */
    private static List<Double> weights(FinetuneConfig config) {
        List<Double> weights =
                config.labels().stream().map(FinetuneConfig.Label::weight).toList();
        return weights.stream().distinct().count() == 1 ? null : weights;
    }

    private static List<WindowSource> withSynthetic(FinetuneConfig config, List<WindowSource> sources) {
        List<WindowSource> known = new ArrayList<>();
        for (int i = 0; i < sources.size(); i++) {
            if (!config.labels().get(i).background()) {
                known.add(sources.get(i));
            }
        }
        List<WindowSource> mixed = new ArrayList<>();
        for (int i = 0; i < sources.size(); i++) {
            double share = config.labels().get(i).syntheticShare();
            mixed.add(
                    share == 0 ? sources.get(i) : new MixedSource(sources.get(i), new SyntheticWindows(known), share));
        }
        return mixed;
    }

    private static LabelledData csv(FinetuneConfig config, Path root, int roomBases) {
        FinetuneConfig.Csv csv = config.csv();
        List<Path> files = Stream.of(csv.train(), csv.dev(), csv.test(), csv.labels())
                .filter(Objects::nonNull)
                .map(root::resolve)
                .map(path -> SnapshotReads.isCorpus(path) ? path.resolve(SnapshotReads.MANIFEST) : path)
                .toList();
        LabelledSet set = LabelledSet.read(
                csv,
                root,
                config.labels().stream().map(FinetuneConfig.Label::name).toList());
        if (set.classes() != config.labels().size()) {
            throw new CorpusException(String.format(
                    Locale.ROOT,
                    "Expected the %d labels of the configuration in %s, got %d",
                    config.labels().size(),
                    root.resolve(csv.labels()),
                    set.classes()));
        }
        List<LabelledSequence> train = set.train();
        List<LabelledSequence> dev = set.dev();
        List<LabelledSequence> test = set.test();
        int longest = 0;
        int shortest = Integer.MAX_VALUE;
        for (List<LabelledSequence> split : List.of(train, dev, test)) {
            IntSummaryStatistics lengths = lengths(split).summaryStatistics();
            longest = Math.max(longest, lengths.getMax());
            shortest = Math.min(shortest, lengths.getMin());
        }
        FinetuneConfig.Window window =
                config.window().withDefaults(Math.min(longest, roomBases), Math.min(shortest, MOST_MIN_READ_BASES));
        if (shortest < window.minReadBases()) {
            throw new CorpusException(String.format(
                    Locale.ROOT,
                    "Expected sequences of %d bases or more, as the window says, got %d in %s",
                    window.minReadBases(),
                    shortest,
                    files.stream().map(Path::getFileName).toList()));
        }
        long steps = csv.steps(train.size(), config.training().batchSize());
        return new LabelledData(
                window, steps, files, null, null, train, dev, test, List.of(), set.notes(), set.devRows());
    }

    private static IntStream lengths(List<LabelledSequence> rows) {
        return rows instanceof LabelledReads reads
                ? reads.lengths()
                : rows.stream().mapToInt(row -> row.bases().length);
    }

    private static IntStream labels(List<LabelledSequence> rows) {
        return rows instanceof LabelledReads reads
                ? reads.labels()
                : rows.stream().mapToInt(LabelledSequence::label);
    }

    /** Longest stretch of a training sequence in one step: reads may be thousands of windows, and come back in other epochs. */
    private int mostTrainingBases() {
        return train instanceof LabelledReads ? window.bases() : Integer.MAX_VALUE;
    }

    /** Weight of each class in the loss; null if all count the same. */
    private float[] classWeights(FinetuneConfig config) {
        if (config.csv().classWeights() != FinetuneConfig.ClassWeights.BALANCED) {
            return null;
        }
        float[] weights = new float[config.labels().size()];
        labels(train).forEach(label -> weights[label]++);
        for (int label = 0; label < weights.length; label++) {
            weights[label] = weights[label] == 0 ? 0 : train.size() / (weights.length * weights[label]);
        }
        return weights;
    }

    /** Batches to train on. */
    BatchSource batches(WindowEncoder encoder, FinetuneConfig config) {
        int size = config.training().batchSize();
        long seed = config.training().seed();
        return windows == null
                ? new EpochBatchSource(
                        train,
                        encoder,
                        windower(),
                        size,
                        seed,
                        config.bothStrands(),
                        classWeights(config),
                        mostTrainingBases())
                : new WindowBatchSource(
                        windows, encoder, size, config.training().bucketBatches(), seed);
    }
}
