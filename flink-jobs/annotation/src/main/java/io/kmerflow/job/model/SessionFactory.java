package io.kmerflow.job.model;

import java.io.Serializable;
import java.util.Set;

/** Loads models where the job runs; travels there with the job. */
@FunctionalInterface
public interface SessionFactory extends Serializable {
    /**
     * Loads the configured model, or joins one that this process has loaded already.
     *
     * @param subtask index of the subtask that asks, from 0, for the choice of a device
     * @throws Exception if the model is refused or its device cannot be used; the task fails with it
     */
    OpenModel open(int subtask) throws Exception;

    /**
     * Which model is configured.
     *
     * @throws Exception if it cannot be read
     */
    default ModelRef configured() throws Exception {
        try (OpenModel model = open(0)) {
            return model.ref();
        }
    }

    /**
     * Whether the configured model, or a form of it, lies there; false where it has no place.
     *
     * @param uri as in {@link ModelRef#uri}
     */
    default boolean isPlace(String uri) {
        return false;
    }

    /**
     * The same models on the GPUs that Flink's external resources give to the task.
     *
     * @param gpus indexes of CUDA devices as the driver reports them; none if the framework gives none
     * @throws IllegalArgumentException if an index is no number
     */
    default SessionFactory on(Set<String> gpus) {
        return this;
    }

    /**
     * Loads an announced model, or the model of a checkpoint.
     *
     * @param model which, and where
     * @param succession what it must keep to; null for anything
     * @throws ModelRefusedException if the bundle is not whole, not the one announced, or not fit to take over
     */
    default OpenModel open(int subtask, ModelRef model, Succession succession) throws Exception {
        throw new ModelRefusedException(
                Refusal.Code.NOT_LOADABLE, "Expected the configured model, which alone can be loaded here", null);
    }
}
