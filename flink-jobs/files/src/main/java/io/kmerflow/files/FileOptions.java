package io.kmerflow.files;

import io.kmerflow.job.JobOptions;
import io.kmerflow.sequence.QualityEncoding;
import java.util.List;
import org.apache.flink.configuration.ConfigOption;
import org.apache.flink.configuration.ConfigOptions;

/** Options of the jobs on files, besides {@link JobOptions}. Read once, by {@link FileConfig#from}. */
public final class FileOptions {
    /** What malformed input in a file does. */
    public enum OnError {
        /** It becomes a dead letter and the run continues. */
        SKIP,
        /** It ends the run. */
        STOP
    }

    /** Encodings of qualities in FASTQ files. */
    public enum QualityEncodingChoice {
        /** Offset 33; a file that is or may be at offset 64 is rejected. */
        AUTO,
        PHRED33,
        PHRED64,
        SOLEXA64;

        /** The encoding, or null for {@link #AUTO}. */
        public QualityEncoding encoding() {
            return this == AUTO ? null : QualityEncoding.valueOf(name());
        }
    }

    public static final ConfigOption<List<String>> INPUT_FILES = ConfigOptions.key("input.files")
            .stringType()
            .asList()
            .noDefaultValue()
            .withDescription(
                    "Files of reads, in order: FASTQ, FASTA, SAM, BAM or CRAM, also compressed; - for standard "
                            + "input.");
    public static final ConfigOption<List<String>> INPUT_MATES = ConfigOptions.key("input.mates")
            .stringType()
            .asList()
            .defaultValues()
            .withDescription("Files of second mates, in the order of the input files. Names are equal or end in the "
                    + "number of the mate (/1 /2, .1 .2, _R1 _R2); reads without a mate are counted.");
    public static final ConfigOption<Boolean> INPUT_INTERLEAVED = ConfigOptions.key("input.interleaved")
            .booleanType()
            .defaultValue(false)
            .withDescription(
                    "Mates follow one another in the input files: two neighbours with the same name are mates 1 "
                            + "and 2.");
    public static final ConfigOption<String> INPUT_SEQUENCING_SUMMARY = ConfigOptions.key("input.sequencing-summary")
            .stringType()
            .noDefaultValue()
            .withDescription("Table of a nanopore run (sequencing_summary*.txt, also .gz) that gives run, channel and "
                    + "barcode where a read's header does not.");
    public static final ConfigOption<String> INPUT_RUN_ID = ConfigOptions.key("input.run-id")
            .stringType()
            .noDefaultValue()
            .withDescription("Run of reads whose header names none; by default derived from the file name.");
    public static final ConfigOption<String> INPUT_SAMPLE_ID = ConfigOptions.key("input.sample-id")
            .stringType()
            .noDefaultValue()
            .withDescription("Sample of all reads; by default the sample in the header.");
    public static final ConfigOption<QualityEncodingChoice> INPUT_QUALITY_ENCODING = ConfigOptions.key(
                    "input.quality-encoding")
            .enumType(QualityEncodingChoice.class)
            .defaultValue(QualityEncodingChoice.AUTO)
            .withDescription(
                    "Encoding of qualities in FASTQ files. auto reads phred33 and rejects a file that is or may "
                            + "be at offset 64; phred64 is Illumina 1.3 to 1.7, solexa64 is older.");
    public static final ConfigOption<OnError> INPUT_ON_ERROR = ConfigOptions.key("input.on-error")
            .enumType(OnError.class)
            .defaultValue(OnError.SKIP)
            .withDescription(
                    "What malformed input in a file does: skip writes it to the dead letters and continues, stop "
                            + "ends the run.");
    public static final ConfigOption<String> OUTPUT_FILE = ConfigOptions.key("output.file")
            .stringType()
            .noDefaultValue()
            .withDescription(
                    "File of annotations: JSON Lines (.jsonl) or tab-separated (.tsv), also .gz; - for standard "
                            + "output. Dead letters are written next to it.");

    private static final List<ConfigOption<?>> ALL = List.of(
            INPUT_FILES,
            INPUT_MATES,
            INPUT_INTERLEAVED,
            INPUT_SEQUENCING_SUMMARY,
            INPUT_RUN_ID,
            INPUT_SAMPLE_ID,
            INPUT_QUALITY_ENCODING,
            INPUT_ON_ERROR,
            OUTPUT_FILE);

    private FileOptions() {}

    /** All of them, in the order they are explained. */
    public static List<ConfigOption<?>> all() {
        return ALL;
    }
}
