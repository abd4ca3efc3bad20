package io.kmerflow.files.read;

import htsjdk.samtools.SAMFileHeader;
import htsjdk.samtools.SAMRecord;
import java.io.Closeable;
import java.io.IOException;

/** Header and records of an open file of alignments. */
interface AlignmentRecords extends Closeable {
    /** The header, read when the file was opened. */
    SAMFileHeader header();

    /**
     * The next record, or null at the end. Its fields may be decoded later, and be damaged then: htsjdk's own exceptions
     * are all unchecked.
     *
     * @throws IOException if the file ends too soon or is damaged
     */
    SAMRecord next() throws IOException;
}
