package io.kmerflow.scoring;

import io.kmerflow.token.TokenBatch;
import java.util.concurrent.CompletableFuture;

/**
 * A counted hold on a loaded model. Batches of all holders on a device run one after another on the device's owner
 * thread, in the order they were submitted.
 */
public interface ScoringSession extends AutoCloseable {
    /**
     * Hands a batch to the owner thread and returns at once.
     *
     * @param batch not to be changed until the future is done
     * @return logits as {@link WindowScorer#score} gives them; fails with {@link ScoringException}, or with an
     *     {@link Error} or {@link IllegalStateException} if the owner thread is gone
     */
    CompletableFuture<float[]> submit(TokenBatch batch);

    /** Where the model runs; the CPU unless a session says otherwise. */
    default ScoringDevice device() {
        return ScoringDevice.CPU;
    }

    /** Lets go; the last holder closes the model after batches already submitted. A second call does nothing. */
    @Override
    void close();
}
