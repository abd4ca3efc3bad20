package io.kmerflow.pretraining.checkpoint;

/**
 * A window and what the trainer's own model said about it.
 *
 * @param bases A C G T N
 * @param logits not normalised, in label order
 * @param label name of the label with the highest logit, so that labels in another order are noticed; null in checkpoints of
 *     release 0.1
 */
public record GoldenSequence(String bases, float[] logits, String label) {}
