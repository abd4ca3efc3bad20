package io.kmerflow.job.sink;

import io.kmerflow.schema.ReadAnnotation;

/** Names of reads and labels as text formats can hold them. */
public final class ReadNames {
    private ReadNames() {}

    /** The read's name, /1 or /2 behind it for mates. */
    public static String withMate(ReadAnnotation annotation) {
        String name = plain(annotation.getReadId());
        return annotation.getMate() == 0 ? name : name + "/" + annotation.getMate();
    }

    /** Without the characters that end a column or a line. */
    public static String plain(String text) {
        return text == null ? "" : text.replace('\t', ' ').replace('\n', ' ').replace('\r', ' ');
    }

    /** As part of a file name: everything but letters, digits, dot, plus and minus becomes '_'. */
    public static String inFileName(String text) {
        String safe = text.replaceAll("[^A-Za-z0-9.+-]", "_");
        return safe.startsWith(".") ? "_" + safe.substring(1) : safe;
    }
}
