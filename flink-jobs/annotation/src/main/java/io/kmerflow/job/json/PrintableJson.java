package io.kmerflow.job.json;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.SerializableString;
import com.fasterxml.jackson.core.io.CharacterEscapes;
import com.fasterxml.jackson.core.io.SerializedString;
import io.kmerflow.sequence.PrintableText;
import java.util.Locale;

/**
 * JSON that may go to a terminal: what {@link PrintableText} does not print is written as {@code \}{@code u009b}, which JSON
 * demands up to 0x1f only. Reading it gives the text as it was.
 */
public final class PrintableJson extends CharacterEscapes {
    private static final long serialVersionUID = 1L;
    private static final int DELETE = 0x7f;

    private final int[] ascii = standardAsciiEscapesForJSON();

    private PrintableJson() {
        ascii[DELETE] = ESCAPE_STANDARD;
    }

    /** Makes generators that write so. */
    public static JsonFactory factory() {
        return new JsonFactory().setCharacterEscapes(new PrintableJson());
    }

    @Override
    public int[] getEscapeCodesForAscii() {
        return ascii;
    }

    /** Of one UTF-16 unit; the halves of pairs stay, since they come one by one. */
    @Override
    public SerializableString getEscapeSequence(int unit) {
        boolean kept = PrintableText.isPrintable(unit) || Character.isSurrogate((char) unit);
        return kept ? null : new SerializedString(String.format(Locale.ROOT, "\\u%04X", unit));
    }
}
