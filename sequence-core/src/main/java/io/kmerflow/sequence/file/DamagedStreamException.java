package io.kmerflow.sequence.file;

import java.io.IOException;

/** Compressed bytes that end early or do not decompress. Bytes already delivered are good as far as they go. */
final class DamagedStreamException extends IOException {
    private static final long serialVersionUID = 1L;

    private final SequenceItem.Reason reason;

    DamagedStreamException(SequenceItem.Reason reason, String message) {
        super(message);
        this.reason = reason;
    }

    SequenceItem.Reason reason() {
        return reason;
    }
}
