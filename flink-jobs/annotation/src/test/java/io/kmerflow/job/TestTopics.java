package io.kmerflow.job;

import io.kmerflow.schema.DeadLetter;
import io.kmerflow.schema.ReadAnnotation;
import io.kmerflow.schema.SequencedRead;
import io.kmerflow.schema.codec.RecordCodec;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.Future;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/**
 * What tests write to topics and read from them.
 *
 * @param clients properties of a client that may do both
 */
public record TestTopics(Map<String, String> clients) {
    /** Of a broker that lets everybody in. */
    public static TestTopics at(String servers) {
        return new TestTopics(Map.of("bootstrap.servers", servers));
    }

    /** A read of 15 bases, twice. */
    public static SequencedRead read(String id) {
        return read(id, 2);
    }

    /** A read of a multiple of 15 bases. */
    public static SequencedRead read(String id, int repeats) {
        SequencedRead read = new SequencedRead();
        read.setReadId(id);
        read.setMate(0);
        read.setRunId("run");
        read.setBases(ByteBuffer.wrap("ACGTACGTGGGACGT".repeat(repeats).getBytes(StandardCharsets.US_ASCII)));
        read.setFiltered(false);
        read.setAttributes(Map.of());
        return read;
    }

    public static byte[] bytes(SequencedRead read) {
        return new RecordCodec<>(SequencedRead.class).encode(read);
    }

    private Properties properties() {
        Properties properties = new Properties();
        properties.putAll(clients);
        properties.put("max.request.size", Integer.toString(64 << 20));
        properties.put("buffer.memory", Integer.toString(64 << 20));
        return properties;
    }

    /** Puts the values onto the topic; they are there when this returns. */
    public void produce(String topic, List<byte[]> values) throws Exception {
        try (KafkaProducer<byte[], byte[]> producer =
                new KafkaProducer<>(properties(), new ByteArraySerializer(), new ByteArraySerializer())) {
            List<Future<RecordMetadata>> sent = new ArrayList<>();
            for (byte[] value : values) {
                sent.add(producer.send(new ProducerRecord<>(topic, value)));
            }
            for (Future<RecordMetadata> one : sent) {
                one.get();
            }
        }
    }

    /** Everything on the topic that is committed now. */
    public List<ConsumerRecord<byte[], byte[]>> consume(String topic) {
        Properties properties = properties();
        properties.put("isolation.level", "read_committed");
        properties.put("fetch.max.wait.ms", "50"); // an open fetch holds back the close
        List<ConsumerRecord<byte[], byte[]>> records = new ArrayList<>();
        try (KafkaConsumer<byte[], byte[]> consumer =
                new KafkaConsumer<>(properties, new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
            List<TopicPartition> partitions = consumer.partitionsFor(topic).stream()
                    .map(info -> new TopicPartition(topic, info.partition()))
                    .toList();
            consumer.assign(partitions);
            consumer.seekToBeginning(partitions);
            Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
            while (partitions.stream().anyMatch(p -> consumer.position(p) < ends.get(p))) {
                consumer.poll(Duration.ofMillis(200)).forEach(records::add);
            }
        }
        return records;
    }

    public List<ReadAnnotation> annotations(JobConfig config) throws Exception {
        return decoded(config.kafka().annotationsTopic(), ReadAnnotation.class);
    }

    public List<DeadLetter> deadLetters(JobConfig config) throws Exception {
        return decoded(config.kafka().deadLettersTopic(), DeadLetter.class);
    }

    private <T extends SpecificRecord> List<T> decoded(String topic, Class<T> type) throws Exception {
        RecordCodec<T> codec = new RecordCodec<>(type);
        List<T> records = new ArrayList<>();
        for (ConsumerRecord<byte[], byte[]> record : consume(topic)) {
            records.add(codec.decode(record.value()));
        }
        return records;
    }
}
