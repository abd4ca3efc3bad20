package io.kmerflow.job.kafka;

import io.kmerflow.job.ingest.RawRecord;
import io.kmerflow.job.ingest.SizeLimit;
import io.kmerflow.job.json.ReadJson;
import io.kmerflow.schema.SequencedRead;
import io.kmerflow.schema.codec.ConfluentFormat;
import io.kmerflow.schema.codec.RecordCodec;
import io.kmerflow.schema.codec.UndecodableRecordException;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import org.apache.flink.connector.kafka.sink.KafkaRecordSerializationSchema;
import org.apache.kafka.clients.producer.ProducerRecord;

/** Encoded reads as topic records, keyed by run id and name. */
final class ReadRecords implements KafkaRecordSerializationSchema<RawRecord>, SizeLimit {
    /** More than Kafka puts around a key and a value. */
    private static final int OVERHEAD_BYTES = 1024;
    /** Bytes of a character that JSON escapes; a quality has three at most, with its comma. */
    private static final int JSON_GROWTH = 6;

    private final String topic;
    private final int maxBytes;
    private final Integer schemaId;
    private final boolean json;
    private transient RecordCodec<SequencedRead> codec;

    /**
     * @param maxBytes largest record that the topic takes, as {@link RecordSize} has it
     * @param schemaId id of the current schema in the registry, for Confluent's format; null for the others
     * @param json whether reads are objects of JSON
     */
    ReadRecords(String topic, int maxBytes, Integer schemaId, boolean json) {
        this.topic = topic;
        this.maxBytes = maxBytes;
        this.schemaId = schemaId;
        this.json = json;
    }

    /**
     * Records of the reads topic of a job.
     *
     * @throws PreflightException if the registry does not take their schema
     */
    static ReadRecords of(KafkaConfig config) {
        Integer schemaId = config.readsFormat() == ReadsFormat.CONFLUENT
                ? SchemaIds.of(config, config.readsTopic(), SequencedRead.getClassSchema())
                : null;
        return new ReadRecords(
                config.readsTopic(), config.maxRecordBytes(), schemaId, config.readsFormat() == ReadsFormat.JSON);
    }

    @Override
    public String excess(RawRecord read) {
        int growth = json ? JSON_GROWTH : 1;
        if ((growth + 1L) * read.payload.length + OVERHEAD_BYTES <= maxBytes) {
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
            byte[] value = json
                    ? ReadJson.text(read).getBytes(StandardCharsets.UTF_8)
                    : schemaId == null ? record.payload : ConfluentFormat.of(schemaId, record.payload);
            return new ProducerRecord<>(topic, TopicKeys.ofRead(read.getRunId(), read.getReadId()), value);
        } catch (UndecodableRecordException e) {
            throw new IllegalStateException("Expected a read encoded by this job at " + record.origin, e);
        }
    }
}
