package io.kmerflow.export.parity;

import io.kmerflow.contract.ModelContract;
import io.kmerflow.scoring.ScoringException;
import io.kmerflow.scoring.WindowScorer;
import io.kmerflow.token.TokenBatch;
import java.util.Random;
import java.util.function.Function;

/**
 * Scores random windows of every length the contract allows, some with N and many padded, with trainer and runtime, and
 * compares the logits.
 */
public final class ParityCheck {
    private static final int BATCHES = 16;
    private static final int WINDOWS = 16;
    private static final double UNKNOWN_SHARE = 0.02;

    private ParityCheck() {}

    /**
     * Compares two ways to score.
     *
     * @param trainer gives logits, row-major (windows, labels), as {@link WindowScorer#score} does
     * @param tolerance largest absolute difference of a logit
     * @return the largest difference seen, over {@value #BATCHES} batches of {@value #WINDOWS} windows
     * @throws ParityException if it is over the tolerance
     */
    public static float require(
            ModelContract contract, Function<TokenBatch, float[]> trainer, WindowScorer runtime, float tolerance) {
        Random random = new Random(20_230_711);
        float worst = 0;
        for (int round = 0; round < BATCHES; round++) {
            TokenBatch batch = batch(contract, random, round % 4 == 0);
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
                    throw new ParityException(
                            "Expected the trainer's logits within %.0e, got %f for %f in window %d of batch %d"
                                    .formatted(
                                            tolerance,
                                            scored[i],
                                            expected[i],
                                            i / contract.labels().size(),
                                            round));
                }
                worst = Math.max(worst, difference);
            }
        }
        return worst;
    }

    private static TokenBatch batch(ModelContract contract, Random random, boolean full) {
        int shortest = contract.minReadBases();
        int longest = contract.windowBases();
        TokenBatch batch =
                new TokenBatch(contract.encoder(), WINDOWS, contract.encoder().tokenCount(longest));
        for (int window = 0; window < WINDOWS; window++) {
            byte[] bases = new byte[full ? longest : shortest + random.nextInt(longest - shortest + 1)];
            for (int i = 0; i < bases.length; i++) {
                bases[i] = (byte) (random.nextDouble() < UNKNOWN_SHARE ? 'N' : "ACGT".charAt(random.nextInt(4)));
            }
            batch.add(bases, 0, bases.length);
        }
        return batch;
    }
}
