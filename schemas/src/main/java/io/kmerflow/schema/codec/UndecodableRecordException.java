package io.kmerflow.schema.codec;

/** Bytes on a topic that are no record this reader knows; they belong to the dead letters. */
public final class UndecodableRecordException extends Exception {
    private static final long serialVersionUID = 1L;

    /** @param message what was expected and what came */
    public UndecodableRecordException(String message, Throwable cause) {
        super(message, cause);
    }
}
