package io.kmerflow.job.kafka;

import io.kmerflow.job.metrics.MetricNames;
import java.io.IOException;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.apache.flink.metrics.Counter;
import org.apache.flink.metrics.MetricGroup;
import org.apache.flink.util.ExceptionUtils;
import org.apache.kafka.common.errors.InterruptException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Judges the failures of one reader, writer or committer: what a broker refuses for good ({@link KafkaErrors#refusal}), and a
 * topic that was deleted, stops the job with one sentence; anything else is said in one line, counted, and restarts the task as ever. Used by one thread.
 */
final class Guard {
    private static final Logger LOG = LoggerFactory.getLogger(Guard.class);

    private final String operation;
    private final String topic;
    private final String servers;
    private final TopicPresence presence;
    private final Counter failures;
    private boolean said;

    /**
     * @param operation what is done, for example {@code write to}
     * @param topic to that topic
     * @param servers of that cluster
     * @param presence asked whether the topic is still there
     * @param metrics of the operator
     */
    Guard(String operation, String topic, String servers, TopicPresence presence, MetricGroup metrics) {
        this.operation = operation;
        this.topic = topic;
        this.servers = servers;
        this.presence = presence;
        this.failures = metrics.addGroup(MetricNames.GROUP)
                .addGroup(MetricNames.TOPIC, topic)
                .counter(MetricNames.FAILED_CALLS);
    }

    /** As {@link #call}, where the topic is still that one; else the refusal. */
    <R> R callOn(TopicIdentity identity, Callable<R> body) throws IOException, InterruptedException {
        if (identity.isAnother()) {
            throw KafkaErrors.createdAnew(operation, topic, servers);
        }
        return call(body);
    }

    <R> R call(Callable<R> body) throws IOException, InterruptedException {
        try {
            return body.call();
        } catch (Exception e) {
            throw judged(e);
        }
    }

    /** The refusal; or what was thrown, said once: the connector throws it again when it is closed. */
    IOException judged(Exception error) throws IOException, InterruptedException {
        Optional<TopicRefusedException> refusal = KafkaErrors.refusal(operation, topic, servers, error);
        if (refusal.isPresent()) {
            throw refusal.get();
        }
        if (error instanceof InterruptedException interrupted) {
            throw interrupted;
        }
        if (KafkaErrors.mayBeOfDeletedTopic(error) && presence.isGone(topic)) {
            throw KafkaErrors.deleted(operation, topic, servers, error);
        }
        if (!said
                && !ExceptionUtils.findThrowable(error, InterruptException.class)
                        .isPresent()) {
            said = true;
            failures.inc();
            LOG.warn(
                    "Could not {} topic {} at {}; the task restarts and tries again: {}",
                    operation,
                    topic,
                    servers,
                    KafkaErrors.root(error));
        }
        if (error instanceof RuntimeException unchecked) {
            throw unchecked;
        }
        return error instanceof IOException io ? io : new IOException(error);
    }
}
