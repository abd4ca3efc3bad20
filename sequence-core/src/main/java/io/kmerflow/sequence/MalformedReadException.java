package io.kmerflow.sequence;

/** A read that cannot be what a sequencer wrote; it belongs to the dead letters, never in a batch. */
public final class MalformedReadException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /** @param message what was expected, what came */
    public MalformedReadException(String message) {
        super(message);
    }
}
