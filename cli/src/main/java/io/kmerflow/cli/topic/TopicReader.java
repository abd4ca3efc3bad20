package io.kmerflow.cli.topic;

import io.kmerflow.cli.base.CommandFailure;
import io.kmerflow.job.json.AnnotationDecoder;
import io.kmerflow.job.kafka.ConnectionProblem;
import io.kmerflow.job.kafka.LabelTopic;
import io.kmerflow.schema.ReadAnnotation;
import io.kmerflow.schema.ReadLabel;
import io.kmerflow.schema.codec.RecordDecoder;
import io.kmerflow.schema.codec.UndecodableRecordException;
import io.kmerflow.schema.registry.RegistryException;
import io.kmerflow.sequence.identity.ReadIdentity;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.InvalidOffsetException;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetOutOfRangeException;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.PartitionInfo;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.errors.AuthenticationException;
import org.apache.kafka.common.errors.AuthorizationException;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.errors.InvalidTopicException;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/**
 * Reads committed records of a topic from its beginning, a time or its end, without a consumer group. A topic that is deleted and
 * created anew has other records at the same offsets; it is told by its id and read from its start.
 *
 * @param <T> record of the topic
 */
public final class TopicReader<T extends SpecificRecord> implements AutoCloseable {
    private static final Duration METADATA_TIMEOUT = Duration.ofSeconds(15);
    private static final Duration CHECK_INTERVAL = Duration.ofSeconds(2);
    /** How long a topic may be away before it is created anew. */
    private static final Duration ABSENCE = Duration.ofSeconds(10);

    private final KafkaConsumer<byte[], byte[]> consumer;
    private final Admin admin;
    private final Class<T> type;
    private final RecordDecoder<T> decoder;
    private final Consumer<String> notices;
    private List<TopicPartition> partitions;
    private final String topic;
    private final String bootstrapServers;
    private final Map<String, String> clientProperties;
    private Map<TopicPartition, Long> ends = Map.of();
    private Uuid topicId;
    private Instant nextCheck = Instant.now();
    private Instant lastThere = Instant.now();

    /**
     * Where to begin.
     *
     * @param since the first record is the oldest that is not older
     */
    public record Start(Instant since) {
        /** At the oldest record. */
        public static final Start BEGINNING = new Start(Instant.EPOCH);
        /** At the next record to come. */
        public static final Start END = new Start(Instant.MAX);

        /** At the records of that time before now. */
        public static Start ago(Duration time) {
            return new Start(Instant.now().minus(time));
        }
    }

    /**
     * @param notices gets a sentence when the topic was created anew
     * @throws NoTopicException if there is no such topic
     * @throws CommandFailure if the topic cannot be read
     */
    public TopicReader(
            String bootstrapServers,
            Map<String, String> clientProperties,
            String topic,
            Class<T> type,
            TopicFormat format,
            Start start,
            Consumer<String> notices) {
        this.notices = notices;
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
        this.clientProperties = clientProperties;
        this.type = type;
        decoder = format.decoder(type);
        Properties adminProperties = new Properties();
        adminProperties.put(AdminClientConfig.BOOTSTRAP_SERVERS_CONFIG, bootstrapServers);
        adminProperties.putAll(clientProperties);
        try {
            admin = Admin.create(adminProperties);
            consumer = new KafkaConsumer<>(properties, new ByteArrayDeserializer(), new ByteArrayDeserializer());
        } catch (KafkaException e) { // some logins are made here
            throw new CommandFailure(ConnectionProblem.sentence(bootstrapServers, clientProperties, e), e);
        }
        try {
            List<PartitionInfo> known = consumer.partitionsFor(topic, METADATA_TIMEOUT);
            TopicDescription described = known == null || known.isEmpty() ? null : describe();
            if (described == null) {
                throw new NoTopicException(topic, bootstrapServers);
            }
            assign(described);
            seek(start);
        } catch (RuntimeException e) {
            close();
            throw failure(e);
        }
    }

    private void assign(TopicDescription described) {
        topicId = described.topicId();
        partitions = described.partitions().stream()
                .map(partition -> new TopicPartition(topic, partition.partition()))
                .toList();
        consumer.assign(partitions);
    }

    private void seek(Start start) {
        if (start.equals(Start.BEGINNING)) {
            consumer.seekToBeginning(partitions);
            return;
        }
        consumer.seekToEnd(partitions);
        if (!start.equals(Start.END)) {
            Map<TopicPartition, Long> times = new HashMap<>();
            partitions.forEach(partition -> times.put(partition, start.since().toEpochMilli()));
            consumer.offsetsForTimes(times).forEach((partition, found) -> {
                if (found != null) {
                    consumer.seek(partition, found.offset());
                }
            });
        }
        partitions.forEach(consumer::position); // fix the end now, not at the first poll
    }

