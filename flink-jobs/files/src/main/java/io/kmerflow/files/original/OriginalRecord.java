package io.kmerflow.files.original;

import htsjdk.samtools.SAMRecord;
import io.kmerflow.files.read.InputFile;
import io.kmerflow.files.write.CallLog;
import io.kmerflow.sequence.file.ReadHeader;
import io.kmerflow.sequence.file.SequenceItem;

/**
 * A record of an input file and what was said of it.
 *
 * @param file where it stands
 * @param raw its bytes in the uncompressed file, header to last line end; empty for SAM, BAM and CRAM
 * @param sam the record of a SAM, BAM or CRAM file as it stands there; else null
 * @param item the record, parsed
 * @param header its header, parsed
 * @param mate 0, 1 or 2
 * @param pairExpected whether its file is one of mates, so that a record alone has lost its mate
 * @param call what the job said, or null if it went to the dead letters
 * @param elsewhere its mate where that stands elsewhere in a file of alignments; else null
 */
public record OriginalRecord(
        InputFile file,
        byte[] raw,
        SAMRecord sam,
        SequenceItem.Parsed item,
        ReadHeader header,
        int mate,
        boolean pairExpected,
        CallLog.Entry call,
        Mate elsewhere) {
    /**
     * What is known of a record's mate.
     *
     * @param mate 1 or 2
     * @param call what the job said, or null if it went to the dead letters
     */
    public record Mate(int mate, CallLog.Entry call) {}

    /** The same record beside its mate. */
    OriginalRecord with(Mate other) {
        return new OriginalRecord(file, raw, sam, item, header, mate, pairExpected, call, other);
    }

    /** Whether the record has qualities: FASTQ, not FASTA. */
    public boolean hasQualities() {
        return item.phredQualities() != null;
    }
}
