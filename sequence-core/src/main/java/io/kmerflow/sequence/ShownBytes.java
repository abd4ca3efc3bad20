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

    /** The first bytes in single quotes, as UTF-8; what is no printable character is {@code ?}. */
    public static String quoted(byte[] bytes, int most) {
        int shown = Math.min(bytes.length, most);
        String text = printable(new String(bytes, 0, shown, StandardCharsets.UTF_8));
        return "'" + text + (shown < bytes.length ? "...'" : "'");
    }

    /** Text with {@code ?} for every character that is none to be seen. */
    public static String printable(String text) {
        StringBuilder shown = new StringBuilder();
        text.codePoints().map(ShownBytes::printable).forEach(shown::appendCodePoint);
        return shown.toString();
    }

    private static int printable(int character) {
        return switch (Character.getType(character)) {
            case Character.CONTROL,
                    Character.FORMAT,
                    Character.SURROGATE,
                    Character.PRIVATE_USE,
                    Character.UNASSIGNED,
                    Character.LINE_SEPARATOR,
                    Character.PARAGRAPH_SEPARATOR -> '?';
            default -> character == 0xfffd ? '?' : character;
        };
    }
}
