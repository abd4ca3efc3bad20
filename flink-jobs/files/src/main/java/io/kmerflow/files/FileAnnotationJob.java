package io.kmerflow.files;

import io.kmerflow.files.fragment.FragmentOperator;
import io.kmerflow.files.original.OriginalOutput;
import io.kmerflow.files.original.ReadStatistics;
import io.kmerflow.files.original.SecondPass;
import io.kmerflow.files.original.SplitNames;
import io.kmerflow.files.original.SplitOutput;
import io.kmerflow.files.read.InputFile;
import io.kmerflow.files.read.ReadFiles;
import io.kmerflow.files.source.SequenceFileSource;
import io.kmerflow.files.write.AnnotationJsonFormat;
import io.kmerflow.files.write.AnnotationTsvFormat;
import io.kmerflow.files.write.BedFormat;
import io.kmerflow.files.write.BedGraphFormat;
import io.kmerflow.files.write.CallLog;
import io.kmerflow.files.write.CallLogSink;
import io.kmerflow.files.write.CountTableSink;
import io.kmerflow.files.write.DeadLetterJsonFormat;
import io.kmerflow.files.write.FanOutSink;
import io.kmerflow.files.write.Gff3Format;
import io.kmerflow.files.write.OutputFile;
import io.kmerflow.files.write.ParquetSink;
import io.kmerflow.files.write.RefusedOutputException;
import io.kmerflow.files.write.RowFileSink;
import io.kmerflow.files.write.RowFormat;
import io.kmerflow.files.write.RunOutputs;
import io.kmerflow.files.write.TaxonReportSink;
import io.kmerflow.job.JobEnvironment;
import io.kmerflow.job.OperatorUids;
import io.kmerflow.job.ReadScoringTopology;
import io.kmerflow.job.model.SessionFactory;
import io.kmerflow.job.types.RecordTypeInfo;
import io.kmerflow.schema.ReadAnnotation;
import io.kmerflow.sequence.PrintableText;
import java.io.IOException;
import java.io.OutputStreamWriter;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.apache.flink.api.common.JobExecutionResult;
import org.apache.flink.api.connector.sink2.Sink;
import org.apache.flink.core.execution.JobClient;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;

/**
 * Files of reads to files of annotations in input order, which appear when the run has succeeded. What needs the records
 * as they were (split, BAM, statistics) is made in a second pass over the input, beside a log of the calls.
 */
public final class FileAnnotationJob {
    private static final String DEAD_LETTERS = "dead-letters";
    private static final String DEAD_LETTERS_ENDING = ".jsonl";

    private static final String CALL_LOG = ".calls";
    private static final String BAM = ".bam";
    private static final String PARQUET = ".parquet";
    private static final String BED_GRAPH = ".bedgraph";

    private static final long PROGRESS_MILLIS = 1_000;

    private final FileConfig config;
    private final SessionFactory sessions;
    private final FileOutputs more;
    private final List<OutputFile> texts = new ArrayList<>();
    private final List<OutputFile> tables = new ArrayList<>();
    private final List<OutputFile> bams = new ArrayList<>();
    private final OutputFile deadLetters;
    private final OutputFile counts;
    private final OutputFile kraken;
    private final OutputFile krona;
    private final OutputFile report;
    private final List<OutputFile> callLog;
    private final SecondPass secondPass;
    private final ReadStatistics statistics;
    private final SplitNames splitNames;
    private final List<String> notes = new ArrayList<>();
    private SplitOutput split;

    /** Makes the page about a run; {@code statistics} as of {@link FileAnnotationJob#statistics}. */
    @FunctionalInterface
    public interface Page {
        /** The page as text. */
        String of(JobSummary summary, ReadStatistics statistics);
    }

    /** One output. */
    public FileAnnotationJob(FileConfig config, SessionFactory sessions) throws IOException {
        this(config, sessions, FileOutputs.none());
    }

