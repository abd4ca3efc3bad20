package io.kmerflow.pretraining;

import io.kmerflow.pretraining.checkpoint.TrainingCheckpoint;
import io.kmerflow.pretraining.corpus.BedFile;
import io.kmerflow.pretraining.corpus.DiskGenome;
import io.kmerflow.pretraining.corpus.Genome;
import io.kmerflow.pretraining.corpus.GenomePieces;
import io.kmerflow.pretraining.corpus.HeldOut;
import io.kmerflow.pretraining.corpus.InMemoryGenome;
import io.kmerflow.pretraining.corpus.ReadPieces;
import io.kmerflow.pretraining.corpus.Regions;
import io.kmerflow.pretraining.corpus.SnapshotReads;
import io.kmerflow.pretraining.corpus.WindowSource;
import io.kmerflow.pretraining.masking.MaskCurriculum;
import io.kmerflow.pretraining.masking.MaskingStrategy;
import io.kmerflow.pretraining.model.BertModel;
import io.kmerflow.pretraining.model.HeadConfig;
import io.kmerflow.pretraining.model.ParameterLayout;
import io.kmerflow.pretraining.trainer.TorchSession;
import io.kmerflow.pretraining.trainer.Trainer;
import io.kmerflow.pretraining.trainer.TrainingBatch;
import io.kmerflow.pretraining.trainer.TrainingConfig;
import io.kmerflow.pretraining.trainer.TrainingLoop;
import io.kmerflow.token.KmerTokenizer;
import io.kmerflow.token.Vocabulary;
import io.kmerflow.token.WindowEncoder;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Masked-k-mer pretraining on genomes. Writes last/, best/, held-out.tsv and metrics.csv into the output directory. */
public final class Pretraining {
    private static final long EVALUATION_SEED = 0xE7A1;

    private final PretrainConfig config;
    private final RunOptions options;
    private final Opener opener;

    /** Opens a genome of the configuration. */
    @FunctionalInterface
    public interface Opener {
        /** The genome's bases. */
        Genome open(PretrainConfig.GenomeSource source);
    }

    public Pretraining(PretrainConfig config, RunOptions options) {
        this.config = config;
        this.options = options;
        this.opener = null;
    }

    /** @param opener gives the genomes, one after the other, instead of their files, so that several runs share them */
    public Pretraining(PretrainConfig config, RunOptions options, Opener opener) {
        this.config = config;
        this.options = options;
        this.opener = opener;
    }

    /**
     * What came out.
     *
     * @param finished whether the last step was reached
     * @param step steps done
     * @param bestLoss lowest loss on held-out pieces, in nats; null if none was measured
     * @param model directory to fine-tune from
     */
    public record Result(boolean finished, long step, Double bestLoss, Path model) {}

    /** Runs to the last step or until stopped. */
    public Result run() throws IOException {
        List<Path> files = Stream.of(
                        config.genomes().stream().map(PretrainConfig.GenomeSource::fasta),
                        config.reads().stream().map(source -> source.folder().resolve(SnapshotReads.MANIFEST)),
                        config.leaveOut().stream())
                .flatMap(paths -> paths)
                .map(options.dataRoot()::resolve)
                .toList();
        List<Genome> genomes = new ArrayList<>();
        List<SnapshotReads> reads = new ArrayList<>();
        try {
            Opener open = opener == null ? reader() : opener;
            for (PretrainConfig.GenomeSource source : config.genomes()) {
                genomes.add(open.open(source));
            }
            for (PretrainConfig.ReadSource source : config.reads()) {
                reads.add(SnapshotReads.open(options.dataRoot().resolve(source.folder())));
            }
            return run(files, genomes, reads);
        } finally {
            for (SnapshotReads corpus : reads) {
                corpus.close();
            }
            for (Genome genome : genomes) {
                if (genome instanceof DiskGenome disk) {
                    disk.close();
                }
            }
        }
    }

