package io.kmerflow.job.kafka;

import io.kmerflow.job.registry.ModelTopics;
import io.kmerflow.schema.ModelAnnouncement;
import io.kmerflow.schema.ModelEvent;
import io.kmerflow.schema.codec.RecordCodec;
import io.kmerflow.schema.codec.UndecodableRecordException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Properties;
import java.util.concurrent.ExecutionException;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.PartitionInfo;
import org.apache.kafka.common.TopicPartition;
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
    private static final Duration METADATA_TIMEOUT = Duration.ofSeconds(15);

    @Override
    public Announcements announcements() {
        Tail<ModelAnnouncement> tail = new Tail<>(kafka, modelsTopic, ModelAnnouncement.class, true);
        return new Announcements() {
            @Override
            public List<ModelAnnouncement> poll(Duration wait) {
                return tail.poll(wait);
            }

            @Override
            public void close() {
                tail.close();
            }
        };
    }

    @Override
    public Events events() {
        KafkaProducer<byte[], byte[]> producer = producer();
        RecordCodec<ModelEvent> codec = new RecordCodec<>(ModelEvent.class);
        return new Events() {
            @Override
            public void write(ModelEvent event) {
                String key = key(event.getModelName(), event.getSlot());
                send(producer, eventsTopic, key, codec.encode(event));
            }

            @Override
            public void close() {
                producer.close(Duration.ofSeconds(5));
            }
        };
    }

    /** Events from the next one on, or from the oldest that is kept. */
    public Tail<ModelEvent> eventTail(boolean fromBeginning) {
        return new Tail<>(kafka, eventsTopic, ModelEvent.class, fromBeginning);
    }

    /** The highest revision announced for that model and slot, or 0. */
    public long lastRevision(ModelAnnouncement wanted) {
        long last = 0;
        try (Tail<ModelAnnouncement> tail = new Tail<>(kafka, modelsTopic, ModelAnnouncement.class, true)) {
            while (!tail.atEnd()) {
                for (ModelAnnouncement announcement : tail.poll(Duration.ofMillis(200))) {
                    if (announcement.getModelName().equals(wanted.getModelName())
                            && announcement.getSlot() == wanted.getSlot()) {
                        last = Math.max(last, announcement.getRevision());
                    }
                }
            }
        }
        return last;
    }

    /** Puts an announcement onto its topic; it is there when this returns. */
    public void announce(ModelAnnouncement announcement) {
        try (KafkaProducer<byte[], byte[]> producer = producer()) {
            byte[] value = new RecordCodec<>(ModelAnnouncement.class).encode(announcement);
            send(producer, modelsTopic, key(announcement.getModelName(), announcement.getSlot()), value);
        }
    }

    private static String key(String modelName, Enum<?> slot) {
        return modelName + "/" + slot.name().toLowerCase(java.util.Locale.ROOT);
    }

    private KafkaProducer<byte[], byte[]> producer() {
        Properties properties = kafka.clientProperties();
        properties.putIfAbsent("acks", "all");
        return new KafkaProducer<>(properties, new ByteArraySerializer(), new ByteArraySerializer());
    }

    private static void send(KafkaProducer<byte[], byte[]> producer, String topic, String key, byte[] value) {
        try {
            producer.send(new ProducerRecord<>(topic, key.getBytes(StandardCharsets.UTF_8), value))
                    .get();
        } catch (ExecutionException e) {
            throw new IllegalStateException(
                    String.format(Locale.ROOT, "Could not write to topic %s: %s", topic, e.getCause()), e);
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

        private Tail(KafkaConfig kafka, String topic, Class<T> type, boolean fromBeginning) {
            Properties properties = kafka.clientProperties();
            properties.putIfAbsent(ConsumerConfig.ISOLATION_LEVEL_CONFIG, "read_committed");
            properties.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, "false");
            codec = new RecordCodec<>(type);
            consumer = new KafkaConsumer<>(properties, new ByteArrayDeserializer(), new ByteArrayDeserializer());
            try {
                List<PartitionInfo> known = consumer.partitionsFor(topic, METADATA_TIMEOUT);
                if (known == null || known.isEmpty()) {
                    throw new IllegalStateException(String.format(
                            Locale.ROOT, "Expected a topic %s at %s, there is none", topic, kafka.bootstrapServers()));
                }
                known.forEach(info -> partitions.add(new TopicPartition(topic, info.partition())));
                consumer.assign(partitions);
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
            for (ConsumerRecord<byte[], byte[]> record : consumer.poll(wait)) {
                try {
                    records.add(codec.decode(record.value()));
                } catch (UndecodableRecordException e) {
                    LOG.warn(
                            "Left out topic {}, partition {}, offset {}: {}",
                            record.topic(),
                            record.partition(),
                            record.offset(),
                            e.getMessage());
                }
            }
            return records;
        }

        /** Whether everything that is there now was read. */
        public boolean atEnd() {
            var ends = consumer.endOffsets(partitions);
            return partitions.stream().allMatch(partition -> consumer.position(partition) >= ends.get(partition));
        }

        @Override
        public void close() {
            consumer.close();
        }
    }
}
