package io.kmerflow.bundle;

import io.kmerflow.contract.ModelContract;
import io.kmerflow.token.TokenBatch;
import java.nio.charset.StandardCharsets;

/**
 * One sequence and the logits the trainer gave it, in PyTorch.
 *
 * @param bases upper-case A C G T N, at most one window
 * @param logits float32, one per label, not normalised
 */
public record GoldenRead(String bases, float[] logits) {

    /** The sequence as a batch of one window. */
    public TokenBatch batch(ModelContract contract) {
        byte[] ascii = bases.getBytes(StandardCharsets.US_ASCII);
        TokenBatch batch =
                new TokenBatch(contract.encoder(), 1, contract.encoder().tokenCount(ascii.length));
        batch.add(ascii, 0, ascii.length);
        return batch;
    }
}
