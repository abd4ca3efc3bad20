package io.kmerflow.pretraining.evaluation;

import io.kmerflow.contract.ModelContract;
import io.kmerflow.pretraining.checkpoint.ClassifierModel;
import io.kmerflow.pretraining.model.TokenRows;
import io.kmerflow.sequence.ReadWindower;
import io.kmerflow.token.TokenBatch;
import io.kmerflow.token.WindowEncoder;
import java.util.Arrays;
import java.util.Locale;

/**
 * Calls sequences of any length with a classifier and its contract: the mean of the windows' log-probabilities, each
 * weighted by the bases that no earlier window covers, divided by the temperature. One thread.
 */
public final class ReadClassifier {
    private static final int MAX_WINDOWS = 64;

    private final Windows model;
    private final ModelContract contract;

    /** Logits of a batch of windows, row-major (windows, labels). */
    @FunctionalInterface
    public interface Windows {
        /** Runs the model once. */
        float[] logits(TokenBatch batch);
    }

    /** One in PyTorch. */
    public ReadClassifier(ClassifierModel model, ModelContract contract) {
        this(batch -> model.logits(TokenRows.of(batch)), contract);
    }

    /** One in another runtime. */
    public ReadClassifier(Windows model, ModelContract contract) {
        this.model = model;
        this.contract = contract;
    }

    /**
     * Mean log-probabilities over temperature: their softmax is the score of each label.
     *
     * @param bases upper-case ASCII A C G T N, at least minReadBases of the contract
     * @throws IllegalArgumentException if there are fewer
     */
    public float[] logits(byte[] bases) {
        if (bases.length < contract.minReadBases()) {
            throw new IllegalArgumentException(String.format(
                    Locale.ROOT, "Expected at least %d bases, got %d", contract.minReadBases(), bases.length));
        }
        ReadWindower windower = contract.windower();
        WindowEncoder encoder = contract.encoder();
        int windows = windower.windowCount(bases.length);
        int width = encoder.tokenCount(windower.end(0, bases.length));
        int labels = contract.labels().size();
        double[] sum = new double[labels];
        for (int from = 0; from < windows; from += MAX_WINDOWS) {
            int to = Math.min(from + MAX_WINDOWS, windows);
            TokenBatch batch = new TokenBatch(encoder, to - from, width);
            for (int w = from; w < to; w++) {
                batch.add(bases, windower.start(w, bases.length), windower.end(w, bases.length));
            }
            float[] logits = model.logits(batch);
            for (int w = from; w < to; w++) {
                float[] row = Arrays.copyOfRange(logits, (w - from) * labels, (w - from + 1) * labels);
                double[] probabilities = ScoredExamples.probabilities(row, 1);
                int weight = windower.newBases(w, bases.length);
                for (int label = 0; label < labels; label++) {
                    sum[label] += weight * Math.log(Math.max(probabilities[label], Double.MIN_NORMAL));
                }
            }
        }
        float[] mean = new float[labels];
        for (int label = 0; label < labels; label++) {
            mean[label] = (float) (sum[label] / bases.length / contract.temperature());
        }
        return mean;
    }
}
