package io.kmerflow.files.read;

import htsjdk.samtools.DefaultSAMRecordFactory;
import htsjdk.samtools.SAMFileHeader;
import htsjdk.samtools.SAMRecord;
import htsjdk.samtools.SAMSequenceDictionary;
import htsjdk.samtools.SAMSequenceRecord;
import htsjdk.samtools.SAMTextHeaderCodec;
import htsjdk.samtools.ValidationStringency;
import htsjdk.samtools.util.BufferedLineReader;
import io.kmerflow.sequence.file.DamagedStreamException;
import io.kmerflow.sequence.file.SequenceItem.Reason;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/**
 * Header and records of a BAM file (SAM specification, section 4.2). A length in the file is believed as far as bytes follow
 * it: memory grows with what was read, and htsjdk, which allocates first and reads then, gets only records whose lengths fit
 * into one another. Lengths that no file of reads has are refused, since a few kilobytes decompress to any number of zeros.
 */
final class BamRecords implements AlignmentRecords {
    /** Most bytes of header text, of all references and of a record: a read of 4 Mbases with its signal table has 40 MB. */
    static final int MAX_SECTION_BYTES = 1 << 28;

    private static final byte[] MAGIC = {'B', 'A', 'M', 1};
    private static final int BUFFER_BYTES = 1 << 16;
    private static final int FIXED_BYTES = 32;
    private static final int CIGAR_OPERATION_BYTES = 4;
    private static final int TAG_BYTES = 3; // name and type
    private static final int REFERENCE_BYTES = 9; // length of the name, at least its NUL, length

    private final BufferedInputStream in;
    private final SAMFileHeader header;
    private final DefaultSAMRecordFactory records = new DefaultSAMRecordFactory();

    /**
     * Reads the header.
     *
     * @param decompressed what stands in the blocks of the file; closed with this
     * @param path what htsjdk's messages call it
     * @throws DamagedStreamException if it ends within the header, or is no BAM file
     */
    BamRecords(InputStream decompressed, String path) throws IOException {
        in = new BufferedInputStream(decompressed, BUFFER_BYTES);
        if (!Arrays.equals(bytes(MAGIC.length, "the header"), MAGIC)) {
            throw damaged("Expected a BAM header, got other bytes");
        }
        String text = text(bytes(length("header text", 0, MAX_SECTION_BYTES), "the header text"));
        SAMTextHeaderCodec codec = new SAMTextHeaderCodec();
        codec.setValidationStringency(ValidationStringency.SILENT);
        header = codec.decode(BufferedLineReader.fromString(text), path);
        List<SAMSequenceRecord> references = references();
        SAMSequenceDictionary named = header.getSequenceDictionary();
        if (named.isEmpty()) {
            header.setSequenceDictionary(new SAMSequenceDictionary(references));
        } else {
            check(named.getSequences(), references);
        }
    }

    private List<SAMSequenceRecord> references() throws IOException {
        int count = length("references", 0, MAX_SECTION_BYTES / REFERENCE_BYTES);
        List<SAMSequenceRecord> references = new ArrayList<>();
        int room = MAX_SECTION_BYTES;
        for (int i = 0; i < count; i++) {
            int nameBytes = length("bytes of a reference's name", 1, Math.max(1, room));
            String name = text(bytes(nameBytes, "a reference's name"));
            room -= nameBytes + REFERENCE_BYTES - 1;
            references.add(new SAMSequenceRecord(SAMSequenceRecord.truncateSequenceName(name), number("a reference")));
        }
        return references;
    }

    /** The text names references too; a file in which both disagree was put together from two. */
    private static void check(List<SAMSequenceRecord> named, List<SAMSequenceRecord> references) throws IOException {
        boolean same = named.size() == references.size();
        for (int i = 0; same && i < named.size(); i++) {
            SAMSequenceRecord one = named.get(i);
            SAMSequenceRecord other = references.get(i);
            same = one.getSequenceName().equals(other.getSequenceName())
                    && one.getSequenceLength() == other.getSequenceLength();
        }
        if (!same) {
            throw damaged(String.format(
                    Locale.ROOT,
                    "Expected the %d references of the header text in the list of references too, got %d or others",
                    named.size(),
                    references.size()));
        }
    }

    @Override
    public SAMFileHeader header() {
        return header;
    }

