package io.kmerflow.job.kafka;

/** Kafka is not as the job needs it; the message is one sentence for the person who starts the job. */
public final class PreflightException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    PreflightException(String message) {
        super(message);
    }

    PreflightException(String message, Throwable cause) {
        super(message, cause);
    }
}
