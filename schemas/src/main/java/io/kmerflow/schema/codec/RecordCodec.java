package io.kmerflow.schema.codec;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.Locale;
import java.util.Map;
import org.apache.avro.Schema;
import org.apache.avro.SchemaNormalization;
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
public final class RecordCodec<T extends SpecificRecord> implements RecordDecoder<T> {
    private static final byte[] MARKER = {(byte) 0xC3, 1};
    static final int HEADER_BYTES = 10;

    private final Class<T> type;
    private final BinaryMessageEncoder<T> encoder;
    private final BinaryMessageDecoder<T> decoder;
    private final Map<Long, Schema> writers = new HashMap<>();

    /** @param type generated class; its own schema is written and read */
    public RecordCodec(Class<T> type) {
        SpecificData data = SpecificData.getForClass(type);
        Schema schema = data.getSchema(type);
        this.type = type;
        this.encoder = new BinaryMessageEncoder<>(data, schema, true);
        this.decoder = new BinaryMessageDecoder<>(data, schema);
        writers.put(SchemaNormalization.parsingFingerprint64(schema), schema);
        ReleasedSchemas.of(schema.getName()).values().forEach(this::reading);
    }

    /** Also reads records written with that schema; returns this codec. */
    public RecordCodec<T> reading(Schema writerSchema) {
        decoder.addSchema(writerSchema);
        writers.put(SchemaNormalization.parsingFingerprint64(writerSchema), writerSchema);
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
     * The record in the bytes. What is allocated is in proportion to the bytes, whatever lengths they claim.
     *
     * @throws UndecodableRecordException if the header is not Avro's, the fingerprint is unknown, or the body is not exactly
     *     one record: cut short, with bytes left over, or with lengths, counts or indexes that cannot be
     */
    @Override
    public T decode(byte[] bytes) throws UndecodableRecordException {
        if (bytes == null) {
            throw new UndecodableRecordException(
                    String.format(Locale.ROOT, "Expected a %s, got no value", type.getSimpleName()), null);
        }
        try {
            BinaryShape.check(writer(bytes), bytes, HEADER_BYTES);
            return decoder.decode(bytes, null);
        } catch (IOException | RuntimeException e) {
            // Avro throws its own, ArrayIndexOutOfBounds and NegativeArraySize alike on damaged bodies.
            throw new UndecodableRecordException(
                    String.format(
                            Locale.ROOT,
                            "Expected a %s in Avro single-object encoding, got %d bytes that are none: %s",
                            type.getSimpleName(),
                            bytes.length,
                            e instanceof IllegalArgumentException ? e.getMessage() : e),
                    e);
        }
    }

    /** The schema that the header names. */
    private Schema writer(byte[] bytes) {
        if (bytes.length < HEADER_BYTES || bytes[0] != MARKER[0] || bytes[1] != MARKER[1]) {
            throw new IllegalArgumentException(String.format(
                    Locale.ROOT,
                    "Expected the bytes C3 01 and a fingerprint of 8 bytes at the start, got %s%s",
                    HexFormat.ofDelimiter(" ")
                            .withUpperCase()
                            .formatHex(bytes, 0, Math.min(bytes.length, HEADER_BYTES)),
                    ConfluentFormat.is(bytes)
                            ? ", as Confluent's format begins, which is read with a schema registry"
                            : ""));
        }
        long fingerprint = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).getLong(MARKER.length);
        Schema writer = writers.get(fingerprint);
        if (writer == null) {
            throw new IllegalArgumentException(String.format(
                    Locale.ROOT,
                    "Expected the fingerprint of a schema of %s, got %016x",
                    type.getSimpleName(),
                    fingerprint));
        }
        return writer;
    }
}
