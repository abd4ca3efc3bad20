package io.kmerflow.job.model;

import java.io.Serializable;

/**
 * Why a candidate does not serve.
 *
 * @param code one word for metrics and tables
 * @param message what was expected, what came, where
 */
public record Refusal(Code code, String message) implements Serializable {
    /** What kind of reason. */
    public enum Code {
        /** The announcement cannot be read, or lacks what it needs. */
        BAD_ANNOUNCEMENT,
        /** No bundle there, a file missing or malformed, or changed after the bundle was made. */
        BROKEN_BUNDLE,
        /** Signatures are asked for, and no trusted key has signed the bundle as it is. */
        NOT_TRUSTED,
        /** A whole bundle, but not the one announced. */
        WRONG_BUNDLE,
        /** The bundle needs other input, or calls other things, than the model that serves. */
        WRONG_CONTRACT,
        /** The runtime refuses the graph, or its logits are not the trainer's. */
        NOT_LOADABLE,
        /** Not every subtask answered in time. */
        TIME_OUT,
        /** A later announcement came. */
        SUPERSEDED,
        /** Not above the last revision: another publisher was first. */
        STALE_REVISION
    }

    @Override
    public String toString() {
        return code + ": " + message;
    }
}
