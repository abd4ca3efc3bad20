package io.kmerflow.bundle;

import io.kmerflow.contract.ModelContract;
import io.kmerflow.contract.ReadScores;
import io.kmerflow.token.TokenBatch;
import java.nio.charset.StandardCharsets;

/**
 * One sequence and the logits the trainer gave it, in PyTorch.
 *
 * @param bases upper-case A C G T N, at most one window
 * @param logits float32, one per label, not normalised
 * @param label name of the label with the highest logit, so that labels in another order are noticed; null in bundles of
 *     formats 1 and 2 that do not say
 */
public record GoldenRead(String bases, float[] logits, String label) {
    /** Without the name of its label, which {@link ModelBundle#complete} adds. */
    public GoldenRead(String bases, float[] logits) {
        this(bases, logits, null);
    }

    /** The sequence as a batch of one window. */
    public TokenBatch batch(ModelContract contract) {
        byte[] ascii = bases.getBytes(StandardCharsets.US_ASCII);
        TokenBatch batch =
                new TokenBatch(contract.encoder(), 1, contract.encoder().tokenCount(ascii.length));
        batch.add(ascii, 0, ascii.length);
        return batch;
    }

    /** The same read with the name of its label, if it had none. */
    GoldenRead named(ModelContract contract) {
        return label != null
                ? this
                : new GoldenRead(
                        bases,
                        logits,
                        contract.labels().get(ReadScores.argMax(logits)).name());
    }
}
