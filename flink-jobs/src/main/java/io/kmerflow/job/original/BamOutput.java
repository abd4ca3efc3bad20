package io.kmerflow.job.original;

import htsjdk.samtools.SAMFileHeader;
import htsjdk.samtools.SAMFileWriter;
import htsjdk.samtools.SAMFileWriterFactory;
import htsjdk.samtools.SAMProgramRecord;
import htsjdk.samtools.SAMRecord;
import io.kmerflow.job.sink.CallLog;
import io.kmerflow.job.sink.OutputFile;
import io.kmerflow.token.Nucleotide;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Unaligned BAM: every record with its bases, qualities and call, mates with the flags of a pair. Tags are local ones (SAM
 * specification 1.5): {@code xl:Z} label, {@code xs:f} score of the best label, {@code xt:Z} status, {@code xi:Z}
 * annotation id, {@code xd:Z} model digest. Records of SAM, BAM and CRAM keep their alignment and their tags. A record that became a dead letter has {@code xt:Z:DEAD_LETTER} alone.
 */
public final class BamOutput implements OriginalOutput {
    static final String LABEL = "xl";
    static final String SCORE = "xs";
    static final String STATUS = "xt";
    static final String ANNOTATION_ID = "xi";
    static final String MODEL_DIGEST = "xd";
    private static final String DEAD_LETTER = "DEAD_LETTER";

    private final OutputFile file;
    private final String modelDigest;
    private final String model;
    private SAMFileHeader header;
    private SAMFileWriter writer;

    /**
     * @param file to write
     * @param model name and version, for the header
     * @param modelDigest digest of the bundle
     */
    public BamOutput(OutputFile file, String model, String modelDigest) {
        this.file = file;
        this.model = model;
        this.modelDigest = modelDigest;
    }

    /** @param input header of an input of alignments, kept but for the order of records; null for other input */
    private void open(SAMFileHeader input) throws IOException {
        header = input == null ? new SAMFileHeader() : input.clone();
        header.setSortOrder(SAMFileHeader.SortOrder.unsorted);
        SAMProgramRecord program = new SAMProgramRecord(programId(header));
        program.setProgramName("kmerflow");
        program.setAttribute("DS", "model " + model + " " + modelDigest);
        header.addProgramRecord(program);
        Path target = file.temporary().toAbsolutePath();
        Files.createDirectories(target.getParent());
        writer = new SAMFileWriterFactory().setCreateIndex(false).makeBAMWriter(header, true, target);
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
            open(record.sam() == null ? null : record.sam().getHeader());
        }
        write(record, mate != null);
        if (mate != null) {
            write(mate, true);
        }
    }

    private void write(OriginalRecord record, boolean paired) {
        SAMRecord row = record.sam() == null ? unaligned(record, paired) : kept(record.sam());
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
    private SAMRecord kept(SAMRecord record) {
        SAMRecord row = record.deepCopy();
        row.setHeader(header);
        return row;
    }

    private SAMRecord unaligned(OriginalRecord record, boolean paired) {
        SAMRecord row = new SAMRecord(header);
        row.setReadName(record.header().readId());
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
        row.setReadBases(Nucleotide.normalize(record.item().bases()));
        if (record.hasQualities()) {
            row.setBaseQualities(record.item().phredQualities());
        }
        return row;
    }

    @Override
    public void finish() throws IOException {
        if (writer == null) {
            open(null); // no record at all is a file too
        }
        writer.close();
        file.finish();
    }
}
