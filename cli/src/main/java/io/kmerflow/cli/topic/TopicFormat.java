package io.kmerflow.cli.topic;

import io.kmerflow.schema.codec.ConfluentDecoder;
import io.kmerflow.schema.codec.RecordCodec;
import io.kmerflow.schema.codec.RecordDecoder;
import io.kmerflow.schema.registry.RegistryAddress;
import io.kmerflow.schema.registry.SchemaRegistry;
import org.apache.avro.specific.SpecificRecord;

/**
 * How topics are read.
 *
 * @param registry of the schemas of records in Confluent's format; null reads single-object encoding alone
 */
public record TopicFormat(RegistryAddress registry) {
    /** Single-object encoding. */
    public static final TopicFormat AVRO = new TopicFormat(null);

    <T extends SpecificRecord> RecordDecoder<T> decoder(Class<T> type) {
        return registry == null
                ? new RecordCodec<>(type)
                : new ConfluentDecoder<>(type, new SchemaRegistry(registry)::schema);
    }
}
