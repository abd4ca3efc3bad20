package io.kmerflow.pretraining.checkpoint;

/**
 * Where a run stands. Everything random is drawn from (seed, purpose, step), so these numbers, with the optimizer's, are
 * the whole state.
 *
 * @param step updates done
 * @param seed of the run
 * @param bestStep step of the lowest validation loss; -1 before the first evaluation
 * @param bestLoss lowest validation loss, in nats; null before the first evaluation
 */
public record TrainingState(long step, long seed, long bestStep, Double bestLoss) {}
