package io.kmerflow.sequence.identity;

import java.util.Locale;

/**
 * Which read: run, name and mate. Two reads with equal identity are one read that was delivered twice.
 *
 * @param runId sequencing run, not empty
 * @param readId name without /1 /2, not empty
 * @param mate 0 single, 1 or 2 of a pair
 */
public record ReadIdentity(String runId, String readId, int mate) {
    private static final int FIELDS = 3;

    public ReadIdentity {
        if (runId == null || runId.isEmpty() || readId == null || readId.isEmpty() || mate < 0 || mate > 2) {
            throw new IllegalArgumentException(String.format(
                    Locale.ROOT, "Expected a run, a name and mate 0, 1 or 2, got '%s', '%s', %d", runId, readId, mate));
        }
    }

    /** Run, name and mate as one text, separated by tabs; equal for equal identities alone. */
    public String key() {
        return escape(runId) + '\t' + escape(readId) + '\t' + mate;
    }

    /**
     * The identity of a {@link #key}.
     *
     * @throws IllegalArgumentException if it is none
     */
    public static ReadIdentity of(String key) {
        String[] fields = key.split("\t", -1);
        if (fields.length != FIELDS || !fields[2].matches("[012]")) {
            throw new IllegalArgumentException(String.format(
                    Locale.ROOT, "Expected run, name and mate, separated by tabs, got '%s'", key.replace('\t', ' ')));
        }
        return new ReadIdentity(unescape(fields[0]), unescape(fields[1]), Integer.parseInt(fields[2]));
    }

    /** Text without a tab, from which {@link #unescape} gives the text: a tab becomes {@code \t}, a backslash two. */
    public static String escape(String text) {
        return text.replace("\\", "\\\\").replace("\t", "\\t");
    }

    /** The text that {@link #escape} was given. */
    public static String unescape(String escaped) {
        StringBuilder text = new StringBuilder(escaped.length());
        for (int i = 0; i < escaped.length(); i++) {
            char c = escaped.charAt(i);
            if (c == '\\' && i + 1 < escaped.length()) {
                i++;
                c = escaped.charAt(i) == 't' ? '\t' : escaped.charAt(i);
            }
            text.append(c);
        }
        return text.toString();
    }
}
