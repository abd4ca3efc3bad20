package io.kmerflow.job.kafka;

import java.io.IOException;
import org.apache.flink.runtime.throwable.ThrowableAnnotation;
import org.apache.flink.runtime.throwable.ThrowableType;

/**
 * A broker refuses what the job does with a topic, and would refuse it again after every restart, so the job does not restart;
 * the message is one sentence for whoever runs the job.
 */
@ThrowableAnnotation(ThrowableType.NonRecoverableError)
public final class TopicRefusedException extends IOException {
    private static final long serialVersionUID = 1L;

    TopicRefusedException(String message, Throwable cause) {
        super(message, cause);
    }
}
