package io.kmerflow.files.original;

import java.io.Closeable;
import java.io.IOException;
import java.util.List;

/** Something made of the original records and their calls. */
public interface OriginalOutput extends Closeable {
    /**
     * Takes a record, or two mates of one fragment.
     *
     * @param record the first mate, or a read alone
     * @param mate the second mate, or null
     */
    void accept(OriginalRecord record, OriginalRecord mate) throws IOException;

    /** Everything came: completes the files, which get their names later. */
    void finish() throws IOException;

    /** Releases what is open, after {@link #finish} or in its place. */
    @Override
    void close() throws IOException;

    /** What the user should know of the files, a sentence each. */
    default List<String> notes() {
        return List.of();
    }
}
