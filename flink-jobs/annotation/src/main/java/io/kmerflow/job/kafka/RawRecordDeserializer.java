package io.kmerflow.job.kafka;

import io.kmerflow.job.ingest.Origin;
import io.kmerflow.job.ingest.RawRecord;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.connector.kafka.source.reader.deserializer.KafkaRecordDeserializationSchema;
import org.apache.flink.util.Collector;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/** Takes the value as it is, with its place: decoding is an operator of its own, which may fail a record. */
public final class RawRecordDeserializer implements KafkaRecordDeserializationSchema<RawRecord> {
    @Override
    public void deserialize(ConsumerRecord<byte[], byte[]> record, Collector<RawRecord> out) {
        Origin origin = Origin.ofTopic(record.topic(), record.partition(), record.offset(), record.timestamp());
        out.collect(RawRecord.of(origin, record.value()));
    }

    @Override
    public TypeInformation<RawRecord> getProducedType() {
        return TypeInformation.of(RawRecord.class);
    }
}
