package io.kmerflow.schema.codec;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.util.Locale;
import org.apache.avro.Schema;
import org.apache.avro.message.BinaryMessageDecoder;
import org.apache.avro.message.BinaryMessageEncoder;
import org.apache.avro.specific.SpecificData;
import org.apache.avro.specific.SpecificRecord;

/**
 * Avro single-object encoding of one record class: bytes C3 01, the 8-byte CRC-64-AVRO fingerprint of the writer's
 * schema, then the binary record (Avro specification 1.12, "Single-object encoding"). Reads the records of
 * every release ({@link ReleasedSchemas}), and every schema added by {@link #reading}. Not safe for several threads: one codec per thread.
 *
 * @param <T> generated record class
 */
public final class RecordCodec<T extends SpecificRecord> {
    /** Twice the largest record of a topic. */
    private static final int MAX_FIELD_LENGTH = 64 << 20;

    static {
        // Avro allocates what a length prefix claims before it looks whether the bytes are there: one damaged record
        // could ask for 2 GiB and take the process down. Avro reads these limits once, at its first decoding.
        for (String limit : new String[] {"bytes", "string", "collectionItems"}) {
            String property = "org.apache.avro.limits." + limit + ".maxLength";
            if (System.getProperty(property) == null) {
                System.setProperty(property, Integer.toString(MAX_FIELD_LENGTH));
            }
        }
    }

    private final Class<T> type;
    private final BinaryMessageEncoder<T> encoder;
    private final BinaryMessageDecoder<T> decoder;

    /** @param type generated class; its own schema is written and read */
    public RecordCodec(Class<T> type) {
        SpecificData data = SpecificData.getForClass(type);
        Schema schema = data.getSchema(type);
        this.type = type;
        this.encoder = new BinaryMessageEncoder<>(data, schema, true);
        this.decoder = new BinaryMessageDecoder<>(data, schema);
        ReleasedSchemas.of(schema.getName()).forEach(decoder::addSchema);
    }

    /** Also reads records written with that schema; returns this codec. */
    public RecordCodec<T> reading(Schema writerSchema) {
        decoder.addSchema(writerSchema);
        return this;
    }

    /** The record as bytes, a new array. */
    public byte[] encode(T value) {
        try {
            ByteBuffer bytes = encoder.encode(value);
            byte[] copy = new byte[bytes.remaining()];
            bytes.get(copy);
            return copy;
        } catch (IOException e) {
            throw new UncheckedIOException(e); // writes to memory only
        }
    }

    /**
     * The record in the bytes.
     *
     * @throws UndecodableRecordException if the header is not Avro's, the fingerprint is unknown, or the body is cut short
     */
    public T decode(byte[] bytes) throws UndecodableRecordException {
        if (bytes == null) {
            throw new UndecodableRecordException(
                    String.format(Locale.ROOT, "Expected a %s, got no value", type.getSimpleName()), null);
        }
        try {
            return decoder.decode(bytes, null);
        } catch (IOException | RuntimeException e) {
            // Avro throws its own, ArrayIndexOutOfBounds and NegativeArraySize alike on damaged bodies.
            throw new UndecodableRecordException(
                    String.format(
                            Locale.ROOT,
                            "Expected a %s in Avro single-object encoding, got %d bytes that are none: %s",
                            type.getSimpleName(),
                            bytes.length,
                            e),
                    e);
        }
    }
}
