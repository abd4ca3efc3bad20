package io.kmerflow.schema.codec;

import java.util.List;
import java.util.Locale;
import org.apache.avro.Schema;

/**
 * Walks the bytes of a binary record by the schema of its writer and sees that they are exactly one: every length and count
 * is within the bytes that are there, none is negative, and nothing follows the last field. Avro's own decoder allocates
 * what a length claims before it looks for the bytes, and stops where the record ends, whatever comes after. Nothing is
 * allocated here.
 *
 * <p>A negative count of an array or a map is Avro's form with the size of the block after it (specification 1.12, "Arrays");
 * it stands if that size is that of the block.
 */
final class BinaryShape {
    private static final int MAX_DEPTH = 64;
    private static final int MAX_INT_BYTES = 5;
    private static final int MAX_LONG_BYTES = 10;

    private final byte[] bytes;
    private int at;

    private BinaryShape(byte[] bytes, int at) {
        this.bytes = bytes;
        this.at = at;
    }

    /**
     * Checks all bytes from an offset on.
     *
     * @throws IllegalArgumentException at the first that cannot be; its message says what was expected, what came, at which byte
     */
    static void check(Schema writer, byte[] bytes, int offset) {
        BinaryShape shape = new BinaryShape(bytes, offset);
        shape.walk(writer, 0);
        if (shape.at != bytes.length) {
            throw new IllegalArgumentException(String.format(
                    Locale.ROOT,
                    "Expected the end of the record at byte %d, got %d bytes more",
                    shape.at,
                    bytes.length - shape.at));
        }
    }

    private void walk(Schema schema, int depth) {
        if (depth > MAX_DEPTH) {
            throw new IllegalArgumentException(String.format(
                    Locale.ROOT, "Expected records at most %d deep, got a deeper one at byte %d", MAX_DEPTH, at));
        }
        switch (schema.getType()) {
            case NULL -> {}
            case BOOLEAN -> requireBoolean();
            case INT -> varint(MAX_INT_BYTES);
            case LONG -> varint(MAX_LONG_BYTES);
            case FLOAT -> skip(Float.BYTES, "a float");
            case DOUBLE -> skip(Double.BYTES, "a double");
            case BYTES, STRING -> skip(varint(MAX_LONG_BYTES), schema.getType().getName());
            case FIXED -> skip(schema.getFixedSize(), schema.getName());
            case ENUM -> index(schema.getEnumSymbols().size(), schema.getName());
            case UNION -> {
                List<Schema> branches = schema.getTypes();
                walk(branches.get(index(branches.size(), "a union")), depth + 1);
            }
            case RECORD -> {
                for (Schema.Field field : schema.getFields()) {
                    walk(field.schema(), depth + 1);
                }
            }
            case ARRAY -> blocks(null, schema.getElementType(), depth);
            case MAP -> blocks(Schema.create(Schema.Type.STRING), schema.getValueType(), depth);
            default -> throw new IllegalArgumentException("Expected a type of Avro, got " + schema.getType());
        }
    }

    private void blocks(Schema key, Schema value, int depth) {
        while (true) {
            int start = at;
            long count = varint(MAX_LONG_BYTES);
            if (count == 0) {
                return;
            }
            long end = -1;
            if (count < 0) {
                long size = varint(MAX_LONG_BYTES);
                end = size < 0 ? Long.MIN_VALUE : at + size;
                count = -count;
            }
            // Every item of our schemas takes a byte or more, and Avro makes room for as many as are claimed.
            if (count < 0 || count > bytes.length - at) {
                throw new IllegalArgumentException(String.format(
                        Locale.ROOT,
                        "Expected a count of at most %d items at byte %d, got %d",
                        bytes.length - at,
                        start,
                        count));
            }
            if (key == null && value.getType() == Schema.Type.FLOAT) {
                skip(count * Float.BYTES, "floats");
            } else {
                for (long i = 0; i < count; i++) {
                    if (key != null) {
                        walk(key, depth + 1);
                    }
                    walk(value, depth + 1);
                }
            }
            if (end != -1 && end != at) {
                throw new IllegalArgumentException(String.format(
                        Locale.ROOT,
                        "Expected a count of 0 or more, or the size of the block after a negative one, at byte %d, got neither",
                        start));
            }
        }
    }

    private void requireBoolean() {
        skip(1, "a boolean");
        if (bytes[at - 1] != 0 && bytes[at - 1] != 1) {
            throw new IllegalArgumentException(String.format(
                    Locale.ROOT, "Expected a boolean, 0 or 1, at byte %d, got %d", at - 1, bytes[at - 1]));
        }
    }

    private int index(int choices, String of) {
        int start = at;
        long index = varint(MAX_INT_BYTES);
        if (index < 0 || index >= choices) {
            throw new IllegalArgumentException(String.format(
                    Locale.ROOT,
                    "Expected an index of %s from 0 to %d at byte %d, got %d",
                    of,
                    choices - 1,
                    start,
                    index));
        }
        return (int) index;
    }

    private void skip(long length, String what) {
        if (length < 0 || length > bytes.length - at) {
            throw new IllegalArgumentException(String.format(
                    Locale.ROOT,
                    "Expected %s of 0 to %d bytes at byte %d, got a length of %d",
                    what,
                    bytes.length - at,
                    at,
                    length));
        }
        at += (int) length;
    }

    /** A zigzag number of at most that number of bytes. */
    private long varint(int maxBytes) {
        long raw = 0;
        for (int i = 0; i < maxBytes; i++) {
            if (at == bytes.length) {
                throw new IllegalArgumentException(
                        String.format(Locale.ROOT, "Expected a number at byte %d, got the end", at));
            }
            byte next = bytes[at++];
            raw |= (next & 0x7FL) << (7 * i);
            if (next >= 0) {
                return (raw >>> 1) ^ -(raw & 1);
            }
        }
        throw new IllegalArgumentException(String.format(
                Locale.ROOT, "Expected a number of at most %d bytes before byte %d, got more", maxBytes, at));
    }
}
