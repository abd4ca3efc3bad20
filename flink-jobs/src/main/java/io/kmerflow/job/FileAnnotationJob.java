package io.kmerflow.job;

import io.kmerflow.job.ingest.SequenceFileSource;
import io.kmerflow.job.original.BamOutput;
import io.kmerflow.job.original.OriginalOutput;
import io.kmerflow.job.original.ReadStatistics;
import io.kmerflow.job.original.SecondPass;
import io.kmerflow.job.original.SplitOutput;
import io.kmerflow.job.scoring.SessionFactory;
import io.kmerflow.job.sink.AnnotationJsonFormat;
import io.kmerflow.job.sink.AnnotationTsvFormat;
import io.kmerflow.job.sink.BedFormat;
import io.kmerflow.job.sink.BedGraphFormat;
import io.kmerflow.job.sink.CallLog;
import io.kmerflow.job.sink.CallLogSink;
import io.kmerflow.job.sink.CountTableSink;
import io.kmerflow.job.sink.DeadLetterJsonFormat;
import io.kmerflow.job.sink.FanOutSink;
import io.kmerflow.job.sink.Gff3Format;
import io.kmerflow.job.sink.OutputFile;
import io.kmerflow.job.sink.ParquetSink;
import io.kmerflow.job.sink.RowFileSink;
import io.kmerflow.job.sink.RowFormat;
import io.kmerflow.schema.ReadAnnotation;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.apache.flink.api.common.JobExecutionResult;
import org.apache.flink.api.connector.sink2.Sink;
import org.apache.flink.core.execution.JobClient;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;

/**
 * Files of reads to files of annotations in input order, which appear when the run has succeeded. What needs the records
 * as they were (split, BAM, statistics) is made in a second pass over the input, beside a log of the calls.
 */
public final class FileAnnotationJob {
    private static final String DEAD_LETTERS_SUFFIX = ".dead-letters.jsonl";
    private static final String STANDARD_OUTPUT_DEAD_LETTERS = "dead-letters.jsonl";

    private static final String CALL_LOG = ".calls";
    private static final String BAM = ".bam";
    private static final String PARQUET = ".parquet";

    private static final long PROGRESS_MILLIS = 1_000;

    private final JobConfig config;
    private final SessionFactory sessions;
    private final FileOutputs more;
    private final List<OutputFile> texts = new ArrayList<>();
    private final List<OutputFile> tables = new ArrayList<>();
    private final List<OutputFile> bams = new ArrayList<>();
    private final OutputFile deadLetters;
    private final OutputFile counts;
    private final String callLog;
    private final ReadStatistics statistics;
    private SplitOutput split;

    /** One output. */
    public FileAnnotationJob(JobConfig config, SessionFactory sessions) {
        this(config, sessions, FileOutputs.none());
    }

    /**
     * @param config with input files and an output file
     * @param sessions loads the model
     * @param more further outputs
     * @throws IllegalArgumentException if a file is missing in the configuration, or its name ends in no known format
     */
    public FileAnnotationJob(JobConfig config, SessionFactory sessions, FileOutputs more) {
        this.config = config;
        this.sessions = sessions;
        this.more = more;
        String first = config.requireOutputFile();
        for (String path :
                Stream.concat(Stream.of(first), more.files().stream()).toList()) {
            OutputFile file = new OutputFile(path);
            if (path.toLowerCase(Locale.ROOT).endsWith(BAM)) {
                bams.add(file);
            } else if (path.toLowerCase(Locale.ROOT).endsWith(PARQUET)) {
                tables.add(file);
            } else {
                format(path);
                texts.add(file);
            }
        }
        this.deadLetters = deadLettersOf(first);
        this.counts = more.countTable() == null ? null : new OutputFile(more.countTable());
        this.statistics = more.statistics() ? new ReadStatistics() : null;
        boolean twice = more.splitFolder() != null || more.statistics() || !bams.isEmpty();
        this.callLog = twice ? (first.equals(OutputFile.STANDARD_OUTPUT) ? "annotations" : first) + CALL_LOG : null;
        if (config.inputs().isEmpty()) {
            throw new IllegalArgumentException(
                    String.format(Locale.ROOT, "Expected the option --%s, got none", JobOptions.INPUT_FILES.key()));
        }
        if (twice) {
            new SecondPass(config.inputs(), callLog); // refuses standard input now, not after the run
        }
    }

