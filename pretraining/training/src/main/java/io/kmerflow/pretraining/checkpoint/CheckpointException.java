package io.kmerflow.pretraining.checkpoint;

/** A checkpoint that cannot be used. The message names the file. */
public final class CheckpointException extends RuntimeException {
    public CheckpointException(String message) {
        super(message);
    }

    public CheckpointException(String message, Throwable cause) {
        super(message, cause);
    }
}
