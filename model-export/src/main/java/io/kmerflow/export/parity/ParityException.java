package io.kmerflow.export.parity;

/** An exported graph that does not score as its trainer does; it is never shipped. */
public final class ParityException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public ParityException(String message) {
        super(message);
    }
}