    @Override
    public SAMRecord next() throws IOException {
        in.mark(1);
        if (in.read() < 0) {
            return null;
        }
        in.reset();
        int size = length("bytes of a record", FIXED_BYTES, MAX_SECTION_BYTES);
        ByteBuffer block = ByteBuffer.wrap(bytes(size, "a record")).order(ByteOrder.LITTLE_ENDIAN);
        int reference = block.getInt();
        int start = block.getInt();
        int nameBytes = block.get() & 0xff;
        int mappingQuality = block.get() & 0xff;
        int bin = block.getShort() & 0xffff;
        int cigarOperations = block.getShort() & 0xffff;
        int flags = block.getShort() & 0xffff;
        int bases = block.getInt();
        int mateReference = block.getInt();
        int mateStart = block.getInt();
        int templateBases = block.getInt();
        byte[] rest = new byte[block.remaining()];
        block.get(rest);
        checkTags(rest, tagsStart(nameBytes, cigarOperations, bases, rest.length));
        SAMRecord row = records.createBAMRecord(
                header,
                reference,
                start + 1,
                (short) nameBytes,
                (short) mappingQuality,
                bin,
                cigarOperations,
                flags,
                bases,
                mateReference,
                mateStart + 1,
                templateBases,
                rest);
        row.setHeader(header);
        row.setValidationStringency(ValidationStringency.SILENT);
        return row;
    }

    /** Where name, CIGAR, bases (two in a byte) and qualities end. */
    private static int tagsStart(int nameBytes, int cigarOperations, int bases, int bytes)
            throws DamagedStreamException {
        long start = nameBytes + (long) CIGAR_OPERATION_BYTES * cigarOperations + (bases + 1L) / 2 + bases;
        if (nameBytes == 0 || bases < 0 || start > bytes) {
            throw damaged(String.format(
                    Locale.ROOT,
                    "Expected a record whose fields fit into its %d bytes, got a name of %d bytes, %d CIGAR operations and %d bases",
                    bytes + FIXED_BYTES,
                    nameBytes,
                    cigarOperations,
                    bases));
        }
        return (int) start;
    }

    /** Tags touch and end with the record. An array states how many elements it has. */
    private static void checkTags(byte[] rest, int start) throws DamagedStreamException {
        ByteBuffer tags = ByteBuffer.wrap(rest).order(ByteOrder.LITTLE_ENDIAN);
        long at = start;
        while (at < rest.length) {
            long value = at + TAG_BYTES;
            long end = value > rest.length ? value : valueEnd(tags, (int) value, rest[(int) value - 1]);
            if (end > rest.length) {
                throw damaged(String.format(
                        Locale.ROOT,
                        "Expected tags that end with their record, got one that ends %d bytes behind it",
                        end - rest.length));
            }
            at = end;
        }
    }

    private static long valueEnd(ByteBuffer tags, int start, int type) throws DamagedStreamException {
        if (type == 'Z' || type == 'H') {
            int end = start;
            while (end < tags.limit() && tags.get(end) != 0) {
                end++;
            }
            return end + 1L;
        }
        if (type != 'B') {
            return start + (long) elementBytes(type);
        }
        int elements = start + 1;
        if (elements + Integer.BYTES > tags.limit()) {
            return (long) elements + Integer.BYTES;
        }
        return elements + Integer.BYTES + (tags.getInt(elements) & 0xffff_ffffL) * elementBytes(tags.get(start));
    }

    private static int elementBytes(int type) throws DamagedStreamException {
        return switch (type) {
            case 'A', 'c', 'C' -> 1;
            case 's', 'S' -> 2;
            case 'i', 'I', 'f' -> 4;
            default -> throw damaged("Expected a tag of a known type, got the type " + (type & 0xff));
        };
    }

    private int length(String what, int least, int most) throws IOException {
        int length = number("the number of " + what);
        if (length < least || length > most) {
            throw damaged(String.format(
                    Locale.ROOT,
                    "Expected a number of %s from %d to %d, got %d",
                    what,
                    least,
                    most,
                    length & 0xffff_ffffL));
        }
        return length;
    }

    private int number(String within) throws IOException {
        return ByteBuffer.wrap(bytes(Integer.BYTES, within))
                .order(ByteOrder.LITTLE_ENDIAN)
                .getInt();
    }

    /** Grows as bytes come, whatever the count says. */
    private byte[] bytes(int count, String within) throws IOException {
        byte[] bytes = in.readNBytes(count);
        if (bytes.length < count) {
            throw new DamagedStreamException(
                    Reason.TRUNCATED_GZIP,
                    String.format(
                            Locale.ROOT,
                            "Expected %d bytes of %s, the file ends after %d",
                            count,
                            within,
                            bytes.length));
        }
        return bytes;
    }

    /** Up to the first NUL, as htslib reads it; a byte is a character, so that a copy of the header has the same bytes. */
    private static String text(byte[] bytes) {
        int end = 0;
        while (end < bytes.length && bytes[end] != 0) {
            end++;
        }
        return new String(bytes, 0, end, StandardCharsets.ISO_8859_1);
    }

    private static DamagedStreamException damaged(String message) {
        return new DamagedStreamException(Reason.DAMAGED_COMPRESSION, message);
    }

    @Override
    public void close() throws IOException {
        in.close();
    }
}
