package io.kmerflow.job.deadletter;

import org.apache.flink.runtime.throwable.ThrowableAnnotation;
import org.apache.flink.runtime.throwable.ThrowableType;

/** The key file of dead letters cannot be used on this machine; a restart would find the same, so the job does not restart. */
@ThrowableAnnotation(ThrowableType.NonRecoverableError)
public final class UnusableKeyException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    UnusableKeyException(String message, Throwable cause) {
        super(message, cause);
    }
}
