package io.kmerflow.job.kafka;

import io.kmerflow.job.model.ModelTopics;
import io.kmerflow.job.model.Revisions;
import io.kmerflow.schema.ModelAnnouncement;
import io.kmerflow.schema.ModelEvent;
import io.kmerflow.schema.ModelSlot;
import io.kmerflow.schema.codec.RecordCodec;
import io.kmerflow.schema.codec.UndecodableRecordException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Properties;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.ObjLongConsumer;
import java.util.function.Supplier;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.clients.consumer.CloseOptions;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.PartitionInfo;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The topics of model announcements and model events, for the job and for whoever publishes.
 *
 * @param kafka where
 * @param modelsTopic topic of {@link ModelAnnouncement}, compacted
 * @param eventsTopic topic of {@link ModelEvent}
 */
public record KafkaModelTopics(KafkaConfig kafka, String modelsTopic, String eventsTopic) implements ModelTopics {
    private static final Logger LOG = LoggerFactory.getLogger(KafkaModelTopics.class);
    private static final Duration CLOSE_TIMEOUT = Duration.ofSeconds(5);
    private static final Duration READ_BACK_TIMEOUT = Duration.ofSeconds(60);
    private static final Duration METADATA_TIMEOUT = Duration.ofSeconds(15);

    @Override
    public Announcements announcements() {
        Tail<ModelAnnouncement> tail = reading(() -> new Tail<>(kafka, modelsTopic, ModelAnnouncement.class, true));
        return new Announcements() {
            @Override
            public List<ModelAnnouncement> poll(Duration wait) {
                return reading(() -> tail.poll(wait));
            }

            @Override
            public boolean caughtUp() {
                return reading(tail::caughtUp);
            }

            @Override
            public void close() {
                tail.close();
            }
        };
    }

    private <T> T reading(Supplier<T> action) {
        try {
            return action.get();
        } catch (KafkaException e) {
            throw new UnavailableException(
                    String.format(Locale.ROOT, "Could not read topic %s: %s", modelsTopic, e), e);
        }
    }

    @Override
    public Events events() {
        KafkaProducer<byte[], byte[]> producer = producer();
        RecordCodec<ModelEvent> codec = new RecordCodec<>(ModelEvent.class);
        return new Events() {
            @Override
            public void write(ModelEvent event) {
                String key = key(event.getModelName(), event.getSlot());
                try {
                    send(producer, eventsTopic, key, codec.encode(event));
                } catch (UnavailableException e) {
                    if (!(e.getCause() instanceof RecordTooLargeException)) {
                        throw e;
                    }
                    LOG.warn("Left out a model event: {}", e.getMessage()); // it will not become smaller
                }
            }

            @Override
            public void close() {
                producer.close(CLOSE_TIMEOUT);
            }
        };
    }

    /** Events from the next one on, or from the oldest that is kept. */
    public Tail<ModelEvent> eventTail(boolean fromBeginning) {
        return new Tail<>(kafka, eventsTopic, ModelEvent.class, fromBeginning);
    }

    /**
     * The highest {@link Revisions#valid} revision announced for that model and slot, or that a job says it has seen of them;
     * 0 before any. A job may have seen more than there is, where the topic of announcements was made anew.
     */
    public long lastRevision(ModelAnnouncement wanted) {
        List<Long> revisions = new ArrayList<>();
        readAll(new Tail<>(kafka, modelsTopic, ModelAnnouncement.class, true), null, (announcement, offset) -> {
            if (sameSlot(announcement, wanted)) {
                revisions.add(announcement.getRevision());
            }
        });
        readAll(eventTail(true), null, (event, offset) -> {
            if (event.getModelName().equals(wanted.getModelName()) && event.getSlot() == wanted.getSlot()) {
                revisions.add(event.getRevision());
                Double seen = event.getMeasures().get(Revisions.SEEN_MEASURE);
                revisions.add(seen == null ? 0 : (long) Math.nextUp(seen)); // not below it, where a double is not exact
            }
        });
        long nowMillis = System.currentTimeMillis();
        return revisions.stream()
                .mapToLong(revision -> revision)
                .filter(revision -> Revisions.valid(revision, nowMillis))
                .max()
                .orElse(0);
    }

