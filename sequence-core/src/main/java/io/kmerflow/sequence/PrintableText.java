package io.kmerflow.sequence;

import java.util.Locale;

/**
 * Text from outside (read names, header fields, file names, labels) as a line of a table, a message or a terminal can hold
 * it. Characters that are not printed become their number: {@code \x1b} up to 0xff, {@code \}{@code u2028} above. These are
 * control characters (C0, DEL, C1: tab and line ends too), line and paragraph separators, format characters such as
 * those that turn the direction of writing, and halves of surrogate pairs. Everything else, a backslash too, stays.
 */
public final class PrintableText {
    private static final int DELETE = 0x7f;

    private PrintableText() {}

    /** The text in one line; itself if nothing has to be replaced. Null stays null. */
    public static String escape(String text) {
        if (text == null) {
            return null;
        }
        for (int i = 0; i < text.length(); i++) {
            if (text.charAt(i) >= DELETE || text.charAt(i) < ' ') {
                return escape(text, i);
            }
        }
        return text;
    }

    private static String escape(String text, int from) {
        StringBuilder escaped = new StringBuilder(text.length() + 8).append(text, 0, from);
        for (int i = from; i < text.length(); ) {
            int point = text.codePointAt(i);
            int length = Character.charCount(point);
            if (isPrintable(point)) {
                escaped.appendCodePoint(point);
            } else {
                for (int part = 0; part < length; part++) {
                    escaped.append(escape(text.charAt(i + part)));
                }
            }
            i += length;
        }
        return escaped.toString();
    }

    /** Whether a code point stands for something that is printed. */
    public static boolean isPrintable(int point) {
        if (point < DELETE) {
            return point >= ' ';
        }
        return switch (Character.getType(point)) {
            case Character.CONTROL,
                    Character.FORMAT,
                    Character.SURROGATE,
                    Character.LINE_SEPARATOR,
                    Character.PARAGRAPH_SEPARATOR -> false;
            default -> true;
        };
    }

    /** The number of a character: {@code \x1b} up to 0xff, four digits above. */
    public static String escape(char character) {
        return character <= 0xff
                ? String.format(Locale.ROOT, "\\x%02x", (int) character)
                : String.format(Locale.ROOT, "\\u%04x", (int) character);
    }
}
