package io.kmerflow.scoring;

import io.kmerflow.bundle.Precision;
import io.kmerflow.token.TokenBatch;
import java.util.concurrent.CompletableFuture;

/**
 * A counted hold on a loaded model. Batches of all holders on a device are begun by the device's owner threads in the order
 * in which they were submitted; on a CPU with several threads they may end in another.
 */
public interface ScoringSession extends AutoCloseable {
    /**
     * Hands a batch to the owner threads and returns at once.
     *
     * @param batch not to be changed until the future is done
     * @return fails with {@link ScoringException}, or with an {@link Error} or {@link IllegalStateException} if the owner
     *     threads are gone
     */
    CompletableFuture<ScoredBatch> submit(TokenBatch batch);

    /** Where the model runs; the CPU unless a session says otherwise. */
    default ScoringDevice device() {
        return ScoringDevice.CPU;
    }

    /** Model calls that run side by side; 1 unless a session says otherwise. */
    default int parallelCalls() {
        return 1;
    }

    /** Arithmetic of the model; fp32 unless a session says otherwise. */
    default Precision precision() {
        return Precision.FP32;
    }

    /** Lets go; the last holder closes the model after batches already submitted. A second call does nothing. */
    @Override
    void close();
}