    /** Reads what is kept in memory at once, on all cores: with a GPU this takes longer than hundreds of steps. */
    private Opener reader() {
        Map<PretrainConfig.GenomeSource, Genome> inMemory = config.genomes().parallelStream()
                .filter(source -> source.storage() == PretrainConfig.Storage.MEMORY)
                .distinct()
                .collect(Collectors.toConcurrentMap(
                        source -> source, source -> InMemoryGenome.read(source.name(), fasta(source))));
        return source -> source.storage() == PretrainConfig.Storage.MEMORY
                ? inMemory.get(source)
                : DiskGenome.unpack(source.name(), fasta(source), options.out().resolve(source.name() + ".bases"));
    }

    private Path fasta(PretrainConfig.GenomeSource source) {
        return options.dataRoot().resolve(source.fasta());
    }

    private Result run(List<Path> files, List<Genome> genomes, List<SnapshotReads> reads) throws IOException {
        List<HeldOut.Region> regions = config.leaveOut().stream()
                .flatMap(bed -> BedFile.read(options.dataRoot().resolve(bed)).stream())
                .toList();
        HeldOut heldOut = HeldOut.plan(genomes, config.heldOut().plan()).leavingOut(genomes, regions);
        for (Genome genome : genomes) {
            options.listener()
                    .note(String.format(
                            Locale.ROOT,
                            "%s: %,d bases, %.1f %% held out",
                            genome.name(),
                            genome.length(),
                            100 * heldOut.share(genome)));
        }
        for (int i = 0; i < reads.size(); i++) {
            options.listener()
                    .note(String.format(
                            Locale.ROOT,
                            "%s: %,d reads, about %.1f %% of them held out",
                            config.reads().get(i).name(),
                            reads.get(i).size(),
                            100 * config.heldOut().share()));
        }
        if (!regions.isEmpty()) {
            options.listener()
                    .note(String.format(
                            Locale.ROOT,
                            "%,d regions, %,d bases, left out of training",
                            regions.size(),
                            heldOut.leftOutBases()));
        }
        try (TorchSession session = TorchSession.open(options.device(), options.threads());
                TraceFile listener = new TraceFile(options.trace(), options.resume(), options.listener())) {
            RunDirectory directory =
                    new RunDirectory(options.out(), options.resume(), Provenance.of(config, files, session));
            heldOut.write(options.out().resolve("held-out.tsv"));
            return train(session, genomes, reads, heldOut, directory, listener);
        }
    }

    private Result train(
            TorchSession session,
            List<Genome> genomes,
            List<SnapshotReads> reads,
            HeldOut heldOut,
            RunDirectory directory,
            TraceFile listener) {
        TrainingConfig training = config.training();
        BertModel model = new BertModel(new ParameterLayout(config.model(), HeadConfig.maskedTokens()));
        float[] weights = model.layout().initialize(training.seed());
        TrainingCheckpoint resumed = options.resume() && TrainingCheckpoint.exists(directory.last())
                ? TrainingCheckpoint.read(directory.last())
                : null;
        TrainingCheckpoint start = resumed != null || config.checkpoint() == null
                ? resumed
                : TrainingCheckpoint.read(options.dataRoot().resolve(config.checkpoint()));
        if (start != null) {
            List<String> fresh = model.layout().fill(weights, start.weights());
            listener.note("starting weights: " + (fresh.isEmpty() ? "all given" : "fresh are " + fresh));
        }
        try (Trainer trainer = new Trainer(session, model, training, weights)) {
            if (resumed != null) {
                directory.restore(trainer, resumed);
                listener.note("resuming at step " + trainer.step());
            }
            listener.note(String.format(
                    Locale.ROOT, "%,d parameters, device %s", model.layout().size(), session.deviceName()));
            List<TrainingBatch> held = evaluationBatches(genomes, reads, heldOut);
            MetricsFile metrics = new MetricsFile(options.out(), trainer.step(), training.schedule(), listener);
            TrainingLoop.Hooks hooks = new TrainingLoop.Hooks() {
                @Override
                public void evaluate() {
                    double loss =
                            held.stream().mapToDouble(trainer::loss).average().orElseThrow();
                    metrics.validation(loss);
                    boolean best = directory.offerBest(trainer, loss);
                    listener.note(String.format(
                            Locale.ROOT,
                            "step %d  validation loss %.4f at span %d%s",
                            trainer.step(),
                            loss,
                            config.evaluation().span(),
                            best ? "  (best)" : ""));
                }

                @Override
                public void checkpoint() {
                    directory.writeLast(trainer);
                }
            };
            MaskedBatchSource source = new MaskedBatchSource(
                    pieces(genomes, reads, heldOut, true),
                    encoder(),
                    config.masking().toStrategy(config.model().k(), training.steps()),
                    training.batchSize(),
                    training.seed());
            try (metrics) {
                boolean finished = new TrainingLoop(trainer, source, hooks, metrics, options.stopped()).run();
                return new Result(finished, trainer.step(), directory.bestLoss(), directory.last());
            }
        }
    }

