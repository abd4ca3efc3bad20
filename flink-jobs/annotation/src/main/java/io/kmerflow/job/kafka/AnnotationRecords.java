package io.kmerflow.job.kafka;

import io.kmerflow.job.annotate.AnnotationEncoder;
import io.kmerflow.job.annotate.AnnotationFormat;
import io.kmerflow.schema.ReadAnnotation;
import org.apache.flink.connector.kafka.sink.KafkaRecordSerializationSchema;
import org.apache.kafka.clients.producer.ProducerRecord;

/** Annotations as topic records, keyed by run id and name. */
final class AnnotationRecords implements KafkaRecordSerializationSchema<ReadAnnotation> {
    private final String topic;
    private final AnnotationFormat format;
    private final int schemaId;
    private transient AnnotationEncoder encoder;

    AnnotationRecords(String topic, AnnotationFormat format, int schemaId) {
        this.topic = topic;
        this.format = format;
        this.schemaId = schemaId;
    }

    @Override
    public ProducerRecord<byte[], byte[]> serialize(
            ReadAnnotation annotation, KafkaSinkContext context, Long timestamp) {
        if (encoder == null) {
            encoder = new AnnotationEncoder(format, schemaId);
        }
        byte[] key = TopicKeys.ofRead(annotation.getRunId(), annotation.getReadId());
        return new ProducerRecord<>(topic, key, encoder.encode(annotation));
    }
}
