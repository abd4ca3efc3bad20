package io.kmerflow.job.original;

import java.io.IOException;

/** Something made of the original records and their calls. */
public interface OriginalOutput {
    /**
     * Takes a record, or two mates of one fragment.
     *
     * @param record the first mate, or a read alone
     * @param mate the second mate, or null
     */
    void accept(OriginalRecord record, OriginalRecord mate) throws IOException;

    /** Everything came: completes the files and gives them their names. */
    void finish() throws IOException;
}
