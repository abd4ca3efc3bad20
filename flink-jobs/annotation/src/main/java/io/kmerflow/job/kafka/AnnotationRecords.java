package io.kmerflow.job.kafka;

import io.kmerflow.schema.ReadAnnotation;
import io.kmerflow.schema.codec.RecordCodec;
import org.apache.flink.connector.kafka.sink.KafkaRecordSerializationSchema;
import org.apache.kafka.clients.producer.ProducerRecord;

/** Annotations as topic records, keyed by run id and name. */
final class AnnotationRecords implements KafkaRecordSerializationSchema<ReadAnnotation> {
    private final String topic;
    private transient RecordCodec<ReadAnnotation> codec;

    AnnotationRecords(String topic) {
        this.topic = topic;
    }

    @Override
    public ProducerRecord<byte[], byte[]> serialize(
            ReadAnnotation annotation, KafkaSinkContext context, Long timestamp) {
        if (codec == null) {
            codec = new RecordCodec<>(ReadAnnotation.class);
        }
        byte[] key = TopicKeys.ofRead(annotation.getRunId(), annotation.getReadId());
        return new ProducerRecord<>(topic, key, codec.encode(annotation));
    }
}
