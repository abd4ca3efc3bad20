package io.kmerflow.export.parity;

import io.kmerflow.bundle.Precision;
import io.kmerflow.contract.ModelContract;
import io.kmerflow.scoring.ScoringException;
import io.kmerflow.scoring.WindowScorer;
import io.kmerflow.token.TokenBatch;
import java.util.Locale;
import java.util.function.Function;

/**
 * Scores random windows of every length the contract allows, some with N and many padded, with trainer and runtime, and
 * compares the logits and the labels that win.
 */
public final class ParityCheck {
    private static final int BATCHES = 16;
    private static final int WINDOWS = 16;
    private static final long SEED = 20_230_711;
    private static final double LEAST_AGREEMENT = 0.99;

    /**
     * How near the runtime came.
     *
     * @param worst largest absolute difference of a logit
     * @param labelAgreement share of windows in which the same label has the largest logit
     */
    public record Parity(float worst, double labelAgreement) {}

    private ParityCheck() {}

    /**
     * Compares two ways to score.
     *
     * @param trainer gives logits, row-major (windows, labels), as {@link WindowScorer#score} does
     * @param precision of the graph, which says how large a difference of a logit may be
     * @return what was seen, over {@value #BATCHES} batches of {@value #WINDOWS} windows
     * @throws ParityException if a logit differs by more, or the label of more than one window in 100
     */
    public static Parity require(
            ModelContract contract, Function<TokenBatch, float[]> trainer, WindowScorer runtime, Precision precision) {
        float tolerance = precision.logitTolerance();
        int labels = contract.labels().size();
        int agreed = 0;
        RandomWindows random = new RandomWindows(contract, SEED);
        float worst = 0;
        for (int round = 0; round < BATCHES; round++) {
            TokenBatch batch = round % 4 == 0 ? random.full(WINDOWS) : random.padded(WINDOWS);
            float[] expected = trainer.apply(batch);
            float[] scored;
            try {
                scored = runtime.score(batch);
            } catch (ScoringException e) {
                throw new ParityException("Expected the exported graph to run, but " + e.getMessage());
            }
            for (int i = 0; i < scored.length; i++) {
                float difference = Math.abs(scored[i] - expected[i]);
                if (!(difference <= tolerance)) { // so that NaN fails too
                    throw new ParityException(String.format(
                            Locale.ROOT,
                            "Expected the trainer's logits within %s, got %f for %f in window %d of batch %d",
                            tolerance,
                            scored[i],
                            expected[i],
                            i / labels,
                            round));
                }
                worst = Math.max(worst, difference);
            }
            for (int row = 0; row < scored.length; row += labels) {
                agreed += largest(scored, row, labels) == largest(expected, row, labels) ? 1 : 0;
            }
        }
        double agreement = (double) agreed / (BATCHES * WINDOWS);
        if (agreement < LEAST_AGREEMENT) {
            throw new ParityException(String.format(
                    Locale.ROOT,
                    "Expected the trainer's label for %.0f %% of windows in %s, got it for %.1f %%",
                    100 * LEAST_AGREEMENT,
                    precision,
                    100 * agreement));
        }
        return new Parity(worst, agreement);
    }

    private static int largest(float[] logits, int row, int labels) {
        int best = 0;
        for (int label = 1; label < labels; label++) {
            best = logits[row + label] > logits[row + best] ? label : best;
        }
        return best;
    }
}
