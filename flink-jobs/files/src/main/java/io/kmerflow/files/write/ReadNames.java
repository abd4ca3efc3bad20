package io.kmerflow.files.write;

import io.kmerflow.schema.ReadAnnotation;
import io.kmerflow.sequence.PrintableText;
import java.nio.charset.StandardCharsets;
import java.util.Locale;

/** Names of reads and labels as text formats can hold them. */
public final class ReadNames {
    private ReadNames() {}

    /** The read's name, /1 or /2 behind it for mates. */
    public static String withMate(ReadAnnotation annotation) {
        String name = annotation.getReadId();
        return annotation.getMate() == 0 ? name : name + "/" + annotation.getMate();
    }

    /** As a cell of a table: without the characters that end a column or a line ({@link PrintableText}); absent is empty. */
    public static String plain(String text) {
        return text == null ? "" : PrintableText.escape(text);
    }

    /**
     * As the first column of BED and bedGraph: as {@link #plain}, and without blanks; one that would make the line a
     * comment or a track line has the number of its first character, and one without characters is a dot.
     */
    static String inBed(String name) {
        String plain = PrintableText.escape(name).replace(" ", PrintableText.escape(' '));
        if (plain.isEmpty()) {
            return ".";
        }
        boolean otherLine = plain.startsWith("#") || plain.startsWith("track") || plain.startsWith("browser");
        return otherLine ? PrintableText.escape(plain.charAt(0)) + plain.substring(1) : plain;
    }

    /** As part of a file name: everything but letters, digits, dot, plus and minus becomes '_'. */
    public static String inFileName(String text) {
        String safe = text.replaceAll("[^A-Za-z0-9.+-]", "_");
        return safe.startsWith(".") ? "_" + safe.substring(1) : safe;
    }

    /** As {@link #inFileName}, but never the same for two texts: those characters become %XX. */
    public static String inUniqueFileName(String text) {
        StringBuilder name = new StringBuilder();
        for (byte one : text.getBytes(StandardCharsets.UTF_8)) {
            String letter = String.valueOf((char) (one & 0xff));
            name.append(letter.equals(inFileName(letter)) ? letter : String.format(Locale.ROOT, "%%%02X", one & 0xff));
        }
        return name.toString();
    }
}
