package io.kmerflow.pretraining.trainer;

/** Loss or gradient is no longer a number. Stops the run; the last checkpoint still holds. */
public final class TrainingDivergedException extends RuntimeException {
    public TrainingDivergedException(String message) {
        super(message);
    }
}
