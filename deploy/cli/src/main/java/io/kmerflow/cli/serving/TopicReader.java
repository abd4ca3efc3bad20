package io.kmerflow.cli.serving;

import io.kmerflow.cli.CommandFailure;
import io.kmerflow.schema.codec.RecordCodec;
import io.kmerflow.schema.codec.UndecodableRecordException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Properties;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.PartitionInfo;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/**
 * Reads committed records of a topic from its beginning or its end, without a consumer group.
 *
 * @param <T> record of the topic
 */
final class TopicReader<T extends SpecificRecord> implements AutoCloseable {
    private static final Duration METADATA_TIMEOUT = Duration.ofSeconds(15);

    private final KafkaConsumer<byte[], byte[]> consumer;
    private final RecordCodec<T> codec;
    private final List<TopicPartition> partitions = new ArrayList<>();

    TopicReader(
            String bootstrapServers,
            Map<String, String> clientProperties,
            String topic,
            Class<T> type,
            boolean fromBeginning) {
        Properties properties = new Properties();
        properties.put(ConsumerConfig.BOOTSTRAP_SERVERS_CONFIG, bootstrapServers);
        properties.put(ConsumerConfig.ISOLATION_LEVEL_CONFIG, "read_committed");
        properties.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, "false");
        properties.put(ConsumerConfig.MAX_POLL_RECORDS_CONFIG, "10000");
        properties.putAll(clientProperties);
        codec = new RecordCodec<>(type);
        consumer = new KafkaConsumer<>(properties, new ByteArrayDeserializer(), new ByteArrayDeserializer());
        try {
            List<PartitionInfo> known = consumer.partitionsFor(topic, METADATA_TIMEOUT);
            if (known == null || known.isEmpty()) {
                throw new CommandFailure(String.format(
                        Locale.ROOT, "Expected a topic '%s' at %s, there is none", topic, bootstrapServers));
            }
            known.forEach(partition -> partitions.add(new TopicPartition(topic, partition.partition())));
            consumer.assign(partitions);
            if (fromBeginning) {
                consumer.seekToBeginning(partitions);
            } else {
                consumer.seekToEnd(partitions);
                partitions.forEach(consumer::position); // fix the end now, not at the first poll
            }
        } catch (TimeoutException e) {
            consumer.close();
            throw new CommandFailure(
                    String.format(
                            Locale.ROOT,
                            "No Kafka broker answers at %s within %d s",
                            bootstrapServers,
                            METADATA_TIMEOUT.toSeconds()),
                    e);
        } catch (RuntimeException e) {
            consumer.close();
            throw e;
        }
    }

    /** Records that are there or come within the time; undecodable ones are an error, for the topic is our own. */
    List<T> poll(Duration wait) {
        List<T> records = new ArrayList<>();
        for (ConsumerRecord<byte[], byte[]> record : consumer.poll(wait)) {
            try {
                records.add(codec.decode(record.value()));
            } catch (UndecodableRecordException e) {
                throw new CommandFailure(
                        String.format(
                                Locale.ROOT,
                                "%s (topic %s, partition %d, offset %d)",
                                e.getMessage(),
                                record.topic(),
                                record.partition(),
                                record.offset()),
                        e);
            }
        }
        return records;
    }

    /** Offsets at the ends of all partitions, added up: records ever written, if no transaction wrote them. */
    long endOffsets() {
        return consumer.endOffsets(partitions).values().stream()
                .mapToLong(Long::longValue)
                .sum();
    }

    @Override
    public void close() {
        consumer.close();
    }
}
