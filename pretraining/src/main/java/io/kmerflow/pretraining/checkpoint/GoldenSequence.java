package io.kmerflow.pretraining.checkpoint;

/**
 * A window and what the trainer's own model said about it.
 *
 * @param bases A C G T N
 * @param logits not normalised, in label order
 */
public record GoldenSequence(String bases, float[] logits) {}
