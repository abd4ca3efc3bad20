package io.kmerflow.export.certainty;

import io.kmerflow.contract.Certainty;
import io.kmerflow.contract.ModelContract;
import io.kmerflow.contract.ReadScores;
import io.kmerflow.scoring.ScoringException;
import io.kmerflow.scoring.WindowScorer;
import io.kmerflow.sequence.ReadWindower;
import io.kmerflow.sequence.WindowOrder;
import io.kmerflow.token.TokenBatch;
import io.kmerflow.token.WindowEncoder;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Logits of every window of one read.
 *
 * @param contract of the model
 * @param readBases length of the read
 * @param logits row-major (windows, labels), by window
 * @param hasWeight per window: false if it is mostly [UNK]
 */
public record FullScores(ModelContract contract, int readBases, float[] logits, boolean[] hasWeight) {
    private static final int BATCH_WINDOWS = 8;

    /**
     * Scores all windows of reads, with a thread for each scorer.
     *
     * @return in the order of the reads
     */
    static List<FullScores> of(List<byte[]> reads, ModelContract contract, List<? extends WindowScorer> scorers)
            throws ScoringException {
        FullScores[] scored = new FullScores[reads.size()];
        AtomicInteger next = new AtomicInteger();
        ExecutorService threads = Executors.newFixedThreadPool(scorers.size());
        try {
            List<Future<?>> ends = new ArrayList<>();
            for (WindowScorer scorer : scorers) {
                ends.add(threads.submit(() -> {
                    for (int i = next.getAndIncrement(); i < scored.length; i = next.getAndIncrement()) {
                        scored[i] = of(reads.get(i), contract, scorer);
                    }
                    return null;
                }));
            }
            for (Future<?> end : ends) {
                end.get();
            }
        } catch (ExecutionException e) {
            if (e.getCause() instanceof ScoringException cause) {
                throw cause;
            }
            throw new IllegalStateException("Could not score the reads: " + e.getCause(), e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("Interrupted while reads were scored", e);
        } finally {
            threads.shutdownNow();
        }
        return List.of(scored);
    }

    /** Scores all windows of a read. */
    public static FullScores of(byte[] bases, ModelContract contract, WindowScorer scorer) throws ScoringException {
        ReadWindower windower = contract.windower();
        WindowEncoder encoder = contract.encoder();
        int windows = windower.windowCount(bases.length);
        int labels = contract.labels().size();
        int width = encoder.tokenCount(windower.end(0, bases.length));
        float[] logits = new float[windows * labels];
        boolean[] hasWeight = new boolean[windows];
        for (int from = 0; from < windows; from += BATCH_WINDOWS) {
            int to = Math.min(from + BATCH_WINDOWS, windows);
            TokenBatch batch = new TokenBatch(encoder, to - from, width);
            for (int window = from; window < to; window++) {
                batch.add(bases, windower.start(window, bases.length), windower.end(window, bases.length));
                hasWeight[window] = !batch.mostlyUnknown(window - from);
            }
            System.arraycopy(scorer.score(batch), 0, logits, from * labels, (to - from) * labels);
        }
        return new FullScores(contract, bases.length, logits, hasWeight);
    }

    /** Windows of the read. */
    int windows() {
        return hasWeight.length;
    }

    /** Scores with all windows put. */
    public ReadScores all() {
        ReadScores scores = new ReadScores(contract, readBases);
        for (int window = 0; window < windows(); window++) {
            put(scores, window);
        }
        return scores;
    }

    /** Scores as the job would have them when it ends the read. */
    public ReadScores until(Certainty certainty) {
        ReadScores scores = new ReadScores(contract.withCertainty(certainty), readBases, false);
        WindowOrder order = new WindowOrder(windows());
        while (!scores.decided()) {
            int round = Math.min(Certainty.WINDOWS_PER_ROUND, windows() - scores.scoredWindows());
            for (int i = 0; i < round; i++) {
                put(scores, order.next());
            }
        }
        return scores;
    }

    private void put(ReadScores scores, int window) {
        scores.put(window, logits, window * contract.labels().size(), hasWeight[window]);
    }
}
