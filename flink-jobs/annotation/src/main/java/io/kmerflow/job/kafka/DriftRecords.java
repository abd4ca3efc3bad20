package io.kmerflow.job.kafka;

import io.kmerflow.schema.DriftReport;
import io.kmerflow.schema.codec.RecordCodec;
import org.apache.flink.connector.kafka.sink.KafkaRecordSerializationSchema;
import org.apache.kafka.clients.producer.ProducerRecord;

/** Reports on drift as topic records, keyed by run and sample. */
final class DriftRecords implements KafkaRecordSerializationSchema<DriftReport> {
    private static final long serialVersionUID = 1L;

    private final String topic;
    private transient RecordCodec<DriftReport> codec;

    DriftRecords(String topic) {
        this.topic = topic;
    }

    @Override
    public ProducerRecord<byte[], byte[]> serialize(DriftReport report, KafkaSinkContext context, Long timestamp) {
        if (codec == null) {
            codec = new RecordCodec<>(DriftReport.class);
        }
        String sample = report.getSampleId() == null ? "" : report.getSampleId();
        return new ProducerRecord<>(topic, TopicKeys.ofRead(report.getRunId(), sample), codec.encode(report));
    }
}
