package io.kmerflow.cli.serving;

import io.kmerflow.cli.CommandFailure;
import io.kmerflow.schema.codec.RecordCodec;
import io.kmerflow.schema.codec.UndecodableRecordException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Properties;
import java.util.stream.Collectors;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.InvalidOffsetException;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetOutOfRangeException;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.PartitionInfo;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.AuthenticationException;
import org.apache.kafka.common.errors.AuthorizationException;
import org.apache.kafka.common.errors.InvalidTopicException;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/**
 * Reads committed records of a topic from its beginning or its end, without a consumer group.
 *
 * @param <T> record of the topic
 */
final class TopicReader<T extends SpecificRecord> implements AutoCloseable {
    private static final Duration METADATA_TIMEOUT = Duration.ofSeconds(15);
    private static final Duration CHECK_INTERVAL = Duration.ofSeconds(2);

    private final KafkaConsumer<byte[], byte[]> consumer;
    private final RecordCodec<T> codec;
    private final List<TopicPartition> partitions = new ArrayList<>();
    private final String topic;
    private final String bootstrapServers;
    private Instant nextCheck = Instant.now();

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
        properties.put(
                ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "none"); // a place that is gone is said, not jumped over
        properties.putAll(clientProperties);
        this.topic = topic;
        this.bootstrapServers = bootstrapServers;
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
            throw failure(e);
        }
    }

    /** The error as a sentence that names the topic, where it is about the topic. */
    private RuntimeException failure(RuntimeException error) {
        if (error instanceof AuthorizationException) {
            return new CommandFailure(
                    String.format(
                            Locale.ROOT,
                            "Expected permission to read topic '%s' at %s, the broker denies it",
                            topic,
                            bootstrapServers),
                    error);
        }
        if (error instanceof AuthenticationException) {
            return new CommandFailure(
                    String.format(
                            Locale.ROOT,
                            "Expected to be let in at %s, the broker refuses: %s",
                            bootstrapServers,
                            error.getMessage()),
                    error);
        }
        if (error instanceof InvalidTopicException) {
            return new CommandFailure(
                    String.format(
                            Locale.ROOT,
                            "Expected the name of a topic, letters, digits, '.', '_' and '-', got '%s'",
                            topic),
                    error);
        }
        if (error instanceof InvalidOffsetException offset) {
            return new CommandFailure(
                    String.format(
                            Locale.ROOT,
                            "Expected to go on at %s of topic '%s', which has no such place any more: it was created anew, or its records were deleted",
                            places(offset),
                            topic),
                    error);
        }
        return error;
    }

    private static String places(InvalidOffsetException error) {
        return error instanceof OffsetOutOfRangeException range
                ? range.offsetOutOfRangePartitions().entrySet().stream()
                        .map(place -> String.format(
                                Locale.ROOT,
                                "partition %d, offset %d",
                                place.getKey().partition(),
                                place.getValue()))
                        .sorted()
                        .collect(Collectors.joining(" and "))
                : "the end";
    }

    /** The consumer alone would wait for ever for a topic that is gone. */
    private void requireTopic() {
        if (Instant.now().isBefore(nextCheck)) {
            return;
        }
        nextCheck = Instant.now().plus(CHECK_INTERVAL);
        List<PartitionInfo> known = consumer.partitionsFor(topic, METADATA_TIMEOUT);
        if (known == null || known.size() < partitions.size()) {
            throw new CommandFailure(String.format(
                    Locale.ROOT,
                    "Expected topic '%s' at %s to stay, it is gone or was created anew",
                    topic,
                    bootstrapServers));
        }
    }

    /** Records that are there or come within the time; undecodable ones are an error, for the topic is our own. */
    List<T> poll(Duration wait) {
        return poll(wait, (place, error) -> {
            throw new CommandFailure(String.format(Locale.ROOT, "%s (%s)", error.getMessage(), place), error);
        });
    }

    /** What to do with a record that cannot be decoded, at a place in words. */
    interface Undecodable {
        void at(String place, UndecodableRecordException error);
    }

    /**
     * Records that are there or come within the time.
     *
     * @param undecodable gets the others
     */
    List<T> poll(Duration wait, Undecodable undecodable) {
        List<T> records = new ArrayList<>();
        ConsumerRecords<byte[], byte[]> polled;
        try {
            polled = consumer.poll(wait);
            if (polled.isEmpty()) {
                requireTopic();
            }
        } catch (KafkaException e) {
            throw failure(e);
        }
        for (ConsumerRecord<byte[], byte[]> record : polled) {
            try {
                records.add(codec.decode(record.value()));
            } catch (UndecodableRecordException e) {
                undecodable.at(
                        String.format(
                                Locale.ROOT,
                                "topic %s, partition %d, offset %d",
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
