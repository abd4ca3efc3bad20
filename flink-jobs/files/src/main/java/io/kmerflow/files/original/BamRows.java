package io.kmerflow.files.original;

import htsjdk.samtools.SAMRecord;
import io.kmerflow.sequence.PrintableText;
import io.kmerflow.sequence.Sha256;
import java.nio.charset.StandardCharsets;

/**
 * Read names as BAM can hold them: 1 to {@value #NAME_CHARACTERS} printed ASCII characters but {@code @} (SAM specification
 * 1.4). Other characters become their number ({@link PrintableText}), what is too long is cut and ends in a digest of the
 * whole; the name as it was is in the tag {@code xn:Z}, other characters as numbers.
 */
final class BamRows {
    static final String NAME_AS_IT_WAS = "xn";

    private static final int NAME_CHARACTERS = 254;
    private static final int DIGEST_CHARACTERS = 32;
    private static final String NO_NAME = "*";

    private long changed;

    /** Gives the row a name, and the tag if that is another one. */
    void name(SAMRecord row, String name) {
        String fits = fit(name);
        row.setReadName(fits);
        if (!fits.equals(name)) {
            changed++;
            if (!name.isEmpty()) {
                row.setAttribute(NAME_AS_IT_WAS, ascii(name));
            }
        }
    }

    /** Rows whose name was changed. */
    long changed() {
        return changed;
    }

    static String fit(String name) {
        String ascii = name.isEmpty() ? NO_NAME : ascii(name);
        if (ascii.length() <= NAME_CHARACTERS) {
            return ascii;
        }
        return ascii.substring(0, NAME_CHARACTERS - DIGEST_CHARACTERS - 1) + "~" + digest(name);
    }

    private static String ascii(String name) {
        StringBuilder ascii = new StringBuilder(name.length());
        for (int i = 0; i < name.length(); i++) {
            char c = name.charAt(i);
            if (c > ' ' && c <= '~' && c != '@') {
                ascii.append(c);
            } else {
                ascii.append(PrintableText.escape(c));
            }
        }
        return ascii.toString();
    }

    private static String digest(String name) {
        return Sha256.hex(name.getBytes(StandardCharsets.UTF_8)).substring(0, DIGEST_CHARACTERS);
    }
}
