package io.kmerflow.files.write;

/** Outputs that cannot be written as asked; found before anything was. Its message is one sentence for the user. */
public final class RefusedOutputException extends IllegalArgumentException {
    private static final long serialVersionUID = 1L;

    /** @param message what was expected, what came, which option helps */
    public RefusedOutputException(String message) {
        super(message);
    }
}
