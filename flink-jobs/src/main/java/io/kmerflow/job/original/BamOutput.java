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
 * annotation id, {@code xd:Z} model digest. A record that became a dead letter has {@code xt:Z:DEAD_LETTER} alone.
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
    private final SAMFileHeader header = new SAMFileHeader();
    private final SAMFileWriter writer;

    /**
     * @param file to write
     * @param model name and version, for the header
     * @param modelDigest digest of the bundle
     */
    public BamOutput(OutputFile file, String model, String modelDigest) throws IOException {
        this.file = file;
        this.modelDigest = modelDigest;
        header.setSortOrder(SAMFileHeader.SortOrder.unsorted);
        SAMProgramRecord program = new SAMProgramRecord("kmerflow");
        program.setProgramName("kmerflow");
        program.setAttribute("DS", "model " + model + " " + modelDigest);
        header.addProgramRecord(program);
        Path target = file.temporary().toAbsolutePath();
        Files.createDirectories(target.getParent());
        writer = new SAMFileWriterFactory().setCreateIndex(false).makeBAMWriter(header, true, target);
    }

    @Override
    public void accept(OriginalRecord record, OriginalRecord mate) {
        write(record, mate != null);
        if (mate != null) {
            write(mate, true);
        }
    }

    private void write(OriginalRecord record, boolean paired) {
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

    @Override
    public void finish() throws IOException {
        writer.close();
        file.finish();
    }
}