    /** Calls for each record that is there now, and up to that place, in the order of their offsets. */
    private static <T extends SpecificRecord> void readAll(
            Tail<T> topic, RecordMetadata place, ObjLongConsumer<T> each) {
        long deadline = System.nanoTime() + READ_BACK_TIMEOUT.toNanos();
        try (topic) {
            while (!topic.caughtUp() || place != null && !topic.reached(place)) {
                if (place != null && System.nanoTime() > deadline) {
                    throw new UnavailableException(
                            String.format(
                                    Locale.ROOT,
                                    "Expected to read back what was written to topic %s, got nothing within %d s; an open transaction holds it back",
                                    place.topic(),
                                    READ_BACK_TIMEOUT.toSeconds()),
                            null);
                }
                topic.poll(Duration.ofMillis(200), each);
            }
        }
    }

    /**
     * Puts an announcement onto its topic; it is there when this returns.
     *
     * @return the announcement that jobs heed instead, if another publisher was first with this revision or a higher one
     */
    public Optional<ModelAnnouncement> announce(ModelAnnouncement announcement) {
        RecordMetadata place;
        try (KafkaProducer<byte[], byte[]> producer = producer()) {
            byte[] value = new RecordCodec<>(ModelAnnouncement.class).encode(announcement);
            place = send(producer, modelsTopic, key(announcement.getModelName(), announcement.getSlot()), value);
        }
        long nowMillis = System.currentTimeMillis();
        AtomicReference<ModelAnnouncement> heeded = new AtomicReference<>(); // as the job goes through them
        Tail<ModelAnnouncement> topic = new Tail<>(kafka, modelsTopic, ModelAnnouncement.class, true);
        readAll(topic, place, (other, offset) -> { // all of one key, so of one partition
            ModelAnnouncement last = heeded.get();
            if (offset < place.offset()
                    && sameSlot(other, announcement)
                    && Revisions.valid(other.getRevision(), nowMillis)
                    && (last == null || other.getRevision() > last.getRevision())) {
                heeded.set(other);
            }
        });
        return Optional.ofNullable(heeded.get())
                .filter(last -> last.getRevision() > announcement.getRevision()
                        || last.getRevision() == announcement.getRevision() && !sameWish(last, announcement));
    }

    /**
     * Puts what is known of a version onto the topic of announcements, in the place of what was known before; no slot changes.
     *
     * @param version with slot {@link ModelSlot#VERSION}
     */
    public void describe(ModelAnnouncement version) {
        try (KafkaProducer<byte[], byte[]> producer = producer()) {
            byte[] value = new RecordCodec<>(ModelAnnouncement.class).encode(version);
            send(producer, modelsTopic, versionKey(version), value);
        }
    }

    private static String versionKey(ModelAnnouncement version) {
        return version.getModelName() + "/" + version.getModelVersion() + "/" + version.getBundleDigest();
    }

    /**
     * What is on both topics now.
     *
     * @param announcements in the order of their topic, those of {@link ModelSlot#VERSION} too
     * @param events in the order of their topic, as far back as it goes
     */
    public record History(List<ModelAnnouncement> announcements, List<ModelEvent> events) {}

    /** Reads both topics from the oldest records that are kept to what is there now. */
    public History history() {
        List<ModelAnnouncement> announcements = new ArrayList<>();
        readAll(
                new Tail<>(kafka, modelsTopic, ModelAnnouncement.class, true),
                null,
                (announcement, offset) -> announcements.add(announcement));
        List<ModelEvent> events = new ArrayList<>();
        readAll(eventTail(true), null, (event, offset) -> events.add(event));
        return new History(announcements, events);
    }

    private static boolean sameSlot(ModelAnnouncement one, ModelAnnouncement other) {
        return one.getModelName().equals(other.getModelName()) && one.getSlot() == other.getSlot();
    }

    private static boolean sameWish(ModelAnnouncement one, ModelAnnouncement other) {
        return Objects.equals(one.getBundleDigest(), other.getBundleDigest())
                && Objects.equals(one.getModelVersion(), other.getModelVersion())
                && Objects.equals(one.getSampledShare(), other.getSampledShare());
    }

