package io.kmerflow.schema.codec;

import java.nio.ByteBuffer;

/** The wire format of Confluent's serializers: a byte 0, the id of the writer's schema in a registry as int32, big-endian, the binary record. */
public final class ConfluentFormat {
    /** First byte of a record; that of single-object encoding is C3. */
    static final byte MAGIC = 0;

    static final int HEADER_BYTES = 1 + Integer.BYTES;

    private ConfluentFormat() {}

    /**
     * A record with the header of this format instead of that of single-object encoding; the rest is the same in both.
     *
     * @param schemaId of the schema that the record was written with
     * @param singleObject as {@link RecordCodec#encode} gives it
     */
    public static byte[] of(int schemaId, byte[] singleObject) {
        return ByteBuffer.allocate(HEADER_BYTES + singleObject.length - RecordCodec.HEADER_BYTES)
                .put(MAGIC)
                .putInt(schemaId)
                .put(singleObject, RecordCodec.HEADER_BYTES, singleObject.length - RecordCodec.HEADER_BYTES)
                .array();
    }

    static boolean is(byte[] bytes) {
        return bytes != null && bytes.length >= HEADER_BYTES && bytes[0] == MAGIC;
    }

    static int schemaId(byte[] bytes) {
        return ByteBuffer.wrap(bytes).getInt(1);
    }
}