    /**
     * Looks at inputs and outputs; writes nothing.
     *
     * @param config with input files and an output file
     * @param sessions loads the model
     * @param more further outputs
     * @throws RefusedOutputException if an output cannot be written as asked: its name ends in no known format, it is an
     *     input or another output, its folder holds files of another run
     * @throws IllegalArgumentException if a file is missing in the configuration
     * @throws IOException if an input that must be read beforehand cannot be read
     */
    public FileAnnotationJob(FileConfig config, SessionFactory sessions, FileOutputs more) throws IOException {
        this.config = config;
        this.sessions = sessions;
        this.more = more;
        String first = config.requireOutputFile();
        config.requireInputs();
        for (String path :
                Stream.concat(Stream.of(first), more.files().stream()).toList()) {
            if (name(path).endsWith(BAM)) {
                bams.add(new OutputFile(path));
            } else if (name(path).endsWith(PARQUET)) {
                tables.add(new OutputFile(path));
            } else {
                format(path);
                texts.add(new OutputFile(path));
            }
        }
        requireKnownLabel();
        this.deadLetters = new OutputFile(deadLettersPath(first));
        this.counts = more.countTable() == null ? null : new OutputFile(more.countTable());
        this.kraken =
                more.taxa().kraken() == null ? null : new OutputFile(more.taxa().kraken());
        this.krona =
                more.taxa().krona() == null ? null : new OutputFile(more.taxa().krona());
        this.report = more.report() == null ? null : new OutputFile(more.report());
        this.statistics = report == null ? null : new ReadStatistics();
        this.splitNames = new SplitNames(more.labels());
        check();
        boolean twice = more.splitFolder() != null || report != null || !bams.isEmpty();
        this.callLog =
                twice ? CallLog.files((OutputFile.isSpecial(first) ? "annotations" : first) + CALL_LOG) : List.of();
        this.secondPass =
                twice ? new SecondPass(config.inputs(), callLog, more.splitFolder() != null || !bams.isEmpty()) : null;
    }

    private void check() {
        OutputCheck check = new OutputCheck();
        for (InputFile input : config.inputs()) {
            check.input(input.path());
            if (input.sequencingSummary() != null) {
                check.input(input.sequencingSummary());
            }
        }
        String reference = System.getProperty(ReadFiles.REFERENCE);
        if (reference != null) {
            check.input(reference);
            check.input(reference + ".fai");
        }
        if (more.modelBundle() != null) {
            check.input(more.modelBundle());
        }
        Stream.of(texts, tables, bams).flatMap(List::stream).forEach(file -> check.output("--output", file));
        tables.forEach(file -> check.requireSeekable("Parquet", file));
        if (counts != null) {
            new CountTableSink(counts); // refuses an unknown format
            check.output("--counts", counts);
        }
        if (kraken != null) {
            krakenSink();
            check.output("--kreport", kraken);
        }
        if (krona != null) {
            kronaSink();
            check.output("--krona", krona);
        }
        if (report != null) {
            check.output("--report", report);
        }
        check.output("dead letters", deadLetters);
        if (more.splitFolder() != null) {
            check.split(more.splitFolder(), splitNames, more.force());
        }
    }

    private void requireKnownLabel() {
        String label = more.bedGraphLabel();
        if (label != null && !more.labels().contains(label)) {
            throw new RefusedOutputException(String.format(
                    Locale.ROOT,
                    "Expected one of the labels %s for --label, got '%s'",
                    more.labels(),
                    PrintableText.escape(label)));
        }
    }

    /**
     * Where dead letters go: to {@code OUTPUT.dead-letters.jsonl}; without such a name, for standard output, devices and
     * pipes, to {@code dead-letters.jsonl} in the working folder, or the first free of {@code dead-letters.2.jsonl} and so
     * on, since a file of that name need not be one of ours.
     */
    private static String deadLettersPath(String output) {
        if (!OutputFile.isSpecial(output)) {
            return output + "." + DEAD_LETTERS + DEAD_LETTERS_ENDING;
        }
        return free(Path.of(""), DEAD_LETTERS + "%s" + DEAD_LETTERS_ENDING).toString();
    }

