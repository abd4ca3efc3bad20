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
final class InputOptions extends JobSwitches {
    @Option(
            names = {"-i", "--input"},
            arity = "1..*",
            paramLabel = "FILE",
            description =
                    "FASTQ, FASTA or SAM, plain, gzip, bzip2, xz or Zstandard, BAM or CRAM (recognised by content), a folder"
                            + " for the sequence files in it and its subfolders, sorted, or - for standard input. Nothing is"
                            + " trimmed.")
    private List<String> inputs = List.of();

    @Option(
            names = "--reference",
            paramLabel = "FASTA",
            description = "Reference of CRAM files, indexed (.fai); needed only where they do not hold their bases.")
    private Path reference;

    InputOptions() {
        super(
                JobSwitch.of(FileOptions.INPUT_MATES, "-2", "--mates").label("FILE"),
                JobSwitch.of(FileOptions.INPUT_INTERLEAVED, "--interleaved"),
                JobSwitch.of(FileOptions.INPUT_SEQUENCING_SUMMARY, "--sequencing-summary")
                        .label("FILE"),
                JobSwitch.of(FileOptions.INPUT_RUN_ID, "--run-id").label("ID"),
                JobSwitch.of(FileOptions.INPUT_SAMPLE_ID, "--sample-id").label("ID"),
                JobSwitch.of(FileOptions.INPUT_ON_ERROR, "--on-error"),
                JobSwitch.of(FileOptions.INPUT_QUALITY_ENCODING, "--quality-encoding"));
    }

    /** Whether reads come in pairs, from wherever. */
    boolean paired() {
        return get(FileOptions.INPUT_INTERLEAVED)
                || !get(FileOptions.INPUT_MATES).isEmpty();
    }

    boolean none() {
        return inputs.isEmpty();
    }

    String runId() {
        return get(FileOptions.INPUT_RUN_ID);
    }

    String sampleId() {
        return get(FileOptions.INPUT_SAMPLE_ID);
    }

    /** The encoding given, or null for auto. */
    QualityEncoding qualityEncoding() {
        return get(FileOptions.INPUT_QUALITY_ENCODING).encoding();
    }

    /** @throws ParameterException if there is no file */
    void addTo(Configuration job, CommandSpec spec) {
        if (inputs.isEmpty()) {
            throw new ParameterException(spec.commandLine(), "Missing required option: '--input=FILE'");
        }
        if (reference != null) {
            System.setProperty(ReadFiles.REFERENCE, reference.toString());
        }
        String summary = get(FileOptions.INPUT_SEQUENCING_SUMMARY);
        if (summary != null && !Files.isReadable(Path.of(summary))) {
            throw new CommandFailure("Expected a readable sequencing summary, there is none at " + summary);
        }
        addTo(job);
        InputFiles files = InputFiles.of(inputs, get(FileOptions.INPUT_MATES), spec);
        job.set(FileOptions.INPUT_FILES, files.files());
        job.set(FileOptions.INPUT_MATES, files.mates());
    }
}
