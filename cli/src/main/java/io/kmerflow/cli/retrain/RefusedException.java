package io.kmerflow.cli.retrain;

import io.kmerflow.cli.base.CommandFailure;

/** A rule does not hold: the model that serves stays, or serves again. Its message names the rules and by how much. */
final class RefusedException extends CommandFailure {
    private static final long serialVersionUID = 1L;

    private final transient Object result;

    RefusedException(String message, Object result) {
        super(message);
        this.result = result;
    }

    /** What the step found, for the journal. */
    Object result() {
        return result;
    }
}