    /** The first path of that name that does not exist; %s is nothing, .2, .3 and so on. */
    private static Path free(Path folder, String name) {
        Path path = folder.resolve(String.format(Locale.ROOT, name, ""));
        for (int i = 2; Files.exists(path, LinkOption.NOFOLLOW_LINKS); i++) {
            path = folder.resolve(String.format(Locale.ROOT, name, "." + i));
        }
        return path;
    }

    /** Endings of outputs that can be written, {@code .gz} aside. */
    public static final List<String> FORMATS =
            List.of(".jsonl", ".json", ".tsv", ".bed", ".gff3", ".bedgraph", PARQUET, BAM);

    /** Whether a file's name tells a format that can be written; standard output, devices and pipes need not. */
    public static boolean isKnownFormat(String path) {
        boolean compressed = path.toLowerCase(Locale.ROOT).endsWith(".gz");
        String name = name(path);
        return OutputFile.isSpecial(path)
                || FORMATS.stream()
                        .filter(format -> !compressed || !format.equals(BAM) && !format.equals(PARQUET))
                        .anyMatch(name::endsWith);
    }

    private static String name(String path) {
        return path.toLowerCase(Locale.ROOT).replaceFirst("\\.gz$", "");
    }

    /** Whether a file is written as bedGraph, which needs {@code --label} and window scores. */
    public static boolean isBedGraph(String path) {
        return name(path).endsWith(BED_GRAPH);
    }

    private RowFormat<ReadAnnotation> format(String path) {
        if (!isKnownFormat(path)) {
            throw new RefusedOutputException(
                    "Expected an output file in .jsonl, .tsv, .bed, .gff3 or .bedgraph, also .gz, in .parquet or .bam, or - for"
                            + String.format(Locale.ROOT, " standard output, got '%s'", PrintableText.escape(path)));
        }
        String name = name(path);
        if (name.endsWith(".tsv")) {
            return new AnnotationTsvFormat();
        }
        if (name.endsWith(".bed")) {
            return new BedFormat(more.strands());
        }
        if (name.endsWith(".gff3")) {
            return new Gff3Format(more.strands());
        }
        if (name.endsWith(BED_GRAPH)) {
            String label = more.bedGraphLabel();
            if (label == null) {
                throw new RefusedOutputException(String.format(
                        Locale.ROOT,
                        "Expected --label with one of the labels %s for %s, got none",
                        more.labels(),
                        PrintableText.escape(path)));
            }
            requireKnownLabel();
            return new BedGraphFormat(
                    label, more.labels().indexOf(label), more.labels().size());
        }
        return new AnnotationJsonFormat();
    }

    /**
     * Runs to the end and names the files.
     *
     * @param environment of the cluster to run on
     * @throws Exception if the job failed; then no file appears
     */
    public JobSummary run(StreamExecutionEnvironment environment) throws Exception {
        return run(environment, soFar -> {}, (summary, about) -> "");
    }

    /**
     * Runs to the end and names the files.
     *
     * @param environment of the cluster to run on
     * @param progress told about once a second what is done so far
     * @param page makes the report, if there is to be one
     * @throws Exception if the job failed; then no file appears
     */
    public JobSummary run(StreamExecutionEnvironment environment, Consumer<JobSummary> progress, Page page)
            throws Exception {
        JobEnvironment.configureOneShot(environment);
        try (RunOutputs outputs = new RunOutputs()) {
            begin(outputs);
            new ReadScoringTopology(config.job(), sessions, this::called)
                    .build(
                            environment,
                            new SequenceFileSource(config.inputs(), config.stopOnFailure()),
                            new FanOutSink<>(sinks()),
                            new RowFileSink<>(deadLetters, new DeadLetterJsonFormat(), true),
                            1);
            JobSummary summary = follow(environment.executeAsync("kmerflow annotate"), progress);
            if (secondPass != null) {
                secondPass(outputs);
            }
            if (report != null) {
                try (Writer out = new OutputStreamWriter(report.open(), StandardCharsets.UTF_8)) {
                    out.write(page.of(summary, statistics));
                }
            }
            outputs.commit();
            keepEarlierDeadLetters(summary);
            if (split != null) {
                noteFilesThatStay();
            }
            return summary;
        }
    }

