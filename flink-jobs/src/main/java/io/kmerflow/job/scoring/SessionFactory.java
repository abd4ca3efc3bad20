package io.kmerflow.job.scoring;

import java.io.Serializable;

/** Loads the model where the job runs; travels there with the job. */
@FunctionalInterface
public interface SessionFactory extends Serializable {
    /**
     * Loads the model, or joins one that this process has loaded already.
     *
     * @param subtask index of the subtask that asks, from 0, for the choice of a device
     * @throws Exception if the model is refused or its device cannot be used; the task fails with it
     */
    OpenModel open(int subtask) throws Exception;
}
