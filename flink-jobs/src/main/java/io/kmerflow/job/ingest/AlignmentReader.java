package io.kmerflow.job.ingest;

import htsjdk.samtools.SAMFileHeader;
import htsjdk.samtools.SAMReadGroupRecord;
import htsjdk.samtools.SAMRecord;
import htsjdk.samtools.SAMRecord.SAMTagAndValue;
import htsjdk.samtools.SAMRecordIterator;
import htsjdk.samtools.SamInputResource;
import htsjdk.samtools.SamReader;
import htsjdk.samtools.SamReaderFactory;
import htsjdk.samtools.ValidationStringency;
import htsjdk.samtools.util.BlockCompressedStreamConstants;
import htsjdk.samtools.util.SequenceUtil;
import io.kmerflow.sequence.file.FilePosition;
import io.kmerflow.sequence.file.ReadHeader;
import io.kmerflow.sequence.file.SequenceItem;
import io.kmerflow.sequence.file.SequenceItem.Failure;
import io.kmerflow.sequence.file.SequenceItem.Parsed;
import io.kmerflow.sequence.file.SequenceItem.Reason;
import io.kmerflow.sequence.file.SequenceReader;
import java.io.IOException;
import java.io.InputStream;
import java.lang.reflect.Array;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * Reads of SAM, BAM or CRAM as the sequencer gave them: records with flag 0x10 are turned back, 0x200 means filtered,
 * secondary and supplementary ones (0x900) are given as {@link Reason#NOT_PRIMARY}. Fields come from flags, tags and the
 * read group. Positions are record numbers; these formats have no place in text. A damaged file ends with a failure.
 */
public final class AlignmentReader implements SequenceReader {
    /** Tags of a size with the read, or known by another field; not kept as attributes. */
    private static final Set<String> LEFT_OUT = Set.of(
            "MM", "ML", "mv", "MD", "RG", "st", "ch", "dx", "pi", "BC", "RX", "OQ", "E2", "U2", "ip", "pw", "fi", "ri",
            "fp", "rp", "sa", "sq", "sz");

    private static final int MISSING_QUALITY = 0xff;

    private final String path;
    private final LastBytes stream;
    private final SamReader reader;
    private final SAMRecordIterator records;
    private long count;
    private final String damagedHeader;
    private final Path reference;
    private boolean ended;
    private SAMRecord last;

    /**
     * @param stream SAM, BAM or CRAM, read once; closed with this
     * @param path what messages call it
     * @param reference FASTA of a CRAM's reference, or null
     */
    AlignmentReader(InputStream stream, String path, Path reference) {
        this.path = path;
        this.stream = new LastBytes(stream, BlockCompressedStreamConstants.EMPTY_GZIP_BLOCK.length);
        SamReaderFactory factory = SamReaderFactory.makeDefault().validationStringency(ValidationStringency.SILENT);
        if (reference != null) {
            factory.referenceSequence(reference);
        }
        SamReader opened = null;
        SAMRecordIterator iterator = null;
        String problem = null;
        try {
            opened = factory.open(SamInputResource.of(this.stream));
            iterator = opened.iterator();
        } catch (RuntimeException e) { // htsjdk's own exceptions are all unchecked
            problem = message(e);
        }
        reader = opened;
        records = iterator;
        damagedHeader = problem;
        this.reference = reference;
    }

    @Override
    public SequenceItem next() throws IOException {
        if (ended) {
            return null;
        }
        if (damagedHeader != null) {
            return damaged(damagedHeader);
        }
        try {
            if (!records.hasNext()) {
                ended = true;
                return end();
            }
            SAMRecord row = records.next();
            count++;
            return item(row);
        } catch (RuntimeException e) { // htsjdk's own exceptions are all unchecked
            if (reference == null
                    && reader.type() == SamReader.Type.CRAM_TYPE
                    && message(e).contains("eference")) {
                throw new RefusedInputException(
                        path,
                        new IOException(
                                String.format(
                                        Locale.ROOT,
                                        "Expected the reference of a CRAM file that does not hold its bases, give it with --reference FASTA (%s)",
                                        message(e)),
                                e));
            }
            return damaged(message(e));
        }
    }

    private Failure damaged(String problem) {
        ended = true;
        count++;
        // Where the header is cut there is no reader to ask for the type: htsjdk's words are all there is.
        boolean cut = problem.contains("Premature end of file");
        return new Failure(
                position(),
                cut ? Reason.TRUNCATED_GZIP : Reason.DAMAGED_COMPRESSION,
                "Expected whole alignment records, got: " + problem);
    }

    /** BGZF ends with an empty block; a file cut between blocks lacks it. */
    private SequenceItem end() {
        boolean bam = reader.type() == SamReader.Type.BAM_TYPE;
        if (bam && !hasEndBlock()) {
            count++;
            return new Failure(
                    position(),
                    Reason.TRUNCATED_GZIP,
                    "Expected the empty block that ends a BAM file, the file is cut");
        }
        return null;
    }

    private boolean hasEndBlock() {
        return Arrays.equals(stream.lastBytes(), BlockCompressedStreamConstants.EMPTY_GZIP_BLOCK);
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
        return damagedHeader == null ? reader.getFileHeader() : new SAMFileHeader();
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

    private static String message(RuntimeException e) {
        return e.getMessage() == null
                ? e.getClass().getSimpleName()
                : e.getMessage().replaceAll("\\s+", " ");
    }

    @Override
    public void close() throws IOException {
        if (records != null) {
            records.close();
        }
        if (reader != null) {
            reader.close();
        }
        stream.close();
    }
}
