package io.kmerflow.files.write;

import java.io.IOException;

/**
 * Standard output cannot be written any more. An error, since whatever prints swallows an {@link IOException}, and so that
 * nobody on the way takes it for a failure of something else.
 */
public final class StandardOutputError extends Error {
    private static final long serialVersionUID = 1L;

    /** @param cause what the system said */
    public StandardOutputError(IOException cause) {
        super("Expected to write standard output, got: " + cause.getMessage(), cause);
    }
}
