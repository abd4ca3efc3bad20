package io.kmerflow.cli.base;

/** A command that cannot go on; its message is the one sentence the user sees, the exit code is 1. */
public class CommandFailure extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /** @param message what was expected, what came, where */
    public CommandFailure(String message) {
        super(message);
    }

    /** @param message what was expected, what came, where */
    public CommandFailure(String message, Throwable cause) {
        super(message, cause);
    }
}
