package io.kmerflow.corpus.label;

/** A line that could not become a label; it belongs to the dead letters. */
public final class MalformedLabelException extends Exception {
    private static final long serialVersionUID = 1L;

    /** A line that has not the shape of its format. */
    static final String MALFORMED_RECORD = "MALFORMED_RECORD";
    /** A line without something that a label has. */
    static final String MISSING_FIELD = "MISSING_FIELD";
    /** A line with a value that cannot be. */
    static final String BAD_VALUE = "BAD_VALUE";

    private final String reason;

    /**
     * @param reason one word in capitals
     * @param message what was expected, what came
     */
    MalformedLabelException(String reason, String message) {
        super(message);
        this.reason = reason;
    }

    /** One word in capitals. */
    public String reason() {
        return reason;
    }
}
