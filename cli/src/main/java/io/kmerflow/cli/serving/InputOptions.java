package io.kmerflow.cli.serving;

import io.kmerflow.cli.base.CommandFailure;
import io.kmerflow.files.FileOptions;
import io.kmerflow.files.read.ReadFiles;
import io.kmerflow.sequence.QualityEncoding;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.apache.flink.configuration.Configuration;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;

/** Files of reads and what is said of them from outside. */
final class InputOptions {
    @Option(
            names = {"-i", "--input"},
            arity = "1..*",
            paramLabel = "FILE",
            description =
                    "FASTQ, FASTA or SAM, plain, gzip, bzip2, xz or Zstandard, BAM or CRAM (told by content), a folder"
                            + " for the sequence files in it and its subfolders, sorted, or - for standard input. Nothing is"
                            + " trimmed.")
    private List<String> inputs = List.of();

    @Option(
            names = {"-2", "--mates"},
            arity = "1..*",
            paramLabel = "FILE",
            description =
                    "Second mates of the input files, in the same order. Names may be equal, or end in a number that"
                            + " tells the mate (/1 /2, .1 .2, _R1 _R2); reads without a mate are counted.")
    private List<String> mates = List.of();

    @Option(
            names = "--interleaved",
            description =
                    "Mates follow one another in the input files: two neighbours of one name, as with --mates, are"
                            + " mates 1 and 2.")
    private boolean interleaved;

    @Option(
            names = "--sequencing-summary",
            paramLabel = "FILE",
            description =
                    "Table of a nanopore run (sequencing_summary*.txt, also .gz): run, channel and barcode of reads whose"
                            + " headers do not say.")
    private Path sequencingSummary;

    @Option(
            names = "--run-id",
            paramLabel = "ID",
            description = "Run of reads whose header names none (default: derived from the file name).")
    private String runId;

    @Option(names = "--sample-id", paramLabel = "ID", description = "Sample of all reads (default: none).")
    private String sampleId;

    @Option(
            names = "--on-error",
            defaultValue = "skip",
            description =
                    "What malformed input does: ${COMPLETION-CANDIDATES}; skip puts it into the dead letters and goes"
                            + " on with exit code 3 (default: ${DEFAULT-VALUE}).")
    private FileOptions.OnError onError;

    @Option(
            names = "--quality-encoding",
            defaultValue = "auto",
            description = {
                "How FASTQ files spell qualities: ${COMPLETION-CANDIDATES} (default: ${DEFAULT-VALUE}).",
                "auto reads phred33 and refuses a file that is or may be at offset 64; phred64 is Illumina 1.3 to 1.7,"
                        + " solexa64 is older. Inside they are Phred 0 to 93."
            })
    private FileOptions.QualityEncodingChoice qualityEncoding;

    @Option(
            names = "--reference",
            paramLabel = "FASTA",
            description = "Reference of CRAM files, indexed (.fai); needed only where they do not hold their bases.")
    private Path reference;

    /** Whether reads come in pairs, from wherever. */
    boolean paired() {
        return interleaved || !mates.isEmpty();
    }

    boolean none() {
        return inputs.isEmpty();
    }

    String runId() {
        return runId;
    }

    String sampleId() {
        return sampleId;
    }

    /** The encoding given, or null for auto. */
    QualityEncoding qualityEncoding() {
        return qualityEncoding.encoding();
    }

    /** @throws ParameterException if there is no file */
    void addTo(Configuration job, CommandSpec spec) {
        if (inputs.isEmpty()) {
            throw new ParameterException(spec.commandLine(), "Missing required option: '--input=FILE'");
        }
        if (reference != null) {
            System.setProperty(ReadFiles.REFERENCE, reference.toString());
        }
        if (sequencingSummary != null && !Files.isReadable(sequencingSummary)) {
            throw new CommandFailure("Expected a readable sequencing summary, there is none at " + sequencingSummary);
        }
        InputFiles files = InputFiles.of(inputs, mates, spec);
        job.set(FileOptions.INPUT_FILES, files.files());
        job.set(FileOptions.INPUT_MATES, files.mates());
        job.set(FileOptions.INPUT_INTERLEAVED, interleaved);
        if (sequencingSummary != null) {
            job.set(FileOptions.INPUT_SEQUENCING_SUMMARY, sequencingSummary.toString());
        }
        job.set(FileOptions.INPUT_ON_ERROR, onError);
        job.set(FileOptions.INPUT_QUALITY_ENCODING, qualityEncoding);
        if (runId != null) {
            job.set(FileOptions.INPUT_RUN_ID, runId);
        }
        if (sampleId != null) {
            job.set(FileOptions.INPUT_SAMPLE_ID, sampleId);
        }
    }
}
