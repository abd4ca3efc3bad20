package io.kmerflow.cli.retrain;

import io.kmerflow.bundle.ModelBundle;
import io.kmerflow.cli.base.CommandFailure;
import io.kmerflow.contract.ModelContract;
import io.kmerflow.contract.ReadScores;
import io.kmerflow.export.certainty.FullScores;
import io.kmerflow.scoring.OnnxWindowScorer;
import io.kmerflow.scoring.ScoringException;
import io.kmerflow.scoring.ScoringOptions;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/** What a bundle, as it would be served, says of reads. Close it. */
final class ModelMeasure implements AutoCloseable {
    private static final int TIMED_ROUNDS = 9;
    private static final int TIMED_READS = 64;

    private final ModelBundle bundle;
    private final int threads = Runtime.getRuntime().availableProcessors();
    private final OnnxWindowScorer scorer;

    ModelMeasure(ModelBundle bundle) {
        this.bundle = bundle;
        this.scorer = new OnnxWindowScorer(bundle.modelFile(), ScoringOptions.cpu(threads));
    }

    /**
     * What the model says of a read.
     *
     * @param label most likely label, of all; null if the read is too short or mostly N
     * @param score its probability after temperature
     * @param called the label that would be called; null for none
     */
    record Said(String label, double score, String called) {
        private static final Said NOTHING = new Said(null, 0, null);
    }

    /** In the order of the reads. */
    List<Said> of(List<byte[]> reads) {
        ExecutorService pool = Executors.newFixedThreadPool(threads);
        try {
            List<Future<Said>> futures = new ArrayList<>();
            for (byte[] read : reads) {
                futures.add(pool.submit(() -> of(read)));
            }
            List<Said> said = new ArrayList<>();
            for (Future<Said> future : futures) {
                said.add(future.get());
            }
            return said;
        } catch (ExecutionException e) {
            throw new CommandFailure("Could not score with " + bundle.directory() + ": " + e.getCause(), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new CommandFailure("Interrupted while reads were scored", e);
        } finally {
            pool.shutdownNow();
        }
    }

    private Said of(byte[] bases) throws ScoringException {
        ModelContract contract = bundle.contract();
        if (bases.length < contract.minReadBases()) {
            return Said.NOTHING;
        }
        ReadScores.Outcome outcome =
                FullScores.of(bases, contract, scorer).all().outcome();
        if (outcome.ambiguous()) {
            return Said.NOTHING;
        }
        int best = ReadScores.argMax(outcome.probabilities());
        return new Said(
                contract.labels().get(best).name(),
                outcome.probabilities()[best],
                outcome.label().isPresent()
                        ? contract.labels().get(outcome.label().getAsInt()).name()
                        : null);
    }

    /** Time of this model relative to another on the same reads: the median of rounds that change off. */
    double latencyRatio(ModelMeasure other, List<byte[]> reads) {
        List<byte[]> timed = reads.subList(0, Math.min(TIMED_READS, reads.size()));
        double[] ratios = new double[TIMED_ROUNDS];
        nanos(timed);
        other.nanos(timed);
        for (int round = 0; round < TIMED_ROUNDS; round++) {
            double theirs = other.nanos(timed);
            ratios[round] = nanos(timed) / theirs;
        }
        Arrays.sort(ratios);
        return ratios[TIMED_ROUNDS / 2];
    }

    private double nanos(List<byte[]> reads) {
        long start = System.nanoTime();
        try {
            for (byte[] read : reads) {
                of(read);
            }
        } catch (ScoringException e) {
            throw new CommandFailure("Could not score with " + bundle.directory() + ": " + e.getMessage(), e);
        }
        return System.nanoTime() - start;
    }

    @Override
    public void close() {
        scorer.close();
    }
}
