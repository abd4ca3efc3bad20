package io.kmerflow.files;

import io.kmerflow.files.read.InputFile;
import io.kmerflow.files.read.SequencedReads;
import io.kmerflow.job.JobConfig;
import io.kmerflow.job.JobOptions;
import io.kmerflow.sequence.QualityEncoding;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.apache.flink.configuration.ConfigOption;
import org.apache.flink.configuration.ReadableConfig;

/**
 * Configuration of a job on files as typed values, read once.
 *
 * @param job what every job has
 * @param inputs files of reads in order; empty without files
 * @param stopOnFailure whether malformed input in a file ends the run
 * @param outputFile file of annotations; null without one
 */
public record FileConfig(JobConfig job, List<InputFile> inputs, boolean stopOnFailure, String outputFile) {
    private static final int SECOND_MATE = 2;

    /**
     * Reads {@link FileOptions} and {@link JobOptions}.
     *
     * @throws IllegalArgumentException if a value cannot be
     */
    public static FileConfig from(ReadableConfig options) {
        JobConfig job = JobConfig.from(options);
        List<InputFile> inputs = inputs(options);
        if (!job.routes().isEmpty() && !inputs.isEmpty()) {
            throw new IllegalArgumentException(String.format(
                    Locale.ROOT,
                    "Expected --%s for reads from a topic, got files; run them by sample",
                    JobOptions.MODEL_ROUTES.key()));
        }
        String output = options.getOptional(FileOptions.OUTPUT_FILE).orElse(null);
        return new FileConfig(
                output == null ? job : job.inOrder(),
                inputs,
                options.get(FileOptions.INPUT_ON_ERROR) == FileOptions.OnError.STOP,
                output);
    }

    private static List<InputFile> inputs(ReadableConfig options) {
        String runId = options.getOptional(FileOptions.INPUT_RUN_ID).orElse(null);
        String sampleId = options.getOptional(FileOptions.INPUT_SAMPLE_ID).orElse(null);
        List<String> mates = options.get(FileOptions.INPUT_MATES);
        QualityEncoding encoding =
                options.get(FileOptions.INPUT_QUALITY_ENCODING).encoding();
        boolean interleaved = options.get(FileOptions.INPUT_INTERLEAVED);
        String summary =
                options.getOptional(FileOptions.INPUT_SEQUENCING_SUMMARY).orElse(null);
        List<String> files = options.getOptional(FileOptions.INPUT_FILES).orElse(List.of());
        if (!mates.isEmpty() && mates.size() != files.size()) {
            throw new IllegalArgumentException(String.format(
                    Locale.ROOT,
                    "Expected as many files of mates as of reads, got %d and %d",
                    mates.size(),
                    files.size()));
        }
        if (!mates.isEmpty() && interleaved) {
            throw new IllegalArgumentException("Expected mates in separate files or interleaved, got both");
        }
        List<InputFile> inputs = new ArrayList<>();
        for (String path : files) {
            inputs.add(new InputFile(path, mates.isEmpty() ? 0 : 1, runId, sampleId, encoding, interleaved, summary));
        }
        for (int i = 0; i < mates.size(); i++) {
            String run = runId == null ? SequencedReads.runOf(files.get(i)) : runId;
            inputs.add(new InputFile(mates.get(i), SECOND_MATE, run, sampleId, encoding, false, summary));
        }
        return List.copyOf(inputs);
    }

    /** @throws IllegalArgumentException if there are no input files */
    List<InputFile> requireInputs() {
        return require(inputs.isEmpty() ? null : inputs, FileOptions.INPUT_FILES);
    }

    /** @throws IllegalArgumentException if there is no output file */
    String requireOutputFile() {
        return require(outputFile, FileOptions.OUTPUT_FILE);
    }

    private static <T> T require(T value, ConfigOption<?> option) {
        if (value == null) {
            throw new IllegalArgumentException(
                    String.format(Locale.ROOT, "Expected the option --%s, got none", option.key()));
        }
        return value;
    }
}
