package io.kmerflow.pretraining.trainer;

import io.kmerflow.pretraining.model.TokenRows;

/**
 * What one step learns from.
 *
 * @param rows token ids
 * @param positions masked positions as indices into the ids; null for a classifier
 * @param labels true token id of each masked position, or class of each sequence
 * @param stage mask span of this step in tokens, for the trace; 0 for a classifier
 * @param shares row-major (labels, rows): weight of each row in the logits of each sequence, for sequences that are
 *     longer than the model and come in several rows; null if every sequence is one row
 */
public record TrainingBatch(TokenRows rows, int[] positions, int[] labels, int stage, float[] shares) {
    public TrainingBatch {
        if (shares != null && shares.length != labels.length * rows.rows()) {
            throw new IllegalArgumentException("Expected shares of %d sequences in %d rows, got %d"
                    .formatted(labels.length, rows.rows(), shares.length));
        }
    }

    /** A batch in which every sequence is one row. */
    public TrainingBatch(TokenRows rows, int[] positions, int[] labels, int stage) {
        this(rows, positions, labels, stage, null);
    }
}