    private static String key(String modelName, Enum<?> slot) {
        return modelName + "/" + slot.name().toLowerCase(java.util.Locale.ROOT);
    }

    private KafkaProducer<byte[], byte[]> producer() {
        Properties properties = kafka.clientProperties();
        properties.putIfAbsent("acks", "all");
        try {
            return new KafkaProducer<>(properties, new ByteArraySerializer(), new ByteArraySerializer());
        } catch (KafkaException e) {
            throw new UnavailableException("Could not open a producer: " + e, e);
        }
    }

    private static RecordMetadata send(KafkaProducer<byte[], byte[]> producer, String topic, String key, byte[] value) {
        try {
            return producer.send(new ProducerRecord<>(topic, key.getBytes(StandardCharsets.UTF_8), value))
                    .get();
        } catch (ExecutionException e) {
            throw new UnavailableException(
                    String.format(Locale.ROOT, "Could not write to topic %s: %s", topic, e.getCause()), e.getCause());
        } catch (KafkaException e) {
            throw new UnavailableException(String.format(Locale.ROOT, "Could not write to topic %s: %s", topic, e), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("Interrupted while writing to topic " + topic, e);
        }
    }

    /**
     * Reads a small topic without a consumer group. Used by one thread.
     *
     * @param <T> record of the topic
     */
    public static final class Tail<T extends SpecificRecord> implements AutoCloseable {
        private final KafkaConsumer<byte[], byte[]> consumer;
        private final RecordCodec<T> codec;
        private final List<TopicPartition> partitions = new ArrayList<>();
        private final Map<TopicPartition, Long> endsAtStart;

        private Tail(KafkaConfig kafka, String topic, Class<T> type, boolean fromBeginning) {
            Properties properties = kafka.clientProperties();
            properties.putIfAbsent(ConsumerConfig.ISOLATION_LEVEL_CONFIG, "read_committed");
            properties.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, "false");
            codec = new RecordCodec<>(type);
            consumer = new KafkaConsumer<>(properties, new ByteArrayDeserializer(), new ByteArrayDeserializer());
            try {
                List<PartitionInfo> known = consumer.partitionsFor(topic, METADATA_TIMEOUT);
                if (known == null || known.isEmpty()) {
                    throw new UnavailableException(
                            String.format(
                                    Locale.ROOT,
                                    "Expected a topic %s at %s, there is none",
                                    topic,
                                    kafka.bootstrapServers()),
                            null);
                }
                known.forEach(info -> partitions.add(new TopicPartition(topic, info.partition())));
                consumer.assign(partitions);
                endsAtStart = consumer.endOffsets(partitions);
                if (fromBeginning) {
                    consumer.seekToBeginning(partitions);
                } else {
                    consumer.seekToEnd(partitions);
                    partitions.forEach(consumer::position); // fix the end now, not at the first poll
                }
            } catch (RuntimeException e) {
                consumer.close();
                throw e;
            }
        }

        /** Records that are there or come within the time; undecodable ones are logged with their place. */
        public List<T> poll(Duration wait) {
            List<T> records = new ArrayList<>();
            poll(wait, (record, offset) -> records.add(record));
            return records;
        }

        private void poll(Duration wait, ObjLongConsumer<T> each) {
            for (ConsumerRecord<byte[], byte[]> record : consumer.poll(wait)) {
                try {
                    each.accept(codec.decode(record.value()), record.offset());
                } catch (UndecodableRecordException e) {
                    LOG.warn(
                            "Left out topic {}, partition {}, offset {}: {}",
                            record.topic(),
                            record.partition(),
                            record.offset(),
                            e.getMessage());
                }
            }
        }

        /** Whether everything that was there at the start was read. */
        public boolean caughtUp() {
            return partitions.stream()
                    .allMatch(partition -> consumer.position(partition) >= endsAtStart.get(partition));
        }

        private boolean reached(RecordMetadata place) {
            return consumer.position(new TopicPartition(place.topic(), place.partition())) > place.offset();
        }

        @Override
        public void close() {
            // It has no group to leave, and an open fetch would hold it for half a second.
            consumer.close(CloseOptions.timeout(Duration.ZERO));
        }
    }
}