    private WindowEncoder encoder() {
        return new WindowEncoder(new KmerTokenizer(
                new Vocabulary(config.model().k()), config.corpus().tokenStride()));
    }

    /**
     * Held-out pieces under one fixed mask: the same for every run with these genomes. A genome whose contigs are too short
     * for a held-out block is trained on and not measured.
     */
    private List<TrainingBatch> evaluationBatches(List<Genome> genomes, List<SnapshotReads> reads, HeldOut heldOut) {
        boolean readsHeldOut = !reads.isEmpty() && config.heldOut().share() > 0;
        if (heldOut.parts().isEmpty() && !readsHeldOut) {
            throw new IllegalArgumentException(String.format(
                    Locale.ROOT,
                    "Expected something held out to measure the loss on, got a share of %s and contigs too short for it",
                    config.heldOut().share()));
        }
        MaskingStrategy mask = MaskingStrategy.of(
                MaskCurriculum.fixed(config.evaluation().span()),
                MaskingStrategy.Width.BOUNDARY,
                MaskingStrategy.DEFAULT_PROBABILITY);
        int size = Math.min(64, config.evaluation().pieces());
        MaskedBatchSource source =
                new MaskedBatchSource(pieces(genomes, reads, heldOut, false), encoder(), mask, size, EVALUATION_SEED);
        List<TrainingBatch> batches = new ArrayList<>();
        for (int i = 0; i * size < config.evaluation().pieces(); i++) {
            batches.add(source.batch(i));
        }
        return batches;
    }

    /**
     * What is trained on, or what is held out: a genome without a held-out block, and a corpus where nothing is held out, is not
     * measured.
     */
    private GenomePieces pieces(List<Genome> genomes, List<SnapshotReads> reads, HeldOut heldOut, boolean training) {
        PretrainConfig.Corpus corpus = config.corpus();
        Set<String> measured =
                heldOut.parts().stream().map(HeldOut.Part::genome).collect(Collectors.toSet());
        List<WindowSource> sources = new ArrayList<>();
        List<Double> weights = new ArrayList<>();
        for (int i = 0; i < genomes.size(); i++) {
            List<Genome> one = List.of(genomes.get(i));
            if (training) {
                sources.add(Regions.training(one, heldOut, corpus.pieceBases()));
                weights.add(config.genomes().get(i).weight());
            } else if (measured.contains(genomes.get(i).name())) {
                sources.add(Regions.validation(one, heldOut, corpus.pieceBases()));
                weights.add(config.genomes().get(i).weight());
            }
        }
        double share = config.heldOut().share();
        for (int i = 0; i < reads.size(); i++) {
            SnapshotReads all = reads.get(i);
            if (training || share > 0) {
                sources.add(
                        new ReadPieces(all, read -> all.isHeldOut(read, share) != training, corpus.minPieceBases()));
                weights.add(config.reads().get(i).weight());
            }
        }
        return new GenomePieces(
                sources,
                weights.stream().mapToDouble(Double::doubleValue).toArray(),
                new GenomePieces.Settings(
                        corpus.pieceBases(), corpus.minPieceBases(), corpus.fullShare(), corpus.reverseComplement()));
    }
}
