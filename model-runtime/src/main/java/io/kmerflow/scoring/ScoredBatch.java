package io.kmerflow.scoring;

/**
 * What the model says of a batch.
 *
 * @param logits as {@link WindowScorer#score} gives them
 * @param callNanos wall time of the model call, without its wait for an owner thread
 */
public record ScoredBatch(float[] logits, long callNanos) {}
