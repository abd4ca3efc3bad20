package io.kmerflow.job.decode;

import io.kmerflow.schema.SequencedRead;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/**
 * How large what stands beside a read's bases may be. Names are part of keys, annotations and dead letters: one of
 * megabytes would be a record that no topic takes. A read with a longer name is put aside, since a name cut short may be
 * that of another read; attributes, which nothing depends on, are cut.
 */
public final class ReadLimits {
    /** Longest read id, run id, sample id and barcode name, in bytes as UTF-8. BAM allows 254, Kafka no key near this. */
    public static final int MAX_NAME_BYTES = 1 << 16;

    /** Most bytes of all attributes of a read, names and values as UTF-8. */
    public static final int MAX_ATTRIBUTE_BYTES = 1 << 20;

    /** Attribute that names those left out because all together were larger than {@link #MAX_ATTRIBUTE_BYTES}. */
    public static final String CUT_ATTRIBUTE = "kmerflow.cut";

    private static final int MAX_UTF8_BYTES_PER_CHARACTER = 3;

    private ReadLimits() {}

    /** What is wrong with the read's names in one sentence, or null. */
    public static String nameOverLimit(SequencedRead read) {
        String wrong = over("read id", read.getReadId());
        wrong = wrong == null ? over("run id", read.getRunId()) : wrong;
        wrong = wrong == null ? over("sample id", read.getSampleId()) : wrong;
        return wrong == null ? over("barcode name", read.getBarcodeName()) : wrong;
    }

    private static String over(String what, String name) {
        if (name == null || (long) name.length() * MAX_UTF8_BYTES_PER_CHARACTER <= MAX_NAME_BYTES) {
            return null; // which is every name there is
        }
        long bytes = utf8Bytes(name);
        return bytes <= MAX_NAME_BYTES
                ? null
                : String.format(Locale.ROOT, "Expected a %s of at most %d bytes, got %d", what, MAX_NAME_BYTES, bytes);
    }

    /**
     * The attributes, or, where they are too large together, the smallest of them that are not, with {@link #CUT_ATTRIBUTE}
     * for the others.
     */
    public static Map<String, String> cut(Map<String, String> attributes) {
        long bytes = 0;
        for (Map.Entry<String, String> attribute : attributes.entrySet()) {
            bytes += bytes(attribute);
        }
        if (bytes <= MAX_ATTRIBUTE_BYTES) {
            return attributes;
        }
        Map<String, String> kept = new TreeMap<>();
        StringBuilder left = new StringBuilder();
        long room = MAX_ATTRIBUTE_BYTES;
        for (Map.Entry<String, String> attribute : attributes.entrySet().stream()
                .sorted((a, b) -> Long.compare(bytes(a), bytes(b)))
                .toList()) {
            room -= bytes(attribute);
            if (room >= 0) {
                kept.put(attribute.getKey(), attribute.getValue());
            } else if (left.length() + attribute.getKey().length() < MAX_NAME_BYTES) {
                left.append(left.isEmpty() ? "" : " ").append(attribute.getKey());
            }
        }
        kept.put(CUT_ATTRIBUTE, left.toString());
        return kept;
    }

    private static long bytes(Map.Entry<String, String> attribute) {
        return utf8Bytes(attribute.getKey()) + utf8Bytes(attribute.getValue());
    }

    private static long utf8Bytes(String text) {
        long bytes = 0;
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            boolean half = Character.isSurrogate(c);
            bytes += c < 0x80 ? 1 : c < 0x800 || half ? 2 : MAX_UTF8_BYTES_PER_CHARACTER;
        }
        return bytes;
    }
}
