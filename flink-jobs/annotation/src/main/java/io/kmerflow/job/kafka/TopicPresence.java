package io.kmerflow.job.kafka;

import java.io.Serializable;
import java.time.Duration;
import java.util.List;
import java.util.Properties;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;

/** Asks a cluster whether a topic is there. */
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
        Properties properties = new Properties();
        properties.putAll(client);
        properties.putIfAbsent(AdminClientConfig.REQUEST_TIMEOUT_MS_CONFIG, Integer.toString(TIMEOUT_MILLIS / 2));
        properties.putIfAbsent(AdminClientConfig.DEFAULT_API_TIMEOUT_MS_CONFIG, Integer.toString(TIMEOUT_MILLIS));
        try (Admin admin = Admin.create(properties)) {
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

    private static boolean isThere(Admin admin, String topic) throws InterruptedException {
        try {
            admin.describeTopics(List.of(topic)).allTopicNames().get();
            return true;
        } catch (ExecutionException e) {
            return !(e.getCause() instanceof UnknownTopicOrPartitionException);
        }
    }
}
