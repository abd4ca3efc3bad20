package io.kmerflow.sequence.file;

import java.io.Closeable;
import java.io.IOException;

/** Streams one sequence file. Used by one thread. */
public interface SequenceReader extends Closeable {
    /**
     * The next item.
     *
     * @return a record or a failure, or null at the end of the file
     * @throws IOException if the file cannot be read any further; damaged compression is a failure item instead
     */
    SequenceItem next() throws IOException;
}
