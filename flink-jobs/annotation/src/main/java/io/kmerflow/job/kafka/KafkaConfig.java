package io.kmerflow.job.kafka;

import io.kmerflow.job.annotate.AnnotationFormat;
import io.kmerflow.schema.registry.RegistryAddress;
import java.io.Serializable;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import java.util.Properties;
import org.apache.flink.connector.base.DeliveryGuarantee;
import org.apache.kafka.clients.producer.ProducerConfig;

/**
 * The job's ends on Kafka.
 *
 * @param bootstrapServers {@code host:port[,host:port...]}
 * @param readsTopic topic of {@link io.kmerflow.schema.SequencedRead}
 * @param readsFormat how they are written there; {@link ReadsFormat#CONFLUENT} reads the other too
 * @param annotationsTopic topic of {@link io.kmerflow.schema.ReadAnnotation}
 * @param annotationsFormat how they are written there
 * @param registry of schemas, for the formats that need one; else null
 * @param deadLettersTopic topic of {@link io.kmerflow.schema.DeadLetter}
 * @param groupId consumer group; offsets are committed for people to watch, a restart goes by the checkpoint
 * @param start where to begin without a checkpoint
 * @param bounded whether to stop at the offsets that are the last when the job starts
 * @param delivery guarantee of both sinks
 * @param transactionTimeout how long a broker keeps an open transaction, for exactly-once
 * @param transactionalIdPrefix own to this job on this cluster, for exactly-once
 * @param createTopics whether topics that do not exist are created
 * @param newTopicPartitions partitions of a created topic
 * @param newTopicReplication replicas of its partitions, or {@link #REPLICATION_OF_BROKERS}
 * @param partitionDiscovery time between two looks for new partitions of the reads topic; zero for never
 * @param maxMessageBytes largest record that is written to a topic, at least {@link #MIN_MESSAGE_BYTES}
 * @param properties further client properties, for example of security; they win
 */
public record KafkaConfig(
        String bootstrapServers,
        String readsTopic,
        ReadsFormat readsFormat,
        String annotationsTopic,
        AnnotationFormat annotationsFormat,
        RegistryAddress registry,
        String deadLettersTopic,
        String groupId,
        Start start,
        boolean bounded,
        DeliveryGuarantee delivery,
        Duration transactionTimeout,
        String transactionalIdPrefix,
        boolean createTopics,
        int newTopicPartitions,
        short newTopicReplication,
        Duration partitionDiscovery,
        int maxMessageBytes,
        Map<String, String> properties)
        implements Serializable {
    /** Every dead letter can be cut to fit into this. */
    public static final int MIN_MESSAGE_BYTES = 16 << 10;

    /** As the brokers are configured. */
    public static final short REPLICATION_OF_BROKERS = -1;

    private static final int BATCH_BYTES = 256 << 10;

    /** Where to begin without a checkpoint. */
    public enum Start {
        EARLIEST,
        LATEST,
        /** The group's committed offsets, else the earliest. */
        COMMITTED
    }

    /**
     * How long an annotation waits for others to share a request. A request every 20 ms took a twentieth of a core of the two
     * that score: docs/decisions/0044-batch-age-and-linger-on-a-cpu.md.
     */
    private static final String LINGER_MILLIS = "50";

    public KafkaConfig {
        properties = Map.copyOf(properties);
        boolean needsRegistry = readsFormat == ReadsFormat.CONFLUENT || annotationsFormat == AnnotationFormat.CONFLUENT;
        if (needsRegistry && registry == null) {
            throw new IllegalArgumentException("Expected a schema registry with the format confluent, got none");
        }
    }

    /**
     * Largest record that a sink may be given, key, value, headers and Kafka's own bytes together, before compression: the
     * producer refuses larger ones, and a broker may have to store them as they are.
     */
    public int maxRecordBytes() {
        Properties producer = producerProperties();
        long room = Math.min(
                bytes(producer, ProducerConfig.MAX_REQUEST_SIZE_CONFIG),
                bytes(producer, ProducerConfig.BUFFER_MEMORY_CONFIG));
        return (int) Math.min(room, maxMessageBytes);
    }

    private static long bytes(Properties properties, String key) {
        String value = properties.getProperty(key);
        try {
            return Long.parseLong(value.strip());
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException(
                    String.format(
                            Locale.ROOT, "Expected a number of bytes as the client property %s, got '%s'", key, value),
                    e);
        }
    }

    /** The registry that the schemas of reads are in, or null if reads do not need one. */
    public RegistryAddress readsRegistry() {
        return readsFormat == ReadsFormat.CONFLUENT ? registry : null;
    }

    /** Properties of any client of this cluster. */
    public Properties clientProperties() {
        Properties all = new Properties();
        all.put("bootstrap.servers", bootstrapServers);
        all.putAll(properties);
        return all;
    }

    /** Properties of a producer whose records may be as large as the topics allow. */
    Properties producerProperties() {
        Properties all = new Properties();
        all.put(ProducerConfig.MAX_REQUEST_SIZE_CONFIG, Integer.toString(maxMessageBytes));
        all.put(ProducerConfig.BUFFER_MEMORY_CONFIG, Long.toString(2L * Math.max(maxMessageBytes, 16 << 20)));
        all.put(ProducerConfig.COMPRESSION_TYPE_CONFIG, "zstd");
        all.put(ProducerConfig.LINGER_MS_CONFIG, LINGER_MILLIS);
        all.put(ProducerConfig.BATCH_SIZE_CONFIG, Integer.toString(Math.min(BATCH_BYTES, maxMessageBytes)));
        if (delivery == DeliveryGuarantee.EXACTLY_ONCE) {
            all.put(ProducerConfig.TRANSACTION_TIMEOUT_CONFIG, Long.toString(transactionTimeout.toMillis()));
        }
        all.putAll(properties);
        return all;
    }
}
