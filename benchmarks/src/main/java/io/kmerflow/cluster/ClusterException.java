package io.kmerflow.cluster;

/** A process or a job that is not as it was expected; the message is one sentence for the user. */
public final class ClusterException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /** @param message what was expected, what came, where */
    public ClusterException(String message) {
        super(message);
    }

    /** @param message what was expected, what came, where */
    public ClusterException(String message, Throwable cause) {
        super(message, cause);
    }
}
