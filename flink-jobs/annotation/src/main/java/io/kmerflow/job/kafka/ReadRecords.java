package io.kmerflow.job.kafka;

import io.kmerflow.job.ingest.RawRecord;
import io.kmerflow.job.ingest.SizeLimit;
import io.kmerflow.schema.SequencedRead;
import io.kmerflow.schema.codec.RecordCodec;
import io.kmerflow.schema.codec.UndecodableRecordException;
import java.util.Locale;
import org.apache.flink.connector.kafka.sink.KafkaRecordSerializationSchema;
import org.apache.kafka.clients.producer.ProducerRecord;

/** Encoded reads as topic records, keyed by run id and name. */
final class ReadRecords implements KafkaRecordSerializationSchema<RawRecord>, SizeLimit {
    /** More than Kafka puts around a key and a value. */
    private static final int OVERHEAD_BYTES = 1024;

    private final String topic;
    private final int maxBytes;
    private transient RecordCodec<SequencedRead> codec;

    /** @param maxBytes largest record that the topic takes, as {@link RecordSize} has it */
    ReadRecords(String topic, int maxBytes) {
        this.topic = topic;
        this.maxBytes = maxBytes;
    }

    @Override
    public String excess(RawRecord read) {
        if (2L * read.payload.length + OVERHEAD_BYTES <= maxBytes) {
            return null; // the key is made of what the value holds
        }
        int bytes = RecordSize.of(serialize(read, null, null));
        return bytes <= maxBytes
                ? null
                : String.format(
                        Locale.ROOT,
                        "Expected a read of at most %d bytes as a record of topic %s, got %d",
                        maxBytes,
                        topic,
                        bytes);
    }

    @Override
    public ProducerRecord<byte[], byte[]> serialize(RawRecord record, KafkaSinkContext context, Long timestamp) {
        if (codec == null) {
            codec = new RecordCodec<>(SequencedRead.class);
        }
        try {
            SequencedRead read = codec.decode(record.payload);
            return new ProducerRecord<>(topic, TopicKeys.ofRead(read.getRunId(), read.getReadId()), record.payload);
        } catch (UndecodableRecordException e) {
            throw new IllegalStateException("Expected a read encoded by this job at " + record.origin, e);
        }
    }
}
