package io.kmerflow.files.read;

import htsjdk.samtools.SAMFileHeader;
import htsjdk.samtools.SAMRecord;
import htsjdk.samtools.SAMRecordIterator;
import htsjdk.samtools.SamInputResource;
import htsjdk.samtools.SamReader;
import htsjdk.samtools.SamReaderFactory;
import htsjdk.samtools.ValidationStringency;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;

/** CRAM as htsjdk reads it. */
final class CramRecords implements AlignmentRecords {
    private final SamReader reader;
    private final SAMRecordIterator records;

    /**
     * @param in closed with this
     * @param reference FASTA of the reference, or null
     */
    CramRecords(InputStream in, Path reference) {
        SamReaderFactory factory = SamReaderFactory.makeDefault().validationStringency(ValidationStringency.SILENT);
        if (reference != null) {
            factory.referenceSequence(reference);
        }
        reader = factory.open(SamInputResource.of(in));
        records = reader.iterator();
    }

    @Override
    public SAMFileHeader header() {
        return reader.getFileHeader();
    }

    @Override
    public SAMRecord next() {
        return records.hasNext() ? records.next() : null;
    }

    @Override
    public void close() throws IOException {
        records.close();
        reader.close();
    }
}