    /** Where dead letters of that output go: {@code OUTPUT.dead-letters.jsonl}; in the working folder for {@code -}. */
    public static OutputFile deadLettersOf(String outputFile) {
        return new OutputFile(
                outputFile.equals(OutputFile.STANDARD_OUTPUT)
                        ? STANDARD_OUTPUT_DEAD_LETTERS
                        : outputFile + DEAD_LETTERS_SUFFIX);
    }

    /** Endings of outputs that can be written, {@code .gz} aside. */
    public static final List<String> FORMATS =
            List.of(".jsonl", ".json", ".tsv", ".bed", ".gff3", ".bedgraph", PARQUET, BAM);

    /** Whether a file's name tells a format that can be written; {@code -} is standard output. */
    public static boolean isKnownFormat(String path) {
        String name = name(path);
        return name.equals(OutputFile.STANDARD_OUTPUT) || FORMATS.stream().anyMatch(name::endsWith);
    }

    private static String name(String path) {
        return path.toLowerCase(Locale.ROOT).replaceFirst("\\.gz$", "");
    }

    private RowFormat<ReadAnnotation> format(String path) {
        String name = name(path);
        if (name.equals(OutputFile.STANDARD_OUTPUT) || name.endsWith(".jsonl") || name.endsWith(".json")) {
            return new AnnotationJsonFormat();
        }
        if (name.endsWith(".tsv")) {
            return new AnnotationTsvFormat();
        }
        if (name.endsWith(".bed")) {
            return new BedFormat();
        }
        if (name.endsWith(".gff3")) {
            return new Gff3Format();
        }
        if (name.endsWith(".bedgraph")) {
            int label = more.labels().indexOf(more.bedGraphLabel());
            if (label < 0) {
                throw new IllegalArgumentException(String.format(
                        Locale.ROOT,
                        "Expected one of the labels %s for %s, got %s",
                        more.labels(),
                        path,
                        more.bedGraphLabel()));
            }
            return new BedGraphFormat(more.bedGraphLabel(), label, more.labels().size());
        }
        throw new IllegalArgumentException(
                "Expected an output file in .jsonl, .tsv, .bed, .gff3 or .bedgraph, also .gz, in .parquet or .bam, or - for"
                        + String.format(Locale.ROOT, " standard output, got '%s'", path));
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
        new ReadScoringTopology(config, sessions, more.fragments())
                .build(
                        environment,
                        new SequenceFileSource(config.inputs(), config.stopOnFailure()),
                        new FanOutSink<>(sinks()),
                        new RowFileSink<>(deadLetters, new DeadLetterJsonFormat(), true),
                        1);
        JobSummary summary = follow(environment.executeAsync("kmerflow annotate"), progress);
        secondPass();
        for (OutputFile text : texts) {
            text.finish();
        }
        for (OutputFile table : tables) {
            table.finish();
        }
        if (counts != null) {
            counts.finish();
        }
        deadLetters.finish();
        return summary;
    }

    private List<Sink<ReadAnnotation>> sinks() {
        List<Sink<ReadAnnotation>> sinks = new ArrayList<>();
        for (OutputFile text : texts) {
            sinks.add(new RowFileSink<>(text, format(text.path()), false));
        }
        for (OutputFile table : tables) {
            sinks.add(new ParquetSink(table));
        }
        if (counts != null) {
            sinks.add(new CountTableSink(counts));
        }
        if (callLog != null) {
            sinks.add(new CallLogSink(callLog));
        }
        return sinks;
    }

    private void secondPass() throws IOException {
        if (callLog == null) {
            return;
        }
        List<OriginalOutput> outputs = new ArrayList<>();
        for (OutputFile bam : bams) {
            outputs.add(new BamOutput(bam, more.modelName(), more.modelDigest()));
        }
        if (more.splitFolder() != null) {
            split = new SplitOutput(Path.of(more.splitFolder()));
            outputs.add(split);
        }
        if (statistics != null) {
            outputs.add(statistics);
        }
        new SecondPass(config.inputs(), callLog).run(outputs);
        CallLog.delete(callLog);
    }

    /** After a run: records of each file of original records, by name; empty without them. */
    public Map<String, Long> splitRecords() {
        return split == null ? Map.of() : split.records();
    }

    /** After a run: what a report shows; null if it was not asked for. */
    public ReadStatistics statistics() {
        return statistics;
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
        } catch (ExecutionException | IllegalStateException e) {
            return JobSummary.of(Map.of(), since); // the job, or its cluster, ended in between: the result says how
        }
    }
}
