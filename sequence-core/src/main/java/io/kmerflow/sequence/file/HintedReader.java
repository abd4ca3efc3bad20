package io.kmerflow.sequence.file;

import io.kmerflow.sequence.file.SequenceItem.Failure;
import io.kmerflow.sequence.file.SequenceItem.Reason;
import java.io.IOException;

/** A reader of a stream whose start is no record, where something better can be said of that than how it fails. */
final class HintedReader implements SequenceReader {
    private final SequenceReader reader;
    private final String message;

    /**
     * @param reader closed with this
     * @param message of a malformed stretch at byte 0
     */
    HintedReader(SequenceReader reader, String message) {
        this.reader = reader;
        this.message = message;
    }

    @Override
    public SequenceItem next() throws IOException {
        SequenceItem item = reader.next();
        boolean start = item instanceof Failure failure
                && failure.position().byteStart() == 0
                && failure.reason() == Reason.MALFORMED_RECORD;
        return start ? new Failure(item.position(), Reason.MALFORMED_RECORD, message) : item;
    }

    @Override
    public void close() throws IOException {
        reader.close();
    }
}
