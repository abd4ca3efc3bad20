package io.kmerflow.schema.codec;

import java.io.IOException;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.function.IntFunction;
import org.apache.avro.Schema;
import org.apache.avro.SchemaCompatibility;
import org.apache.avro.SchemaCompatibility.SchemaCompatibilityType;
import org.apache.avro.io.DecoderFactory;
import org.apache.avro.specific.SpecificData;
import org.apache.avro.specific.SpecificDatumReader;
import org.apache.avro.specific.SpecificRecord;

/**
 * Reads {@link ConfluentFormat}, and single-object encoding too, so that a topic may change from one to the other.
 *
 * @param <T> generated record class
 */
public final class ConfluentDecoder<T extends SpecificRecord> implements RecordDecoder<T> {
    /** Ids whose schema is kept; garbage may name any number of them. */
    private static final int MAX_SCHEMAS = 1_000;

    private final Class<T> type;
    private final RecordCodec<T> singleObject;
    private final IntFunction<Schema> registry;
    private final Schema reader;
    private final Map<Integer, Writer<T>> writers = new HashMap<>();

    /** A schema and what reads its records, or why none does. */
    private record Writer<T>(Schema schema, SpecificDatumReader<T> records, String problem) {}

    /**
     * @param type generated class
     * @param registry gives the schema with an id, or null if there is none; what it throws passes through
     */
    public ConfluentDecoder(Class<T> type, IntFunction<Schema> registry) {
        this.type = type;
        this.singleObject = new RecordCodec<>(type);
        this.registry = registry;
        this.reader = SpecificData.getForClass(type).getSchema(type);
    }

    @Override
    public T decode(byte[] bytes) throws UndecodableRecordException {
        if (!ConfluentFormat.is(bytes)) {
            return singleObject.decode(bytes);
        }
        int id = ConfluentFormat.schemaId(bytes);
        if (writers.size() == MAX_SCHEMAS) {
            writers.clear();
        }
        Writer<T> writer = writers.computeIfAbsent(id, this::writer);
        if (writer.problem() != null) {
            throw new UndecodableRecordException(writer.problem(), null);
        }
        try {
            BinaryShape.check(writer.schema(), bytes, ConfluentFormat.HEADER_BYTES);
            int length = bytes.length - ConfluentFormat.HEADER_BYTES;
            return writer.records()
                    .read(null, DecoderFactory.get().binaryDecoder(bytes, ConfluentFormat.HEADER_BYTES, length, null));
        } catch (IOException | RuntimeException e) {
            // As in RecordCodec: Avro throws its own, and others, on damaged bodies.
            throw new UndecodableRecordException(
                    String.format(
                            Locale.ROOT,
                            "Expected a %s written with schema %d of the registry, got %d bytes that are none: %s",
                            type.getSimpleName(),
                            id,
                            bytes.length,
                            e instanceof IllegalArgumentException ? e.getMessage() : e),
                    e);
        }
    }

    private Writer<T> writer(int id) {
        Schema schema = registry.apply(id);
        if (schema == null) {
            return new Writer<>(
                    null,
                    null,
                    String.format(Locale.ROOT, "Expected an Avro schema %d in the registry, there is none", id));
        }
        SchemaCompatibilityType compatible = SchemaCompatibility.checkReaderWriterCompatibility(reader, schema)
                .getType();
        if (compatible != SchemaCompatibilityType.COMPATIBLE) {
            return new Writer<>(
                    null,
                    null,
                    String.format(
                            Locale.ROOT,
                            "Expected a schema that a %s can be read with, schema %d of the registry, %s, is none",
                            type.getSimpleName(),
                            id,
                            schema.getFullName()));
        }
        return new Writer<>(schema, new SpecificDatumReader<>(schema, reader, SpecificData.getForClass(type)), null);
    }
}
