package io.kmerflow.job.model;

/** A candidate that does not serve; the model that serves goes on. */
public final class ModelRefusedException extends Exception {
    private static final long serialVersionUID = 1L;

    private final Refusal refusal;

    /** @param message what was expected, what came, where */
    public ModelRefusedException(Refusal.Code code, String message, Throwable cause) {
        super(message, cause);
        this.refusal = new Refusal(code, message);
    }

    /** Why. */
    public Refusal refusal() {
        return refusal;
    }
}
