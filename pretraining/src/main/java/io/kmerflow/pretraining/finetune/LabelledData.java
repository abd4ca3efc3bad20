package io.kmerflow.pretraining.finetune;

import io.kmerflow.pretraining.corpus.CorpusException;
import io.kmerflow.pretraining.corpus.Genome;
import io.kmerflow.pretraining.corpus.GenomeWindows;
import io.kmerflow.pretraining.corpus.HeldOut;
import io.kmerflow.pretraining.corpus.InMemoryGenome;
import io.kmerflow.pretraining.corpus.LabelledSequence;
import io.kmerflow.pretraining.corpus.LabelledSequences;
import io.kmerflow.pretraining.corpus.Regions;
import io.kmerflow.pretraining.trainer.BatchSource;
import io.kmerflow.sequence.ReadWindower;
import io.kmerflow.token.WindowEncoder;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * What a fine-tuning run learns from and is measured on.
 *
 * @param window the configured window with all defaults filled in
 * @param steps of the whole run
 * @param files that were read
 * @param heldOut of the genomes; null for labelled sequences
 * @param windows training windows of the genomes; null for labelled sequences
 * @param train training sequences; empty for genomes
 * @param validation to choose the best step and to calibrate on
 * @param test measured once; empty if there is none
 */
record LabelledData(
        FinetuneConfig.Window window,
        long steps,
        List<Path> files,
        HeldOut heldOut,
        GenomeWindows windows,
        List<LabelledSequence> train,
        List<LabelledSequence> validation,
        List<LabelledSequence> test) {

    private static final int DEFAULT_WINDOW_BASES = 150;
    private static final int DEFAULT_MIN_READ_BASES = 50;
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
        return config.csv() == null ? genomes(config, root) : csv(config, root, roomBases);
    }

    /** Cuts sequences that are longer than the window. */
    ReadWindower windower() {
        return new ReadWindower(window.bases(), window.strideBases());
    }

    private static LabelledData genomes(FinetuneConfig config, Path root) {
        FinetuneConfig.Window window = config.window().withDefaults(DEFAULT_WINDOW_BASES, DEFAULT_MIN_READ_BASES);
        List<Path> files = new ArrayList<>();
        List<Genome> all = new ArrayList<>();
        List<List<Genome>> ofLabels = new ArrayList<>();
        for (FinetuneConfig.Label label : config.labels()) {
            List<Genome> genomes = new ArrayList<>();
            for (Path fasta : label.genomes()) {
                Path file = root.resolve(fasta);
                String name = fasta.getFileName().toString().replaceFirst("\\.(fa|fasta|fna)(\\.gz)?$", "");
                genomes.add(InMemoryGenome.read(name, file));
                files.add(file);
            }
            all.addAll(genomes);
            ofLabels.add(genomes);
        }
        HeldOut heldOut = HeldOut.plan(all, config.heldOut().plan());
        GenomeWindows.Settings settings =
                new GenomeWindows.Settings(window.bases(), window.minReadBases(), window.fullShare(), config.noise());
        int source = config.noise().sourceBases(window.bases());
        List<Regions> training = new ArrayList<>();
        List<Regions> validation = new ArrayList<>();
        for (List<Genome> genomes : ofLabels) {
            training.add(Regions.training(genomes, heldOut, source));
            validation.add(Regions.validation(genomes, heldOut, source));
        }
        return new LabelledData(
                window,
                config.training().steps(),
                files,
                heldOut,
                new GenomeWindows(training, settings),
                List.of(),
                new GenomeWindows(validation, settings).fixed(config.validationPerLabel(), VALIDATION_SEED),
                List.of());
    }

    private static LabelledData csv(FinetuneConfig config, Path root, int roomBases) {
        FinetuneConfig.Csv csv = config.csv();
        List<Path> files = new ArrayList<>(List.of(root.resolve(csv.train()), root.resolve(csv.dev())));
        int classes = config.labels().size();
        List<LabelledSequence> train = LabelledSequences.read(files.get(0), classes);
        List<LabelledSequence> dev = LabelledSequences.read(files.get(1), classes);
        List<LabelledSequence> test = List.of();
        if (csv.test() != null) {
            files.add(root.resolve(csv.test()));
            test = LabelledSequences.read(files.get(2), classes);
        }
        int longest = 0;
        int shortest = Integer.MAX_VALUE;
        for (List<LabelledSequence> split : List.of(train, dev, test)) {
            for (LabelledSequence sequence : split) {
                longest = Math.max(longest, sequence.bases().length);
                shortest = Math.min(shortest, sequence.bases().length);
            }
        }
        FinetuneConfig.Window window = config.window().withDefaults(Math.min(longest, roomBases), shortest);
        if (shortest < window.minReadBases()) {
            throw new CorpusException(String.format(
                    Locale.ROOT,
                    "Expected sequences of %d bases or more, as the window says, got %d in %s",
                    window.minReadBases(),
                    shortest,
                    files.stream().map(Path::getFileName).toList()));
        }
        long steps = csv.steps(train.size(), config.training().batchSize());
        return new LabelledData(window, steps, files, null, null, train, dev, test);
    }

    /** Batches to train on. */
    BatchSource batches(WindowEncoder encoder, FinetuneConfig config) {
        int size = config.training().batchSize();
        long seed = config.training().seed();
        return windows == null
                ? new EpochBatchSource(train, encoder, windower(), size, seed, config.bothStrands())
                : new WindowBatchSource(
                        windows, encoder, size, config.training().bucketBatches(), seed);
    }
}
