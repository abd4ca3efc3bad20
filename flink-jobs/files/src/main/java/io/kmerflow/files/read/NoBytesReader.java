package io.kmerflow.files.read;

import io.kmerflow.sequence.file.FilePosition;
import io.kmerflow.sequence.file.SequenceItem;
import io.kmerflow.sequence.file.SequenceReader;

/** A file without a byte whose name promises a compressed one, which has some even where it holds no read. */
final class NoBytesReader implements SequenceReader {
    private boolean said;

    @Override
    public SequenceItem next() {
        if (said) {
            return null;
        }
        said = true;
        return new SequenceItem.Failure(
                new FilePosition(1, 1, 0, 0),
                SequenceItem.Reason.DAMAGED_COMPRESSION,
                "Expected a compressed file, as its name says, got one of 0 bytes");
    }

    @Override
    public void close() {}
}
