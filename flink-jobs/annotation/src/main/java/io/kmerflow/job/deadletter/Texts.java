package io.kmerflow.job.deadletter;

import java.util.Locale;

/** Texts of a dead letter, which may quote input of any size. */
public final class Texts {
    private Texts() {}

    /**
     * The text, or its beginning with the number of characters it had; null stays null.
     *
     * @param max most characters that are kept
     */
    public static String cut(String text, int max) {
        if (text == null || text.length() <= max) {
            return text;
        }
        int end = max > 0 && Character.isHighSurrogate(text.charAt(max - 1)) ? max - 1 : max;
        return String.format(Locale.ROOT, "%s... (%d characters)", text.substring(0, end), text.length());
    }
}
