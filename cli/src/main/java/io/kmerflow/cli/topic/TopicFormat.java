package io.kmerflow.cli.topic;

import io.kmerflow.job.json.AnnotationDecoder;
import io.kmerflow.job.json.ReadDecoder;
import io.kmerflow.schema.ReadAnnotation;
import io.kmerflow.schema.SequencedRead;
import io.kmerflow.schema.codec.ConfluentDecoder;
import io.kmerflow.schema.codec.RecordCodec;
import io.kmerflow.schema.codec.RecordDecoder;
import io.kmerflow.schema.registry.RegistryAddress;
import io.kmerflow.schema.registry.SchemaRegistry;
import org.apache.avro.specific.SpecificRecord;

/**
 * How topics are read; reads and annotations in JSON too.
 *
 * @param registry of the schemas of records in Confluent's format; null reads single-object encoding alone
 */
public record TopicFormat(RegistryAddress registry) {
    /** Single-object encoding. */
    public static final TopicFormat AVRO = new TopicFormat(null);

    @SuppressWarnings("unchecked") // the decoder of that type
    <T extends SpecificRecord> RecordDecoder<T> decoder(Class<T> type) {
        if (type == ReadAnnotation.class) {
            return (RecordDecoder<T>) new AnnotationDecoder(registry);
        }
        if (type == SequencedRead.class) {
            return (RecordDecoder<T>) new ReadDecoder(registry);
        }
        return registry == null
                ? new RecordCodec<>(type)
                : new ConfluentDecoder<>(type, new SchemaRegistry(registry)::schema);
    }
}
