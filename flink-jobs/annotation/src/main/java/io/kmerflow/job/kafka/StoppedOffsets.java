package io.kmerflow.job.kafka;

import java.io.Serializable;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.ExecutionException;
import org.apache.flink.connector.kafka.source.split.KafkaPartitionSplit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Commits the offsets of a reader that was stopped with a savepoint. The connector hands those of a checkpoint to its fetcher, which may
 * end with the reader before it has sent them; the next start of the group would then read some records again.
 */
final class StoppedOffsets implements Serializable {
    private static final long serialVersionUID = 1L;
    private static final Logger LOG = LoggerFactory.getLogger(StoppedOffsets.class);
    private static final String TIMEOUT_MILLIS = "5000";

    private final Properties client;
    private final String group;

    /**
     * @param client properties of any client of the cluster
     * @param group of consumers, without members
     */
    StoppedOffsets(Properties client, String group) {
        this.client = client;
        this.group = group;
    }

    /** Commits where each partition goes on. What cannot be committed is read again. */
    void commit(Collection<KafkaPartitionSplit> splits) {
        Map<TopicPartition, OffsetAndMetadata> offsets = new HashMap<>();
        for (KafkaPartitionSplit split : splits) {
            if (split.getStartingOffset() >= 0) { // else nothing was read of it yet
                offsets.put(split.getTopicPartition(), new OffsetAndMetadata(split.getStartingOffset()));
            }
        }
        if (offsets.isEmpty()) {
            return;
        }
        Properties properties = new Properties();
        properties.putAll(client);
        properties.put(AdminClientConfig.REQUEST_TIMEOUT_MS_CONFIG, TIMEOUT_MILLIS);
        properties.put(AdminClientConfig.DEFAULT_API_TIMEOUT_MS_CONFIG, TIMEOUT_MILLIS);
        try (Admin admin = Admin.create(properties)) {
            admin.alterConsumerGroupOffsets(group, offsets).all().get();
        } catch (ExecutionException | KafkaException e) {
            LOG.warn(
                    "Could not commit the offsets {} of group {}; a start without savepoint reads again",
                    offsets,
                    group,
                    e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
