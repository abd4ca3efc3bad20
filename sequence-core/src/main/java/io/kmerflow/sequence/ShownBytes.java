package io.kmerflow.sequence;

import java.nio.charset.StandardCharsets;
import java.util.Locale;

/** Bytes of an input as a message shows them: a character as itself, and nothing that a terminal would obey. */
public final class ShownBytes {
    private static final int DELETE = 0x7f;

    private ShownBytes() {}

    /** One byte: {@code 'E'}, {@code a carriage return}, {@code control character 0x1b}, {@code byte 0xe9}. */
    public static String character(byte value) {
        return switch (value) {
            case 0 -> "a NUL byte";
            case '\t' -> "a tab";
            case '\n' -> "a line feed";
            case '\r' -> "a carriage return";
            case ' ' -> "a blank";
            default -> {
                if (value > ' ' && value < DELETE) {
                    yield "'" + (char) value + "'";
                }
                yield String.format(Locale.ROOT, value < 0 ? "byte 0x%02x" : "control character 0x%02x", value & 0xff);
            }
        };
    }

    /** The first bytes in single quotes, as UTF-8, in the form of {@link PrintableText}. */
    public static String quoted(byte[] bytes, int most) {
        int shown = Math.min(bytes.length, most);
        String text = PrintableText.escape(new String(bytes, 0, shown, StandardCharsets.UTF_8));
        return "'" + text + (shown < bytes.length ? "...'" : "'");
    }
}
