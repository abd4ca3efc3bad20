package io.kmerflow.pretraining.trainer;

/**
 * Gives the batch of a step. The batch is a function of the step alone, so that a run that resumes sees what an
 * uninterrupted one would have seen. Called from one thread.
 */
@FunctionalInterface
public interface BatchSource {
    /** Batch of a step, from 0. */
    TrainingBatch batch(long step);
}
