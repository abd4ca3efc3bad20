package io.kmerflow.files.original;

import htsjdk.samtools.SAMRecord;
import io.kmerflow.files.read.AlignmentReader;
import io.kmerflow.files.read.InputFile;
import io.kmerflow.files.read.ReadFiles;
import io.kmerflow.files.write.CallLog;
import io.kmerflow.sequence.QualityEncoding;
import io.kmerflow.sequence.file.FilePosition;
import io.kmerflow.sequence.file.MateNames;
import io.kmerflow.sequence.file.ReadHeader;
import io.kmerflow.sequence.file.SequenceItem;
import io.kmerflow.sequence.file.SequenceReader;
import java.io.BufferedInputStream;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;

/** The records of one input file in order, with their bytes and their calls. Malformed stretches are left out. */
final class OriginalFile implements Closeable {
    private final InputFile file;
    private final CallLog[] calls;
    private final SequenceReader reader;
    private final AlignmentReader rows;
    private final boolean alignments;
    private final InputStream bytes;
    private long position;
    private final MateNames names;
    private final int side;

    /** @param calls by mate; shared by the files of a run, each goes on where the one before stopped */
    OriginalFile(InputFile file, CallLog[] calls) throws IOException {
        this(file, calls, null, 0);
    }

    /**
     * @param names of mates in two files, or null for a file alone
     * @param side 0 for the file of first mates, 1 for that of second ones
     */
    OriginalFile(InputFile file, CallLog[] calls, MateNames names, int side) throws IOException {
        this.names = names;
        this.side = side;
        this.file = file;
        this.calls = calls;
        this.alignments = ReadFiles.isAlignments(file.path());
        // Flags tell mates of alignments; behind a look-ahead their last record would be the one after.
        this.reader = alignments ? ReadFiles.open(file.path(), QualityEncoding.PHRED33) : ReadFiles.open(file);
        this.rows = reader instanceof AlignmentReader alignmentReader ? alignmentReader : null;
        this.bytes = alignments
                ? InputStream.nullInputStream()
                : new BufferedInputStream(ReadFiles.decompressed(file.path()));
    }

    /** The next record, or null at the end. */
    OriginalRecord next() throws IOException {
        for (SequenceItem item = reader.next(); item != null; item = reader.next()) {
            if (item instanceof SequenceItem.Parsed parsed) {
                byte[] raw = alignments ? new byte[0] : raw(parsed.position());
                SAMRecord sam = rows == null ? null : rows.last();
                ReadHeader header = names == null ? parsed.readHeader() : names.apply(parsed.readHeader(), side);
                int mate = header.mate() == 0 ? file.mate() : header.mate();
                boolean pairExpected = file.mate() != 0 || file.interleaved();
                CallLog.Entry call = call(header.readId(), mate, parsed.bases().length);
                return new OriginalRecord(file, raw, sam, parsed, header, mate, pairExpected, call, null);
            }
        }
        return null;
    }

    private byte[] raw(FilePosition at) throws IOException {
        bytes.skipNBytes(at.byteStart() - position);
        position = at.byteEnd();
        byte[] raw = bytes.readNBytes(Math.toIntExact(at.byteEnd() - at.byteStart()));
        // The mark belongs to a file's start: copied, it would stand within another.
        return startsWithByteOrderMark(raw) ? Arrays.copyOfRange(raw, 3, raw.length) : raw;
    }

    private static boolean startsWithByteOrderMark(byte[] raw) {
        return raw.length >= 3 && raw[0] == (byte) 0xef && raw[1] == (byte) 0xbb && raw[2] == (byte) 0xbf;
    }

    /** Calls come in the order of the records; a record without one went to the dead letters. Names may come twice. */
    private CallLog.Entry call(String readId, int mate, int bases) throws IOException {
        CallLog.Entry entry = calls[mate].peek();
        if (entry == null || !entry.readId().equals(readId) || entry.readLength() != bases) {
            return null;
        }
        calls[mate].take();
        return entry;
    }

    @Override
    public void close() throws IOException {
        try {
            reader.close();
        } finally {
            bytes.close();
        }
    }
}
