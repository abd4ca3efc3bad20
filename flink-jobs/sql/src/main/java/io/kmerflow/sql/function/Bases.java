package io.kmerflow.sql.function;

import io.kmerflow.sequence.MalformedReadException;
import io.kmerflow.sequence.Nucleotide;
import java.nio.charset.StandardCharsets;

/** Bases as text. */
final class Bases {
    private Bases() {}

    /** Upper-case bases as {@link Nucleotide#normalize} gives them; null for null, and for text that is none. */
    static byte[] of(String text) {
        if (text == null) {
            return null;
        }
        try {
            return Nucleotide.normalize(text.getBytes(StandardCharsets.ISO_8859_1));
        } catch (MalformedReadException e) {
            return null;
        }
    }

    static String text(byte[] bases) {
        return new String(bases, StandardCharsets.ISO_8859_1);
    }
}
