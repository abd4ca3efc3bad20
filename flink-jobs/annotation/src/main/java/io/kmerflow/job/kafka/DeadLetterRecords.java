package io.kmerflow.job.kafka;

import io.kmerflow.job.deadletter.Texts;
import io.kmerflow.job.metrics.MetricNames;
import io.kmerflow.schema.DeadLetter;
import io.kmerflow.schema.codec.RecordCodec;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import org.apache.avro.Schema;
import org.apache.flink.api.common.serialization.SerializationSchema;
import org.apache.flink.connector.kafka.sink.KafkaRecordSerializationSchema;
import org.apache.flink.metrics.Counter;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.Headers;

/**
 * Dead letters as topic records, keyed by their id, with Kafka Connect's headers (KIP-298) for tools that know them. One
 * that its topic would not take is cut until it fits, the input first, then names and message: a dead letter that cannot be
 * written would stop the job that wanted to go on without a read.
 */
final class DeadLetterRecords implements KafkaRecordSerializationSchema<DeadLetter> {
    static final String HEADER_PREFIX = "__connect.errors.";
    private static final String CONNECTOR_NAME = "kmerflow";
    /** Names and message of that number of characters, the message twice, fit into {@link KafkaConfig#MIN_MESSAGE_BYTES}. */
    private static final int SHORT_CHARACTERS = 512;

    private final String topic;
    private final int maxBytes;
    private transient RecordCodec<DeadLetter> codec;
    private transient Counter cut;

    /** @param maxBytes largest record that the topic takes, as {@link RecordSize} has it */
    DeadLetterRecords(String topic, int maxBytes) {
        this.topic = topic;
        this.maxBytes = maxBytes;
    }

    @Override
    public void open(SerializationSchema.InitializationContext context, KafkaSinkContext sink) {
        cut = context.getMetricGroup().addGroup(MetricNames.GROUP).counter(MetricNames.CUT_DEAD_LETTERS);
    }

    @Override
    public ProducerRecord<byte[], byte[]> serialize(DeadLetter letter, KafkaSinkContext context, Long timestamp) {
        if (codec == null) {
            codec = new RecordCodec<>(DeadLetter.class);
        }
        ProducerRecord<byte[], byte[]> record = record(letter);
        if (RecordSize.of(record) <= maxBytes) {
            return record;
        }
        if (cut != null) {
            cut.inc();
        }
        DeadLetter shorter = copy(letter);
        if (letter.getPayload() != null) {
            shorter.setPayload(null);
            shorter.setMessage(String.format(
                    Locale.ROOT,
                    "%s (the input of %d bytes is left out: the topic takes records of %d bytes)",
                    letter.getMessage(),
                    letter.getPayload().remaining(),
                    maxBytes));
            record = record(shorter);
        }
        if (RecordSize.of(record) > maxBytes) {
            shorter.setReadId(Texts.cut(letter.getReadId(), SHORT_CHARACTERS));
            shorter.setFile(Texts.cut(letter.getFile(), SHORT_CHARACTERS));
            shorter.setMessage(Texts.cut(letter.getMessage(), SHORT_CHARACTERS));
            record = record(shorter);
        }
        return record;
    }

    private ProducerRecord<byte[], byte[]> record(DeadLetter letter) {
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

    /** Shares the values, the payload above all, which may be all of the memory there is. */
    private static DeadLetter copy(DeadLetter letter) {
        DeadLetter copy = new DeadLetter();
        for (Schema.Field field : letter.getSchema().getFields()) {
            copy.put(field.pos(), letter.get(field.pos()));
        }
        return copy;
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
