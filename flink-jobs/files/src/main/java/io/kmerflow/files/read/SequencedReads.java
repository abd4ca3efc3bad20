package io.kmerflow.files.read;

import io.kmerflow.job.decode.ReadLimits;
import io.kmerflow.schema.SequencedRead;
import io.kmerflow.sequence.file.ReadHeader;
import io.kmerflow.sequence.file.SequenceItem;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Instant;

/** Records of sequence files as {@link SequencedRead}. */
public final class SequencedReads {
    private static final String STANDARD_INPUT_RUN = "stdin";

    private SequencedReads() {}

    /**
     * The record of one file item.
     *
     * @param item parsed record
     * @param file the file and what its options say of its reads
     */
    public static SequencedRead of(SequenceItem.Parsed item, InputFile file) {
        return of(item, file, null);
    }

    /** The same, with a table that says what headers do not, or null. */
    public static SequencedRead of(SequenceItem.Parsed item, InputFile file, SequencingSummary summary) {
        ReadHeader header = item.readHeader();
        SequencingSummary.Row row = summary == null ? null : summary.row(header.readId());
        SequencedRead read = new SequencedRead();
        read.setReadId(header.readId());
        read.setMate(header.mate() == 0 ? file.mate() : header.mate());
        read.setRunId(runId(header, row, file));
        read.setSampleId(file.sampleId() == null ? header.sampleId() : file.sampleId());
        read.setPlatform(header.platform());
        read.setBases(ByteBuffer.wrap(item.bases()));
        read.setPhredQualities(item.phredQualities() == null ? null : ByteBuffer.wrap(item.phredQualities()));
        read.setBarcodeName(barcode(header, row, file));
        read.setIndexSequence(header.indexSequence());
        read.setUmi(header.umi());
        read.setChannel(header.channel() == null && row != null ? row.channel() : header.channel());
        read.setStartTime(header.startTimeMillis() == null ? null : Instant.ofEpochMilli(header.startTimeMillis()));
        read.setBasecallerModel(header.basecallerModel());
        read.setParentReadId(header.parentReadId());
        read.setDuplex(header.duplex());
        read.setFiltered(header.filtered());
        read.setSourceFile(fileName(file.path()));
        read.setRecordNumber(item.position().record());
        read.setAttributes(ReadLimits.cut(header.attributes()));
        return read;
    }

    private static String barcode(ReadHeader header, SequencingSummary.Row row, InputFile file) {
        if (header.barcodeName() != null) {
            return header.barcodeName();
        }
        return row != null && row.origin().barcodeName() != null
                ? row.origin().barcodeName()
                : RunFolderNames.barcode(file.path());
    }

    private static String runId(ReadHeader header, SequencingSummary.Row row, InputFile file) {
        if (header.runId() != null && !header.runId().isEmpty()) {
            return header.runId();
        }
        if (row != null && row.origin().runId() != null) {
            return row.origin().runId();
        }
        if (file.runId() != null) {
            return file.runId();
        }
        return runOf(file.path());
    }

    /**
     * The run of a file whose reads name none, from its place in a run folder, else from its name. Mates of two files have
     * that of the first, whatever the second is called.
     */
    public static String runOf(String path) {
        String run = RunFolderNames.run(path);
        return run == null ? runIdOf(path) : run;
    }

    /**
     * A run id for a file whose reads name none: its name without folder, compression, format and mate, so that
     * {@code lane1_R1.fastq.gz} and {@code lane1_R2.fastq.gz} give one run, {@code lane1}.
     */
    static String runIdOf(String path) {
        if (path.equals(InputFile.STANDARD_INPUT)) {
            return STANDARD_INPUT_RUN;
        }
        String name = fileName(path)
                .replaceFirst("(?i)\\.(gz|bgz|bz2|xz|zst)$", "")
                .replaceFirst("(?i)\\.(fastq|fq|fasta|fa|fna|sam|bam|cram)$", "")
                .replaceFirst("[._][Rr]?[12](_001)?$", "");
        return name.isEmpty() ? fileName(path) : name;
    }

    private static String fileName(String path) {
        return path.equals(InputFile.STANDARD_INPUT)
                ? STANDARD_INPUT_RUN
                : String.valueOf(Path.of(path).getFileName());
    }
}
