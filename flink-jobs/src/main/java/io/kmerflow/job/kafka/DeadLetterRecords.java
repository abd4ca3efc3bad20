package io.kmerflow.job.kafka;

import io.kmerflow.schema.DeadLetter;
import io.kmerflow.schema.codec.RecordCodec;
import java.nio.charset.StandardCharsets;
import org.apache.flink.connector.kafka.sink.KafkaRecordSerializationSchema;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.Headers;

/** Dead letters as topic records, keyed by their id, with Kafka Connect's headers (KIP-298) for tools that know them. */
final class DeadLetterRecords implements KafkaRecordSerializationSchema<DeadLetter> {
    static final String HEADER_PREFIX = "__connect.errors.";
    private static final String CONNECTOR_NAME = "kmerflow";

    private final String topic;
    private transient RecordCodec<DeadLetter> codec;

    DeadLetterRecords(String topic) {
        this.topic = topic;
    }

    @Override
    public ProducerRecord<byte[], byte[]> serialize(DeadLetter letter, KafkaSinkContext context, Long timestamp) {
        if (codec == null) {
            codec = new RecordCodec<>(DeadLetter.class);
        }
        ProducerRecord<byte[], byte[]> record =
                new ProducerRecord<>(topic, bytes(letter.getDeadLetterId()), codec.encode(letter));
        Headers headers = record.headers();
        put(headers, "topic", letter.getTopic());
        put(headers, "partition", letter.getPartition());
        put(headers, "offset", letter.getOffset());
        put(headers, "connector.name", CONNECTOR_NAME);
        put(headers, "stage", letter.getStage());
        put(headers, "exception.class.name", letter.getErrorType());
        put(headers, "exception.message", letter.getReason() + ": " + letter.getMessage());
        return record;
    }

    private static void put(Headers headers, String name, Object value) {
        if (value != null) {
            headers.add(HEADER_PREFIX + name, bytes(value.toString()));
        }
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
