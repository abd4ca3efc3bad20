package io.kmerflow.bundle;

/** A bundle that is not whole, not coherent or not what its digest says; it is refused, never served. */
public final class BundleException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /** @param message what was expected, what came, where */
    public BundleException(String message) {
        super(message);
    }

    /** @param message what was expected, what came, where */
    public BundleException(String message, Throwable cause) {
        super(message, cause);
    }
}