    /** One call of both mates of a fragment, where that is asked for. */
    private DataStream<ReadAnnotation> called(DataStream<ReadAnnotation> scored) {
        if (more.fragments() == null) {
            return scored;
        }
        return scored.transform(
                        "fragments", new RecordTypeInfo<>(ReadAnnotation.class), new FragmentOperator(more.fragments()))
                .uid(OperatorUids.FRAGMENTS)
                .setParallelism(1);
    }

    private void begin(RunOutputs outputs) throws IOException {
        for (OutputFile file :
                Stream.of(texts, tables, bams).flatMap(List::stream).toList()) {
            outputs.add(file);
        }
        for (OutputFile table :
                Stream.of(counts, kraken, krona).filter(Objects::nonNull).toList()) {
            outputs.add(table);
        }
        if (report != null) {
            outputs.add(report);
        }
        outputs.add(deadLetters);
        for (OutputFile file : callLog) {
            outputs.addScratch(file);
        }
    }

    /** Dead letters of an earlier run must not pass for those of this one; they get another name. */
    private void keepEarlierDeadLetters(JobSummary summary) throws IOException {
        if (summary.deadLetters() > 0 || !Files.isRegularFile(deadLetters.target())) {
            return;
        }
        String name = deadLetters.target().getFileName().toString();
        String before = name.substring(0, name.length() - DEAD_LETTERS_ENDING.length());
        Path earlier =
                free(deadLetters.target().getParent(), before.replace("%", "%%") + ".earlier%s" + DEAD_LETTERS_ENDING);
        Files.move(deadLetters.target(), earlier);
        notes.add("no dead letters; those of an earlier run are now in " + earlier.getFileName());
    }

    private void noteFilesThatStay() {
        List<Path> earlier = OutputCheck.filesOfSplits(Path.of(more.splitFolder())).stream()
                .filter(file -> !split.records().containsKey(file.getFileName().toString()))
                .toList();
        if (!earlier.isEmpty()) {
            notes.add(String.format(
                    Locale.ROOT, "not of this run, still in %s: %s", more.splitFolder(), OutputCheck.some(earlier)));
        }
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
        if (kraken != null) {
            sinks.add(krakenSink());
        }
        if (krona != null) {
            sinks.add(kronaSink());
        }
        if (!callLog.isEmpty()) {
            sinks.add(new CallLogSink(callLog));
        }
        return sinks;
    }

    private TaxonReportSink krakenSink() {
        return new TaxonReportSink(
                kraken, TaxonReportSink.Format.KRAKEN, more.taxa().taxonIds());
    }

    private TaxonReportSink kronaSink() {
        return new TaxonReportSink(
                krona, TaxonReportSink.Format.KRONA, more.taxa().taxonIds());
    }

    private void secondPass(RunOutputs files) throws IOException {
        List<OriginalOutput> outputs = new ArrayList<>();
        for (OutputFile bam : bams) {
            outputs.add(secondPass.bam(bam, more.modelName(), more.modelDigest()));
        }
        if (more.splitFolder() != null) {
            split = secondPass.split(Path.of(more.splitFolder()), splitNames, files);
            outputs.add(split);
        }
        if (statistics != null) {
            outputs.add(statistics);
        }
        secondPass.run(outputs);
        outputs.forEach(output -> notes.addAll(output.notes()));
    }

    /** Where dead letters of this run go, if there are any. */
    public String deadLetters() {
        return deadLetters.path();
    }

    /** After a run: what the user should know of the files, a sentence each. */
    public List<String> notes() {
        return List.copyOf(notes);
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
