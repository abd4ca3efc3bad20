package io.kmerflow.sequence.file;

import java.io.IOException;

/** Qualities that are not, or not surely, at offset 33, in a file of which nobody said how it spells them. */
public final class UnclearQualitiesException extends IOException {
    private static final long serialVersionUID = 1L;

    /** @param message one sentence: what was expected, what came */
    public UnclearQualitiesException(String message) {
        super(message);
    }
}
