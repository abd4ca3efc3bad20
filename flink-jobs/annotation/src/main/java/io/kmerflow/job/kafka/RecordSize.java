package io.kmerflow.job.kafka;

import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.record.AbstractRecords;
import org.apache.kafka.common.record.CompressionType;
import org.apache.kafka.common.record.RecordBatch;

/** Size of a record as Kafka's producer reckons it, against {@code max.request.size} and, in a batch of its own, a topic. */
final class RecordSize {
    private RecordSize() {}

    /** Upper bound of key, value, headers and the bytes around them, without compression. */
    static int of(ProducerRecord<byte[], byte[]> record) {
        return AbstractRecords.estimateSizeInBytesUpperBound(
                RecordBatch.CURRENT_MAGIC_VALUE,
                CompressionType.NONE,
                record.key(),
                record.value(),
                record.headers().toArray());
    }
}
