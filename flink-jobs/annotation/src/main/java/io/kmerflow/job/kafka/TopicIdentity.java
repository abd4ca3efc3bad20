package io.kmerflow.job.kafka;

import java.io.Serializable;
import java.util.Optional;
import org.apache.kafka.common.Uuid;

/**
 * Which topic a job began to read. One that was deleted and created anew has the same name and another id, and other records at the offsets
 * that the job goes on at. Known to the process that coordinates the job, through restarts of its tasks.
 */
final class TopicIdentity implements Serializable {
    private static final long serialVersionUID = 1L;

    private final String topic;
    private final TopicPresence presence;
    private transient volatile Uuid first;

    /**
     * @param topic that is read
     * @param presence asked for its id
     */
    TopicIdentity(String topic, TopicPresence presence) {
        this.topic = topic;
        this.presence = presence;
    }

    /** Whether the topic is another one than at the first call. False where brokers do not say. */
    boolean isAnother() throws InterruptedException {
        Optional<Uuid> now = presence.id(topic);
        if (now.isEmpty()) {
            return false;
        }
        if (first == null) {
            first = now.get();
        }
        return !first.equals(now.get());
    }
}
