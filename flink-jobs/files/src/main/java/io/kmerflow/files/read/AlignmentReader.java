package io.kmerflow.files.read;

import htsjdk.samtools.SAMFileHeader;
import htsjdk.samtools.SAMReadGroupRecord;
import htsjdk.samtools.SAMRecord;
import htsjdk.samtools.SAMRecord.SAMTagAndValue;
import htsjdk.samtools.util.RuntimeEOFException;
import htsjdk.samtools.util.SequenceUtil;
import io.kmerflow.sequence.file.DamagedStreamException;
import io.kmerflow.sequence.file.FilePosition;
import io.kmerflow.sequence.file.ReadHeader;
import io.kmerflow.sequence.file.SequenceFiles;
import io.kmerflow.sequence.file.SequenceItem;
import io.kmerflow.sequence.file.SequenceItem.Failure;
import io.kmerflow.sequence.file.SequenceItem.Parsed;
import io.kmerflow.sequence.file.SequenceItem.Reason;
import io.kmerflow.sequence.file.SequenceReader;
import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.lang.reflect.Array;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Pattern;

/**
 * Reads of SAM, BAM or CRAM as the sequencer gave them: records with flag 0x10 are turned back, 0x200 means filtered,
 * secondary and supplementary ones (0x900) are given as {@link Reason#NOT_PRIMARY}. Fields come from flags, tags and the
 * read group. Positions are record numbers; these formats have no place in text. A damaged file ends with a failure.
 */
public final class AlignmentReader implements SequenceReader {
    private static final int BUFFER_BYTES = 1 << 16;

    /** Tags of a size with the read, or known by another field; not kept as attributes. */
    private static final Set<String> LEFT_OUT = Set.of(
            "MM", "ML", "mv", "MD", "RG", "st", "ch", "dx", "pi", "BC", "RX", "OQ", "E2", "U2", "ip", "pw", "fi", "ri",
            "fp", "rp", "sa", "sq", "sz");

    /** Of all that htsjdk says of references: a damaged container may have an invalid one. */
    private static final Pattern REFERENCE_MISSING =
            Pattern.compile("reference must be supplied|reference was not supplied|No reference bases found");

    private static final int MISSING_QUALITY = 0xff;

    private final String path;
    private final LastBytes stream;
    private final AlignmentFormat format;
    private final Path reference;
    private final AlignmentRecords records;
    private final Exception headerDamage;
    private long count;
    private boolean ended;
    private SAMRecord last;

    /**
     * @param in SAM, BAM or CRAM, read once; closed with this
     * @param path what messages call it
     * @param reference FASTA of a CRAM's reference, or null
     */
    AlignmentReader(InputStream in, String path, Path reference) throws IOException {
        this.path = path;
        this.reference = reference;
        BufferedInputStream buffered = new BufferedInputStream(in, BUFFER_BYTES);
        format = AlignmentFormat.of(SequenceFiles.peek(buffered, AlignmentFormat.BYTES));
        stream = new LastBytes(buffered, AlignmentFormat.END_BYTES);
        AlignmentRecords opened = null;
        Exception damage = null;
        try {
            opened = switch (format) {
                case SAM -> new SamTextRecords(stream, path);
                case BAM -> new BamRecords(SequenceFiles.decompress(stream), path);
                case CRAM -> new CramRecords(stream, reference);
            };
        } catch (DamagedStreamException | RuntimeException e) { // htsjdk's own exceptions are all unchecked
            damage = e;
        } catch (OutOfMemoryError e) {
            damage = tooLarge(e);
        }
        records = opened;
        headerDamage = damage;
    }

    @Override
    public SequenceItem next() throws IOException {
        if (ended) {
            return null;
        }
        if (headerDamage != null) {
            return damaged(headerDamage);
        }
        long before = count;
        try {
            SAMRecord row = records.next();
            if (row == null) {
                ended = true;
                return end();
            }
            count++;
            return item(row);
        } catch (DamagedStreamException e) {
            count = before;
            return damaged(e);
        } catch (RuntimeException e) { // htsjdk's own exceptions are all unchecked
            count = before;
            if (format == AlignmentFormat.CRAM) {
                refuseWithoutReference(e);
                return damaged(e);
            }
            count++; // the next line or block begins where it should
            return new Failure(position(), Reason.MALFORMED_RECORD, "Expected an alignment record, got: " + message(e));
        } catch (OutOfMemoryError e) {
            count = before;
            return damaged(tooLarge(e));
        }
    }

    private void refuseWithoutReference(RuntimeException e) throws RefusedInputException {
        if (reference == null && REFERENCE_MISSING.matcher(message(e)).find()) {
            throw new RefusedInputException(
                    path,
                    new IOException(
                            String.format(
                                    Locale.ROOT,
                                    "Expected the reference of a CRAM file that does not hold its bases, give it with --reference FASTA (%s)",
                                    message(e)),
                            e));
        }
    }

    /**
     * CRAM states the sizes of its blocks and of what decompresses from them; htsjdk believes them. One allocation that does
     * not fit leaves the heap as it was.
     */
    private DamagedStreamException tooLarge(OutOfMemoryError e) {
        if (format != AlignmentFormat.CRAM) {
            throw e;
        }
        return new DamagedStreamException(
                Reason.DAMAGED_COMPRESSION,
                "Expected blocks and records that fit into the memory, got a larger one (" + e.getMessage() + ")");
    }

