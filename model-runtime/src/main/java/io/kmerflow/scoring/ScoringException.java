package io.kmerflow.scoring;

/** A batch that could not be scored; its kind says what to do about it. */
public final class ScoringException extends Exception {
    private static final long serialVersionUID = 1L;

    /** What went wrong, and so what helps. */
    public enum Kind {
        /** This batch cannot be scored: split it to find the record at fault. */
        BATCH,
        /** The device is out of memory: try a smaller batch. */
        OUT_OF_MEMORY,
        /** The session or device is lost: fail the task and restart. */
        DEVICE_LOST
    }

    private final Kind kind;

    /** @param message what was expected, what came */
    public ScoringException(Kind kind, String message, Throwable cause) {
        super(message, cause);
        this.kind = kind;
    }

    /** What helps. */
    public Kind kind() {
        return kind;
    }
}
