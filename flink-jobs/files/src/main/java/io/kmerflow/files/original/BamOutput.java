package io.kmerflow.files.original;

import htsjdk.samtools.SAMFileHeader;
import htsjdk.samtools.SAMFileWriter;
import htsjdk.samtools.SAMFileWriterFactory;
import htsjdk.samtools.SAMProgramRecord;
import htsjdk.samtools.SAMRecord;
import io.kmerflow.files.write.CallLog;
import io.kmerflow.files.write.OutputFile;
import io.kmerflow.sequence.MalformedReadException;
import io.kmerflow.sequence.Nucleotide;
import io.kmerflow.sequence.PrintableText;
import java.io.IOException;
import java.util.List;
import java.util.Locale;

/**
 * Unaligned BAM: every record with its bases, qualities and call, mates with the flags of a pair. Tags are local ones (SAM
 * specification 1.5): {@code xl:Z} label, {@code xs:f} score of the best label, {@code xt:Z} status, {@code xi:Z}
 * annotation id, {@code xd:Z} model digest. Records of SAM, BAM and CRAM keep their alignment and their tags. A record that became a dead letter has {@code xt:Z:DEAD_LETTER} alone.
 */
final class BamOutput implements OriginalOutput {
    static final String LABEL = "xl";
    static final String SCORE = "xs";
    static final String STATUS = "xt";
    static final String ANNOTATION_ID = "xi";
    static final String MODEL_DIGEST = "xd";
    private static final String DEAD_LETTER = "DEAD_LETTER";

    private final OutputFile file;
    private final AlignmentHeaders headers;
    private final String modelDigest;
    private final String model;
    private final BamRows names = new BamRows();
    private SAMFileHeader header;
    private SAMFileWriter writer;

    /**
     * @param file to write
     * @param headers of the inputs
     * @param model name and version, for the header
     * @param modelDigest digest of the bundle
     */
    BamOutput(OutputFile file, AlignmentHeaders headers, String model, String modelDigest) {
        this.file = file;
        this.headers = headers;
        this.model = model;
        this.modelDigest = modelDigest;
    }

    private void open() throws IOException {
        header = headers.header();
        SAMProgramRecord program = new SAMProgramRecord(programId(header));
        program.setProgramName("kmerflow");
        program.setAttribute("DS", "model " + PrintableText.escape(model) + " " + modelDigest);
        header.addProgramRecord(program);
        writer = new SAMFileWriterFactory().setCreateIndex(false).makeBAMWriter(header, true, file.openBytes());
    }

    private static String programId(SAMFileHeader header) {
        String id = "kmerflow";
        for (int i = 2; header.getProgramRecord(id) != null; i++) {
            id = "kmerflow." + i; // annotated before
        }
        return id;
    }

    @Override
    public void accept(OriginalRecord record, OriginalRecord mate) throws IOException {
        if (writer == null) {
            open();
        }
        write(record, mate != null);
        if (mate != null) {
            write(mate, true);
        }
    }

    private void write(OriginalRecord record, boolean paired) {
        SAMRecord row = record.sam() == null ? unaligned(record, paired) : kept(record);
        CallLog.Entry call = record.call();
        row.setAttribute(STATUS, call == null ? DEAD_LETTER : call.status().name());
        if (call != null) {
            row.setAttribute(ANNOTATION_ID, call.annotationId());
            row.setAttribute(MODEL_DIGEST, modelDigest);
            row.setAttribute(LABEL, call.label());
            row.setAttribute(SCORE, call.score());
        }
        writer.addAlignment(row);
    }

    /** The record with its alignment and tags, under this file's header. */
    private SAMRecord kept(OriginalRecord record) {
        SAMRecord row = headers.under(header, record);
        names.name(row, row.getReadName());
        return row;
    }

    private SAMRecord unaligned(OriginalRecord record, boolean paired) {
        SAMRecord row = new SAMRecord(header);
        names.name(row, record.header().readId());
        row.setReadUnmappedFlag(true);
        if (paired) {
            row.setReadPairedFlag(true);
            row.setMateUnmappedFlag(true);
        }
        if (paired && record.mate() != 0) {
            row.setFirstOfPairFlag(record.mate() == 1);
            row.setSecondOfPairFlag(record.mate() == 2);
        }
        row.setReadFailsVendorQualityCheckFlag(record.header().filtered());
        row.setReadBases(bases(record.item().bases()));
        if (record.hasQualities()) {
            row.setBaseQualities(record.item().phredQualities());
        }
        return row;
    }

    /** As the model saw them; those of a dead letter may be none. */
    private static byte[] bases(byte[] read) {
        try {
            return Nucleotide.normalize(read);
        } catch (MalformedReadException e) {
            byte[] unknown = read.clone();
            for (int i = 0; i < unknown.length; i++) {
                unknown[i] = isLetter(unknown[i]) ? unknown[i] : (byte) 'N';
            }
            return unknown;
        }
    }

    private static boolean isLetter(byte base) {
        return base >= 'A' && base <= 'Z' || base >= 'a' && base <= 'z';
    }

    @Override
    public void finish() throws IOException {
        if (writer == null) {
            open(); // no record at all is a file too
        }
        close();
    }

    @Override
    public void close() {
        if (writer != null) {
            writer.close();
            writer = null;
        }
    }

    @Override
    public List<String> notes() {
        return names.changed() == 0
                ? List.of()
                : List.of(String.format(
                        Locale.ROOT,
                        "%d read names in %s are not as they were: BAM holds 254 printed ASCII characters; tag %s has the whole name",
                        names.changed(),
                        file.path(),
                        BamRows.NAME_AS_IT_WAS));
    }
}