    private Failure damaged(Exception e) {
        ended = true;
        count++;
        String sentence = e instanceof DamagedStreamException
                ? e.getMessage()
                : "Expected whole alignment records, got: " + message(e);
        return new Failure(position(), reason(e), sentence);
    }

    /** What the stream below says, or the file's end where htsjdk wanted more of it. */
    private static Reason reason(Throwable e) {
        for (Throwable cause = e; cause != null; cause = cause.getCause()) {
            if (cause instanceof DamagedStreamException damage) {
                return damage.reason();
            }
            if (cause instanceof EOFException || cause instanceof RuntimeEOFException) {
                return Reason.TRUNCATED_GZIP;
            }
        }
        return Reason.DAMAGED_COMPRESSION;
    }

    /** BGZF ends with an empty block, CRAM with an empty container; a file cut between blocks lacks it. */
    private SequenceItem end() {
        if (format.endsWhole(stream.lastBytes())) {
            return null;
        }
        count++;
        return new Failure(
                position(),
                Reason.TRUNCATED_GZIP,
                String.format(
                        Locale.ROOT, "Expected the empty block that ends a %s file, the file is cut", format.name()));
    }

    private FilePosition position() {
        return new FilePosition(count, count, count - 1, count);
    }

    /** The record of the item given last, as it stands in the file, with its header. */
    public SAMRecord last() {
        return last;
    }

    /** The header; an empty one of a file that cannot be read. */
    public SAMFileHeader header() {
        return headerDamage == null ? records.header() : new SAMFileHeader();
    }

    private SequenceItem item(SAMRecord row) {
        last = row;
        if (row.isSecondaryOrSupplementary()) {
            return new Failure(
                    position(), Reason.NOT_PRIMARY, "Secondary or supplementary alignment of " + row.getReadName());
        }
        byte[] bases = row.getReadBases().clone();
        byte[] qualities = row.getBaseQualities().clone();
        boolean none = qualities.length == 0 || (qualities[0] & 0xff) == MISSING_QUALITY;
        if (row.getReadNegativeStrandFlag()) {
            SequenceUtil.reverseComplement(bases);
            SequenceUtil.reverseQualities(qualities);
        }
        return new Parsed(position(), row.getReadName(), bases, none ? null : qualities, header(row));
    }

    private static ReadHeader header(SAMRecord row) {
        SAMReadGroupRecord group = row.getReadGroup();
        StringBuilder text = new StringBuilder(row.getReadName());
        for (String tag : new String[] {"RG", "st", "ch", "dx", "pi", "BC", "RX"}) {
            Object value = row.getAttribute(tag);
            if (value != null && value.toString().indexOf(' ') < 0) {
                text.append('\t').append(tag).append(":Z:").append(value);
            }
        }
        ReadHeader tags = ReadHeader.parse(text.toString());
        Map<String, String> attributes = new TreeMap<>(tags.attributes());
        for (SAMTagAndValue tag : row.getAttributes()) {
            if (!LEFT_OUT.contains(tag.tag)) {
                attributes.put(tag.tag, text(tag.value));
            }
        }
        String model = group == null ? null : model(group.getDescription());
        return new ReadHeader(
                row.getReadName(), // as it stands: flags alone tell mates
                mate(row),
                tags.runId() == null && group != null ? run(group) : tags.runId(),
                group == null ? null : group.getSample(),
                tags.platform() == null && group != null ? platform(group.getPlatform()) : tags.platform(),
                tags.barcodeName(),
                tags.indexSequence(),
                tags.umi(),
                tags.channel(),
                tags.startTimeMillis(),
                model == null ? tags.basecallerModel() : model,
                tags.parentReadId(),
                tags.duplex(),
                row.getReadFailsVendorQualityCheckFlag(),
                attributes);
    }

    /** Flags alone tell mates. */
    private static int mate(SAMRecord row) {
        boolean first = row.getReadPairedFlag() && row.getFirstOfPairFlag();
        boolean second = row.getReadPairedFlag() && row.getSecondOfPairFlag();
        return first == second ? 0 : first ? 1 : 2;
    }

    private static String run(SAMReadGroupRecord group) {
        return descriptionValue(group.getDescription(), "runid", group.getPlatformUnit());
    }

    private static String model(String description) {
        return descriptionValue(description, "basecall_model", null);
    }

    /** Nanopore basecallers write {@code basecall_model=... runid=...} into the read group's description. */
    private static String descriptionValue(String description, String key, String otherwise) {
        if (description != null) {
            for (String word : description.split("\\s+")) {
                if (word.startsWith(key + "=")) {
                    return word.substring(key.length() + 1);
                }
            }
        }
        return otherwise;
    }

    private static String platform(String text) {
        if (text == null) {
            return null;
        }
        return switch (text) {
            case "ONT" -> "OXFORD_NANOPORE";
            default -> text;
        };
    }

    private static String text(Object value) {
        if (!value.getClass().isArray()) {
            return value.toString();
        }
        String[] elements = new String[Array.getLength(value)];
        Arrays.setAll(elements, i -> String.valueOf(Array.get(value, i)));
        return String.join(",", elements);
    }

    private static String message(Exception e) {
        return e.getMessage() == null
                ? e.getClass().getSimpleName()
                : e.getMessage().replaceAll("\\s+", " ");
    }

    @Override
    public void close() throws IOException {
        if (records != null) {
            records.close();
        }
        stream.close();
    }
}
