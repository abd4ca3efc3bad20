package io.kmerflow.job.kafka;

import io.kmerflow.schema.DeadLetter;
import io.kmerflow.schema.ReadLabel;
import io.kmerflow.schema.codec.RecordCodec;
import io.kmerflow.schema.codec.UndecodableRecordException;
import io.kmerflow.sequence.identity.ReadIdentity;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/** The topic of labels, and that of what could not become one. Labels are keyed by read and source. One thread. */
public final class LabelTopic implements AutoCloseable {
    private static final Duration POLL = Duration.ofMillis(500);

    private final KafkaConfig config;
    private final String topic;
    private final DeadLetterRecords deadLetters;
    private final TopicWriter writer;
    private final RecordCodec<ReadLabel> codec = new RecordCodec<>(ReadLabel.class);

    /**
     * @param config where, and the name of the topic of dead letters
     * @param topic of labels, which exists
     */
    public LabelTopic(KafkaConfig config, String topic) {
        this.config = config;
        this.topic = topic;
        this.deadLetters = new DeadLetterRecords(config.deadLettersTopic(), config.maxRecordBytes());
        this.writer = new TopicWriter(config);
    }

    /** Puts a label on its way. */
    public void send(ReadLabel label) {
        writer.send(new ProducerRecord<>(topic, TopicKeys.ofLabel(label), codec.encode(label)));
    }

    /** Puts a dead letter on its way. */
    public void send(DeadLetter letter) {
        writer.send(deadLetters.serialize(letter, null, null));
    }

    /** Waits until the brokers have everything sent so far. */
    public void flush() {
        writer.flush();
    }

    /** The read that a record of the topic is about, of whichever release, or withdrawn; null if the key is none of ours. */
    public static ReadIdentity readOf(byte[] key) {
        String text = key == null ? "" : new String(key, StandardCharsets.UTF_8);
        try {
            return ReadIdentity.of(text.substring(0, Math.max(0, text.lastIndexOf('\t'))));
        } catch (IllegalArgumentException e) {
            return null;
        }
    }

    /** The source that a record of the topic comes from, by its key. */
    public static String sourceOf(byte[] key) {
        String text = new String(key, StandardCharsets.UTF_8);
        return ReadIdentity.unescape(text.substring(text.lastIndexOf('\t') + 1));
    }

    /**
     * Withdraws every label of those reads, whoever gave it: writes a record without value for each key, and waits until the
     * brokers have it.
     *
     * @return labels withdrawn
     */
    public long withdraw(Predicate<ReadIdentity> reads) {
        Set<String> keys = keysOf(reads);
        for (String key : keys) {
            writer.send(new ProducerRecord<>(topic, key.getBytes(StandardCharsets.UTF_8), null));
        }
        flush();
        return keys.size();
    }

    /** Keys of those reads that have a value now. */
    private Set<String> keysOf(Predicate<ReadIdentity> reads) {
        var properties = config.clientProperties();
        properties.putIfAbsent(ConsumerConfig.ISOLATION_LEVEL_CONFIG, "read_committed");
        Set<String> keys = new TreeSet<>();
        try (KafkaConsumer<byte[], byte[]> consumer =
                new KafkaConsumer<>(properties, new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
            List<TopicPartition> partitions = consumer.partitionsFor(topic).stream()
                    .map(partition -> new TopicPartition(topic, partition.partition()))
                    .toList();
            consumer.assign(partitions);
            consumer.seekToBeginning(partitions);
            Map<TopicPartition, Long> ends = new HashMap<>(consumer.endOffsets(partitions));
            ends.entrySet().removeIf(end -> consumer.position(end.getKey()) >= end.getValue());
            while (!ends.isEmpty()) {
                for (ConsumerRecord<byte[], byte[]> record : consumer.poll(POLL)) {
                    ReadIdentity read = readOf(record);
                    if (read != null && reads.test(read)) {
                        String key = new String(record.key(), StandardCharsets.UTF_8);
                        if (record.value() == null) {
                            keys.remove(key);
                        } else {
                            keys.add(key);
                        }
                    }
                }
                ends.entrySet().removeIf(end -> consumer.position(end.getKey()) >= end.getValue());
            }
        }
        return keys;
    }

    /** By its value, since another writer may key otherwise; by its key without one. */
    private ReadIdentity readOf(ConsumerRecord<byte[], byte[]> record) {
        if (record.key() == null) {
            return null; // compaction refuses it, so there is none to withdraw
        }
        if (record.value() == null) {
            return readOf(record.key());
        }
        try {
            ReadLabel label = codec.decode(record.value());
            return new ReadIdentity(label.getRunId(), label.getReadId(), label.getMate());
        } catch (UndecodableRecordException | IllegalArgumentException e) {
            return readOf(record.key());
        }
    }

    @Override
    public void close() {
        writer.close();
    }
}
