package io.kmerflow.job.kafka;

import java.util.Locale;
import java.util.Optional;
import org.apache.kafka.common.errors.AuthorizationException;
import org.apache.kafka.common.errors.GroupAuthorizationException;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.errors.RecordBatchTooLargeException;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.apache.kafka.common.errors.RetriableException;
import org.apache.kafka.common.errors.TransactionalIdAuthorizationException;

/** Which errors of Kafka a restart would meet again. */
final class KafkaErrors {
    private KafkaErrors() {}

    /**
     * The error as one that stops the job, if a restart would meet it again.
     *
     * @param operation what the job did, for example {@code write to}
     * @param topic on which topic
     * @param servers of which cluster
     * @param error with any causes
     */
    static Optional<TopicRefusedException> refusal(String operation, String topic, String servers, Throwable error) {
        for (Throwable cause = error; cause != null; cause = cause.getCause()) {
            if (cause instanceof TopicRefusedException refused) {
                return Optional.of(refused);
            }
            String said = cause.getMessage();
            if (cause instanceof AuthorizationException) {
                return Optional.of(new TopicRefusedException(
                        String.format(
                                Locale.ROOT,
                                "Expected permission to %s topic %s at %s%s, the broker denies it: %s",
                                operation,
                                topic,
                                servers,
                                as(cause),
                                said),
                        error));
            }
            if (cause instanceof RecordTooLargeException || cause instanceof RecordBatchTooLargeException) {
                return Optional.of(new TopicRefusedException(
                        String.format(
                                Locale.ROOT,
                                "Expected to %s topic %s at %s, a record is too large for it: %s; set the topic's max.message.bytes, or the job's limit on records, accordingly",
                                operation,
                                topic,
                                servers,
                                said),
                        error));
            }
        }
        return Optional.empty();
    }

    /**
     * Whether a client may have failed because its topic is no longer there. A client that waits for it says no more than that
     * the time was over; of one that was told to stop, nothing is asked.
     */
    static boolean mayBeOfDeletedTopic(Throwable error) {
        boolean maybe = false;
        for (Throwable cause = error; cause != null; cause = cause.getCause()) {
            if (cause instanceof InterruptException || cause instanceof InterruptedException) {
                return false;
            }
            maybe |= cause instanceof RetriableException;
        }
        return maybe;
    }

    /** That a topic is gone, which a restart would meet again. */
    static TopicRefusedException deleted(String operation, String topic, String servers, Throwable error) {
        return new TopicRefusedException(
                String.format(
                        Locale.ROOT,
                        "Expected to %s topic %s at %s, it was deleted while the job ran",
                        operation,
                        topic,
                        servers),
                error);
    }

    /** That a topic is another one than before, at whose offsets the job must not go on. */
    static TopicRefusedException createdAnew(String operation, String topic, String servers) {
        return new TopicRefusedException(
                String.format(
                        Locale.ROOT,
                        "Expected to %s topic %s at %s, it was deleted and created anew while the job ran; start the job again without its"
                                + " checkpoint, from the earliest offset",
                        operation,
                        topic,
                        servers),
                null);
    }

    private static String as(Throwable denial) {
        if (denial instanceof TransactionalIdAuthorizationException) {
            return " in transactions of the job's prefix";
        }
        return denial instanceof GroupAuthorizationException ? " as the job's consumer group" : "";
    }

    /** The innermost cause, in words. */
    static String root(Throwable error) {
        Throwable root = error;
        while (root.getCause() != null) {
            root = root.getCause();
        }
        return root.getMessage() == null
                ? root.getClass().getSimpleName()
                : root.getClass().getSimpleName() + ": " + root.getMessage();
    }
}
