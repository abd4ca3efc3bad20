package io.kmerflow.pretraining.trainer;

import io.kmerflow.pretraining.model.TokenRows;

/**
 * What one step learns from.
 *
 * @param rows token ids
 * @param positions masked positions as indices into the ids; null for a classifier
 * @param labels true token id of each masked position, or class of each row
 * @param stage mask span of this step in tokens, for the trace; 0 for a classifier
 */
public record TrainingBatch(TokenRows rows, int[] positions, int[] labels, int stage) {}
