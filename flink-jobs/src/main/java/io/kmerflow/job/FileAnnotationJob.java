package io.kmerflow.job;

import io.kmerflow.job.ingest.SequenceFileSource;
import io.kmerflow.job.scoring.SessionFactory;
import io.kmerflow.job.sink.AnnotationJsonFormat;
import io.kmerflow.job.sink.AnnotationTsvFormat;
import io.kmerflow.job.sink.DeadLetterJsonFormat;
import io.kmerflow.job.sink.OutputFile;
import io.kmerflow.job.sink.RowFileSink;
import io.kmerflow.job.sink.RowFormat;
import io.kmerflow.schema.ReadAnnotation;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import org.apache.flink.api.common.JobExecutionResult;
import org.apache.flink.core.execution.JobClient;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;

/** Files of reads to one file of annotations in input order, which appears when the run has succeeded. */
public final class FileAnnotationJob {
    private static final String DEAD_LETTERS_SUFFIX = ".dead-letters.jsonl";
    private static final String STANDARD_OUTPUT_DEAD_LETTERS = "dead-letters.jsonl";

    private static final long PROGRESS_MILLIS = 1_000;

    private final JobConfig config;
    private final SessionFactory sessions;
    private final OutputFile output;
    private final OutputFile deadLetters;

    /**
     * @param config with input files and an output file
     * @param sessions loads the model
     * @throws IllegalArgumentException if a file is missing in the configuration, or its name ends in no known format
     */
    public FileAnnotationJob(JobConfig config, SessionFactory sessions) {
        this.config = config;
        this.sessions = sessions;
        this.output = new OutputFile(config.requireOutputFile());
        this.deadLetters = deadLettersOf(config.requireOutputFile());
        format(output.path());
        if (config.inputs().isEmpty()) {
            throw new IllegalArgumentException(
                    "Expected the option --%s, got none".formatted(JobOptions.INPUT_FILES.key()));
        }
    }

    /** Where dead letters of that output go: {@code OUTPUT.dead-letters.jsonl}; in the working folder for {@code -}. */
    public static OutputFile deadLettersOf(String outputFile) {
        return new OutputFile(
                outputFile.equals(OutputFile.STANDARD_OUTPUT)
                        ? STANDARD_OUTPUT_DEAD_LETTERS
                        : outputFile + DEAD_LETTERS_SUFFIX);
    }

    private static RowFormat<ReadAnnotation> format(String path) {
        String name = path.toLowerCase(Locale.ROOT).replaceFirst("\\.gz$", "");
        if (name.equals(OutputFile.STANDARD_OUTPUT) || name.endsWith(".jsonl") || name.endsWith(".json")) {
            return new AnnotationJsonFormat();
        }
        if (name.endsWith(".tsv")) {
            return new AnnotationTsvFormat();
        }
        throw new IllegalArgumentException(
                "Expected an output file in .jsonl or .tsv, also .gz, or - for standard output, got '%s'"
                        .formatted(path));
    }

    /**
     * Runs to the end and names the files.
     *
     * @param environment of the cluster to run on
     * @throws Exception if the job failed; then the output file does not appear
     */
    public JobSummary run(StreamExecutionEnvironment environment) throws Exception {
        return run(environment, soFar -> {});
    }

    /**
     * Runs to the end and names the files.
     *
     * @param environment of the cluster to run on
     * @param progress told about once a second what is done so far
     * @throws Exception if the job failed; then the output file does not appear
     */
    public JobSummary run(StreamExecutionEnvironment environment, Consumer<JobSummary> progress) throws Exception {
        JobEnvironment.configureOneShot(environment);
        new ReadScoringTopology(config, sessions)
                .build(
                        environment,
                        new SequenceFileSource(config.inputs(), config.stopOnFailure()),
                        new RowFileSink<>(output, format(output.path()), false),
                        new RowFileSink<>(deadLetters, new DeadLetterJsonFormat(), true),
                        1);
        JobSummary summary = follow(environment.executeAsync("kmerflow annotate"), progress);
        output.finish();
        deadLetters.finish();
        return summary;
    }

    private static JobSummary follow(JobClient job, Consumer<JobSummary> progress) throws Exception {
        long start = System.nanoTime();
        CompletableFuture<JobExecutionResult> result = job.getJobExecutionResult();
        while (true) {
            try {
                return JobSummary.of(result.get(PROGRESS_MILLIS, TimeUnit.MILLISECONDS));
            } catch (TimeoutException e) {
                progress.accept(soFar(job, Duration.ofNanos(System.nanoTime() - start)));
            }
        }
    }

    private static JobSummary soFar(JobClient job, Duration since) throws InterruptedException {
        try {
            return JobSummary.of(job.getAccumulators().get(), since);
        } catch (ExecutionException e) {
            return JobSummary.of(Map.of(), since); // the job ended in between: its result says how
        }
    }
}