    /** The topic as it is now, or null if there is none. */
    private TopicDescription describe() {
        try {
            return admin.describeTopics(List.of(topic))
                    .allTopicNames()
                    .get(METADATA_TIMEOUT.toMillis(), TimeUnit.MILLISECONDS)
                    .get(topic);
        } catch (ExecutionException e) {
            if (e.getCause() instanceof UnknownTopicOrPartitionException) {
                return null;
            }
            throw e.getCause() instanceof KafkaException error ? error : new KafkaException(e.getCause());
        } catch (java.util.concurrent.TimeoutException e) {
            throw new TimeoutException(e);
        } catch (InterruptedException e) {
            throw new InterruptException(e);
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
        if (error instanceof AuthenticationException || error instanceof TimeoutException) {
            return new CommandFailure(ConnectionProblem.sentence(bootstrapServers, clientProperties, error), error);
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
                            "Expected to continue at %s of topic '%s', but its records there were deleted",
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

    /**
     * Looks whether the topic is the one that is read. The consumer alone would wait for ever for a topic that is gone, and
     * go on at the old offsets of one that was created anew.
     *
     * @return whether it is another one, which is read from its start from now on
     */
    private boolean isAnew() {
        TopicDescription described = describe();
        if (described == null) {
            if (Instant.now().isAfter(lastThere.plus(ABSENCE))) {
                throw new CommandFailure(String.format(
                        Locale.ROOT, "Expected topic '%s' at %s to stay, it is gone", topic, bootstrapServers));
            }
            return false;
        }
        lastThere = Instant.now();
        if (described.topicId().equals(topicId)) {
            return false;
        }
        assign(described);
        consumer.seekToBeginning(partitions);
        notices.accept(String.format(
                Locale.ROOT, "topic '%s' was deleted and created anew; it is shown from its start", topic));
        return true;
    }

    /** As {@link #isAnew}, which asks brokers, but no more than every so often. */
    private boolean isDueAndAnew() {
        if (Instant.now().isBefore(nextCheck)) {
            return false;
        }
        boolean anew = isAnew();
        nextCheck = Instant.now().plus(CHECK_INTERVAL);
        return anew;
    }

    /** Records that are there or come within the time; undecodable ones are an error, for the topic is our own. */
    public List<T> poll(Duration wait) {
        return poll(wait, (place, error) -> {
            throw new CommandFailure(String.format(Locale.ROOT, "%s (%s)", error.getMessage(), place), error);
        });
    }

    /** What to do with a record that cannot be decoded, at a place in words. */
    public interface Undecodable {
        void at(String place, UndecodableRecordException error);
    }

    /**
     * Records that are there or come within the time.
     *
     * @param undecodable gets the others
     * @throws RegistryException if the schema of a record cannot be had; the next poll gives these records again
     */
    public List<T> poll(Duration wait, Undecodable undecodable) {
        List<T> records = new ArrayList<>();
        ConsumerRecords<byte[], byte[]> polled;
        try {
            polled = consumer.poll(wait);
            if (isDueAndAnew()) {
                return records; // polled may be of either
            }
        } catch (InvalidOffsetException e) {
            if (isAnew()) {
                return records;
            }
            throw failure(e);
        } catch (KafkaException e) {
            throw failure(e);
        }
        try {
            for (ConsumerRecord<byte[], byte[]> record : polled) {
                decode(record, records, undecodable);
            }
        } catch (RegistryException e) {
            polled.partitions() // so that the next poll gives the same records
                    .forEach(partition -> consumer.seek(
                            partition, polled.records(partition).get(0).offset()));
            throw e;
        }
        return records;
    }

    private void decode(ConsumerRecord<byte[], byte[]> record, List<T> records, Undecodable undecodable) {
        try {
            T decoded = record.value() == null && type == ReadLabel.class
                    ? type.cast(withdrawn(record))
                    : decoder.decode(record.value());
            if (decoded instanceof ReadAnnotation annotation) {
                AnnotationDecoder.date(annotation, record.timestamp());
            }
            records.add(decoded);
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

    /** A label taken back: the topic of labels has its key without a value; its label is empty. */
    private static ReadLabel withdrawn(ConsumerRecord<byte[], byte[]> record) throws UndecodableRecordException {
        ReadIdentity read = LabelTopic.readOf(record.key());
        if (read == null) {
            throw new UndecodableRecordException("Expected the key of a label with a record without value", null);
        }
        ReadLabel label = new ReadLabel();
        label.setReadId(read.readId());
        label.setRunId(read.runId());
        label.setMate(read.mate());
        label.setSource(LabelTopic.sourceOf(record.key()));
        label.setLabel("");
        label.setLabelledTime(Instant.ofEpochMilli(record.timestamp()));
        return label;
    }

    /** Fixes the end of what {@link #isAtEnd} asks for at that of the topic now. */
    public void endHere() {
        ends = Map.copyOf(consumer.endOffsets(partitions));
    }

    /** Whether everything up to that end was polled. */
    public boolean isAtEnd() {
        return ends.entrySet().stream().allMatch(end -> consumer.position(end.getKey()) >= end.getValue());
    }

    /** Offsets at the ends of all partitions, added up: records ever written, if no transaction wrote them. */
    public long endOffsets() {
        return consumer.endOffsets(partitions).values().stream()
                .mapToLong(Long::longValue)
                .sum();
    }

    @Override
    public void close() {
        consumer.close();
        admin.close();
    }
}
