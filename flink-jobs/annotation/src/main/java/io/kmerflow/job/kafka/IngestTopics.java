package io.kmerflow.job.kafka;

import io.kmerflow.job.ingest.RawRecord;
import io.kmerflow.job.ingest.SizeLimit;
import io.kmerflow.schema.DeadLetter;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import java.util.function.Consumer;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.PartitionInfo;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/**
 * The topics that reads and their dead letters go onto, written straight with an idempotent producer and read back to see
 * what is there. Every record has the header {@value #ITEM_HEADER}, by which its writer knows it again. One thread.
 */
public final class IngestTopics implements AutoCloseable {
    /** Header that says which item of which file a record is; the writer chooses the text. */
    public static final String ITEM_HEADER = "kmerflow.item";

    private static final Duration POLL = Duration.ofMillis(500);

    private final KafkaConfig config;
    private final ReadRecords reads;
    private final DeadLetterRecords deadLetters;
    private final TopicWriter writer;

    /** @param config where, and the names of the topics, which exist */
    public IngestTopics(KafkaConfig config) {
        this.config = config;
        this.reads = ReadRecords.of(config);
        this.deadLetters = new DeadLetterRecords(config.deadLettersTopic(), config.maxRecordBytes());
        this.writer = new TopicWriter(config);
    }

    /** Cluster and topics in words; the same as long as records written earlier can be read back. */
    public String target() {
        try (Admin admin = Admin.create(config.clientProperties())) {
            return String.format(
                    Locale.ROOT,
                    "topics %s and %s of cluster %s",
                    config.readsTopic(),
                    config.deadLettersTopic(),
                    admin.describeCluster().clusterId().get());
        } catch (ExecutionException e) {
            throw writer.failed(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new KafkaException("Interrupted while talking to Kafka", e);
        }
    }

    /** How large a read the topic takes; what is larger belongs to the dead letters. */
    public SizeLimit readLimit() {
        return reads;
    }

    /** Puts an encoded read on its way. */
    public void send(RawRecord read, String item) {
        send(reads.serialize(read, null, null), item);
    }

    /** Puts a dead letter on its way. */
    public void send(DeadLetter letter, String item) {
        send(deadLetters.serialize(letter, null, null), item);
    }

    private void send(ProducerRecord<byte[], byte[]> record, String item) {
        record.headers().add(ITEM_HEADER, item.getBytes(StandardCharsets.UTF_8));
        writer.send(record);
    }

    /**
     * Waits until the brokers have everything sent so far.
     *
     * @throws KafkaException if a record could not be delivered
     */
    public void flush() {
        writer.flush();
    }

    /** The next offset of every partition of both topics, as {@code topic-partition} to offset. */
    public Map<String, Long> endOffsets() {
        try (KafkaConsumer<byte[], byte[]> consumer = consumer()) {
            Map<String, Long> offsets = new TreeMap<>();
            consumer.endOffsets(partitions(consumer)).forEach((partition, end) -> offsets.put(name(partition), end));
            return offsets;
        }
    }

    /**
     * Reads both topics from given offsets to their present ends.
     *
     * @param from as {@link #endOffsets} gave them; a partition that is newer is read from its beginning
     * @param items gets the header text of every record that has one
     */
    public void readBack(Map<String, Long> from, Consumer<String> items) {
        try (KafkaConsumer<byte[], byte[]> consumer = consumer()) {
            List<TopicPartition> partitions = partitions(consumer);
            consumer.assign(partitions);
            Map<TopicPartition, Long> first = consumer.beginningOffsets(partitions);
            Map<TopicPartition, Long> ends = new HashMap<>(consumer.endOffsets(partitions));
            for (TopicPartition partition : partitions) {
                long start = Math.max(from.getOrDefault(name(partition), 0L), first.get(partition));
                consumer.seek(partition, Math.min(start, ends.get(partition)));
            }
            ends.entrySet().removeIf(end -> consumer.position(end.getKey()) >= end.getValue());
            while (!ends.isEmpty()) {
                for (ConsumerRecord<byte[], byte[]> record : consumer.poll(POLL)) {
                    Header header = record.headers().lastHeader(ITEM_HEADER);
                    if (header != null) {
                        items.accept(new String(header.value(), StandardCharsets.UTF_8));
                    }
                }
                ends.entrySet().removeIf(end -> consumer.position(end.getKey()) >= end.getValue());
            }
        }
    }

    private static String name(TopicPartition partition) {
        return partition.topic() + "-" + partition.partition();
    }

    private KafkaConsumer<byte[], byte[]> consumer() {
        return new KafkaConsumer<>(config.clientProperties(), new ByteArrayDeserializer(), new ByteArrayDeserializer());
    }

    private List<TopicPartition> partitions(KafkaConsumer<byte[], byte[]> consumer) {
        List<TopicPartition> partitions = new ArrayList<>();
        for (String topic : List.of(config.readsTopic(), config.deadLettersTopic())) {
            for (PartitionInfo partition : consumer.partitionsFor(topic)) {
                partitions.add(new TopicPartition(topic, partition.partition()));
            }
        }
        return partitions;
    }

    @Override
    public void close() {
        writer.close();
    }
}
