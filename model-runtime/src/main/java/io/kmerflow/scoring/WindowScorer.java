package io.kmerflow.scoring;

import io.kmerflow.token.TokenBatch;

/** Runs one model. Holds native memory until closed; several threads may score at once. */
public interface WindowScorer extends AutoCloseable {
    /**
     * Runs the model once.
     *
     * @param batch token ids of at least one window; not changed
     * @return logits, float32, row-major (windows, labels), in batch order, not normalised; may be NaN or infinite
     * @throws ScoringException if the model could not be run on that batch
     */
    float[] score(TokenBatch batch) throws ScoringException;

    @Override
    void close();
}
