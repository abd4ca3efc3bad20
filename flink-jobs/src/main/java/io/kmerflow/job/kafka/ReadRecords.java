package io.kmerflow.job.kafka;

import io.kmerflow.job.ingest.RawRecord;
import io.kmerflow.schema.SequencedRead;
import io.kmerflow.schema.codec.RecordCodec;
import io.kmerflow.schema.codec.UndecodableRecordException;
import org.apache.flink.connector.kafka.sink.KafkaRecordSerializationSchema;
import org.apache.kafka.clients.producer.ProducerRecord;

/** Encoded reads as topic records, keyed by run id and name. */
final class ReadRecords implements KafkaRecordSerializationSchema<RawRecord> {
    private final String topic;
    private transient RecordCodec<SequencedRead> codec;

    ReadRecords(String topic) {
        this.topic = topic;
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
