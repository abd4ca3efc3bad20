package io.kmerflow.corpus.snapshot;

import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.connector.kafka.source.reader.deserializer.KafkaRecordDeserializationSchema;
import org.apache.flink.util.Collector;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/** A record of a topic as it is, with its key and place. A Flink POJO. */
public class TopicRecord {
    /** As on the topic, or null. */
    public byte[] key;
    /** As on the topic, or null. */
    public byte[] value;
    /** Partition of the topic. */
    public int partition;
    /** Offset in the partition. */
    public long offset;
    /** Of the record, milliseconds since 1970-01-01 UTC. */
    public long timestampMillis;

    /** For Flink; fields are set after. */
    public TopicRecord() {}

    /** Takes records as they are: decoding is an operator of its own, which counts what it leaves out. */
    public static final class Deserializer implements KafkaRecordDeserializationSchema<TopicRecord> {
        private static final long serialVersionUID = 1L;

        @Override
        public void deserialize(ConsumerRecord<byte[], byte[]> record, Collector<TopicRecord> out) {
            TopicRecord taken = new TopicRecord();
            taken.key = record.key();
            taken.value = record.value();
            taken.partition = record.partition();
            taken.offset = record.offset();
            taken.timestampMillis = record.timestamp();
            out.collect(taken);
        }

        @Override
        public TypeInformation<TopicRecord> getProducedType() {
            return TypeInformation.of(TopicRecord.class);
        }
    }
}
