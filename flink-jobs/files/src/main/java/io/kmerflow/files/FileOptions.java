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
        /** It becomes a dead letter and the run goes on. */
        SKIP,
        /** It ends the run. */
        STOP
    }

    /** How FASTQ files spell qualities. */
    public enum QualityEncodingChoice {
        /** Offset 33; a file that is at 64 or may be is refused. */
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
                    "Files of reads (FASTQ or FASTA, plain, gzip, bzip2 or xz, - for standard input), in order.");
    public static final ConfigOption<List<String>> INPUT_MATES = ConfigOptions.key("input.mates")
            .stringType()
            .asList()
            .defaultValues()
            .withDescription(
                    "Files of second mates, read in turn with the others; mate 2 where a header does not say.");
    public static final ConfigOption<Boolean> INPUT_INTERLEAVED = ConfigOptions.key("input.interleaved")
            .booleanType()
            .defaultValue(false)
            .withDescription("Whether mates follow one another in the files: two neighbours of one name are a pair.");
    public static final ConfigOption<String> INPUT_SEQUENCING_SUMMARY = ConfigOptions.key("input.sequencing-summary")
            .stringType()
            .noDefaultValue()
            .withDescription(
                    "Table of a nanopore run (sequencing_summary*.txt, also .gz): run, channel and barcode of reads whose"
                            + " headers do not say.");
    public static final ConfigOption<String> INPUT_RUN_ID = ConfigOptions.key("input.run-id")
            .stringType()
            .noDefaultValue()
            .withDescription("Run of reads whose header names none; by default derived from the file name.");
    public static final ConfigOption<String> INPUT_SAMPLE_ID = ConfigOptions.key("input.sample-id")
            .stringType()
            .noDefaultValue()
            .withDescription("Sample of all reads; by default what the header says.");
    public static final ConfigOption<QualityEncodingChoice> INPUT_QUALITY_ENCODING = ConfigOptions.key(
                    "input.quality-encoding")
            .enumType(QualityEncodingChoice.class)
            .defaultValue(QualityEncodingChoice.AUTO)
            .withDescription(
                    "How FASTQ files spell qualities: phred33, phred64 (Illumina 1.3 to 1.7), solexa64, or auto:"
                            + " phred33, and a file that is or may be at offset 64 is refused.");
    public static final ConfigOption<OnError> INPUT_ON_ERROR = ConfigOptions.key("input.on-error")
            .enumType(OnError.class)
            .defaultValue(OnError.SKIP)
            .withDescription("What malformed input does: skip makes dead letters, stop ends the run.");
    public static final ConfigOption<String> OUTPUT_FILE = ConfigOptions.key("output.file")
            .stringType()
            .noDefaultValue()
            .withDescription(
                    "File of annotations: JSON Lines (.jsonl), or tab-separated (.tsv), also .gz; - for standard"
                            + " output. Dead letters go beside it.");

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
