package io.kmerflow.files.read;

import io.kmerflow.sequence.QualityEncoding;
import io.kmerflow.sequence.file.SequenceFiles;
import java.io.Serializable;
import java.util.Locale;

/**
 * A file of reads and what is said of them from outside.
 *
 * @param path file, or {@code -} for standard input
 * @param mate 0 where each header tells, else the mate of reads whose header does not
 * @param runId run of reads whose header names none, or null for one derived from the file name
 * @param sampleId sample of all reads, or null for what each header says
 * @param qualityEncoding of a FASTQ file, or null: offset 33 and no other is read then
 * @param interleaved whether mates follow one another in it
 * @param sequencingSummary table of run, channel and barcode per read ({@link SequencingSummary}), or null
 */
public record InputFile(
        String path,
        int mate,
        String runId,
        String sampleId,
        QualityEncoding qualityEncoding,
        boolean interleaved,
        String sequencingSummary)
        implements Serializable {
    /** Stands for standard input. */
    public static final String STANDARD_INPUT = SequenceFiles.STANDARD_INPUT;

    public InputFile {
        if (path == null || path.isEmpty()) {
            throw new IllegalArgumentException("Expected a file of reads, got none");
        }
        if (mate < 0 || mate > 2) {
            throw new IllegalArgumentException(String.format(Locale.ROOT, "Expected mate 0, 1 or 2, got %d", mate));
        }
    }

    /** A file of its own, without a table beside it. */
    public InputFile(String path, int mate, String runId, String sampleId, QualityEncoding qualityEncoding) {
        this(path, mate, runId, sampleId, qualityEncoding, false, null);
    }

    /** A file whose qualities are at offset 33. */
    public InputFile(String path, int mate, String runId, String sampleId) {
        this(path, mate, runId, sampleId, null);
    }

    /** A file whose headers tell everything. */
    public InputFile(String path) {
        this(path, 0, null, null);
    }
}
