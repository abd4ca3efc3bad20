package io.kmerflow.chaos;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.function.Consumer;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/** Reading whole topics. */
final class Topics {
    static final String READS = "reads";
    static final String ANNOTATIONS = "annotations";
    static final String DEAD_LETTERS = "dead-letters";

    private static final Duration POLL = Duration.ofMillis(200);
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private Topics() {}

    static KafkaConsumer<byte[], byte[]> consumer(String bootstrapServers, boolean committedOnly) {
        Properties properties = new Properties();
        properties.put(ConsumerConfig.BOOTSTRAP_SERVERS_CONFIG, bootstrapServers);
        properties.put(ConsumerConfig.ISOLATION_LEVEL_CONFIG, committedOnly ? "read_committed" : "read_uncommitted");
        properties.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, "false");
        properties.put(ConsumerConfig.MAX_POLL_RECORDS_CONFIG, "5000");
        return new KafkaConsumer<>(properties, new ByteArrayDeserializer(), new ByteArrayDeserializer());
    }

    static List<TopicPartition> partitions(KafkaConsumer<byte[], byte[]> consumer, Collection<String> topics) {
        List<TopicPartition> partitions = new ArrayList<>();
        for (String topic : topics) {
            consumer.partitionsFor(topic, PATIENCE)
                    .forEach(info -> partitions.add(new TopicPartition(topic, info.partition())));
        }
        return partitions;
    }

    /** Hands every committed record of a topic on, from the first to the last there is now. */
    static void readAll(String bootstrapServers, String topic, Consumer<ConsumerRecord<byte[], byte[]>> records) {
        try (KafkaConsumer<byte[], byte[]> consumer = consumer(bootstrapServers, true)) {
            List<TopicPartition> partitions = partitions(consumer, List.of(topic));
            consumer.assign(partitions);
            consumer.seekToBeginning(partitions);
            Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
            while (partitions.stream().anyMatch(partition -> consumer.position(partition) < ends.get(partition))) {
                consumer.poll(POLL).forEach(records);
            }
        }
    }

    /** Whether no transaction is open on a topic: what is committed behind an open one cannot be read. */
    static boolean settled(String bootstrapServers, Collection<String> topics) {
        try (KafkaConsumer<byte[], byte[]> committed = consumer(bootstrapServers, true);
                KafkaConsumer<byte[], byte[]> all = consumer(bootstrapServers, false)) {
            List<TopicPartition> partitions = partitions(committed, topics);
            return committed.endOffsets(partitions, PATIENCE).equals(all.endOffsets(partitions, PATIENCE));
        }
    }
}
