package io.kmerflow.job.kafka;

import java.io.Serializable;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Properties;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;

/** Asks a cluster whether a topic is there, and which. */
final class TopicPresence implements Serializable {
    private static final long serialVersionUID = 1L;

    private static final int TIMES = 3;
    private static final Duration BETWEEN = Duration.ofSeconds(1);
    private static final int TIMEOUT_MILLIS = 10_000;

    private final Properties client;

    /** @param client properties of any client of the cluster */
    TopicPresence(Properties client) {
        this.client = client;
    }

    /**
     * Whether brokers answer, several times over some seconds, that there is no such topic. Of brokers that do not answer, a
     * topic that may not be seen, and one that is there, false; a broker that has just started may not know its topics yet.
     */
    boolean isGone(String topic) throws InterruptedException {
        try (Admin admin = admin()) {
            for (int time = 0; time < TIMES; time++) {
                if (time > 0) {
                    Thread.sleep(BETWEEN.toMillis());
                }
                if (isThere(admin, topic)) {
                    return false;
                }
            }
            return true;
        } catch (KafkaException e) {
            return false;
        }
    }

    /** Id of the topic of that name; empty if there is none, or brokers do not say. */
    Optional<Uuid> id(String topic) throws InterruptedException {
        try (Admin admin = admin()) {
            Uuid id = admin.describeTopics(List.of(topic))
                    .allTopicNames()
                    .get()
                    .get(topic)
                    .topicId();
            return id.equals(Uuid.ZERO_UUID) ? Optional.empty() : Optional.of(id); // of brokers that do not know ids
        } catch (ExecutionException | KafkaException e) {
            return Optional.empty();
        }
    }

    private Admin admin() {
        Properties properties = new Properties();
        properties.putAll(client);
        properties.putIfAbsent(AdminClientConfig.REQUEST_TIMEOUT_MS_CONFIG, Integer.toString(TIMEOUT_MILLIS / 2));
        properties.putIfAbsent(AdminClientConfig.DEFAULT_API_TIMEOUT_MS_CONFIG, Integer.toString(TIMEOUT_MILLIS));
        return Admin.create(properties);
    }

    private static boolean isThere(Admin admin, String topic) throws InterruptedException {
        try {
            admin.describeTopics(List.of(topic)).allTopicNames().get();
            return true;
        } catch (ExecutionException e) {
            return !(e.getCause() instanceof UnknownTopicOrPartitionException);
        }
    }
}
