package io.kmerflow.sequence.file;

import java.io.IOException;

/**
 * Compressed bytes that end early or do not decompress. Bytes already delivered are good as far as they go. A reader whose
 * stream throws it reports a failure item at that place and ends.
 */
public final class DamagedStreamException extends IOException {
    private static final long serialVersionUID = 1L;

    private final SequenceItem.Reason reason;

    /**
     * @param reason what the reader's failure says
     * @param message one sentence: what was expected, what came
     */
    public DamagedStreamException(SequenceItem.Reason reason, String message) {
        super(message);
        this.reason = reason;
    }

    /** What the reader's failure says. */
    public SequenceItem.Reason reason() {
        return reason;
    }
}
