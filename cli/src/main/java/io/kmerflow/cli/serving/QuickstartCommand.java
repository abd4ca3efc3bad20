package io.kmerflow.cli.serving;

import io.kmerflow.cli.base.CommandFailure;
import io.kmerflow.cli.base.ExitCode;
import io.kmerflow.cli.base.Home;
import io.kmerflow.cli.base.StopSignal;
import io.kmerflow.cli.live.LivePage;
import io.kmerflow.cli.topic.TopicFormat;
import io.kmerflow.cli.topic.TopicReader;
import io.kmerflow.files.FileConfig;
import io.kmerflow.files.FileOptions;
import io.kmerflow.files.IngestJob;
import io.kmerflow.files.JobSummary;
import io.kmerflow.files.OutputCheck;
import io.kmerflow.files.write.AnnotationJsonFormat;
import io.kmerflow.files.write.OutputFile;
import io.kmerflow.files.write.RunOutputs;
import io.kmerflow.job.JobConfig;
import io.kmerflow.job.JobOptions;
import io.kmerflow.job.ReadScoringJob;
import io.kmerflow.job.kafka.KafkaConfig;
import io.kmerflow.kafka.EmbeddedKafka;
import io.kmerflow.schema.DeadLetter;
import io.kmerflow.schema.ReadAnnotation;
import io.kmerflow.sequence.PrintableText;
import java.io.OutputStreamWriter;
import java.io.PrintWriter;
import java.io.Writer;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.FutureTask;
import org.apache.avro.specific.SpecificRecord;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.core.execution.JobClient;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** The whole path on one machine: broker, job, sample reads in, annotations out. */
@Command(
        name = "quickstart",
        description = {
            "Runs everything once on this machine: Kafka, Flink, the bundled model and the sample " + "reads.",
            "Starts Kafka and Flink in this process, streams the sample reads through the topics, "
                    + "shows progress and a table of calls, writes the annotations, and ends."
        },
        footer = {"kmerflow quickstart", "kmerflow quickstart --view"},
        mixinStandardHelpOptions = true)
public final class QuickstartCommand implements Callable<Integer> {
    /** Of the annotation job, and of the ingest beside it. */
    private static final int SLOTS = 2;

    private static final Duration POLL = Duration.ofMillis(200);
    private static final Duration STUCK = Duration.ofMinutes(2);

    /** Reads and dead letters that the ingest put onto the topics. */
    private record Ingested(long reads, long deadLetters) {}

    @Spec
    private CommandSpec spec;

    @Mixin
    private ModelOptions model;

    @Mixin
    private ViewOptions view;

    @Option(
            names = {"-o", "--output"},
            paramLabel = "FILE",
            defaultValue = "quickstart-annotations.jsonl",
            description = "Where the annotations go, as JSON Lines (default: ${DEFAULT-VALUE}).")
    private String output;

    @Override
    public Integer call() throws Exception {
        OutputFile target = new OutputFile(output);
        new OutputCheck().output("--output", target);
        PrintWriter out = spec.commandLine().getOut();
        out.println("starting Kafka ...");
        out.flush();
        try (EarlyModel early = EarlyModel.load(JobConfig.from(modelOptions()).requireModel());
                LocalCluster starting = LocalFlink.start(SLOTS);
                EmbeddedKafka kafka = EmbeddedKafka.start();
                LocalCluster flink = starting) { // which ends before Kafka does
            out.printf(
                    Locale.ROOT,
                    "Kafka is at %s; starting Flink, %s ...%n",
                    kafka.bootstrapServers(),
                    model.describe());
            out.flush();
            JobConfig serving = JobConfig.from(options(kafka, Map.of()));
            Future<Ingested> ingest = ingestAll(flink, kafka);
            StreamExecutionEnvironment job = flink.environment(1);
            ReadScoringJob.build(job, serving, serving.requireModel());
            try (LivePage page = view.isAsked() ? LivePage.start(page(serving)) : null) {
                if (page != null) {
                    out.printf(Locale.ROOT, "live page at %s%n", page.url());
                    out.flush();
                }
                int exitCode = annotate(job, early, ingest, kafka, target, out);
                if (page != null) {
                    stayUntilStopped(page, out);
                }
                return exitCode;
            }
        }
    }

    private int annotate(
            StreamExecutionEnvironment environment,
            EarlyModel early,
            Future<Ingested> ingest,
            EmbeddedKafka kafka,
            OutputFile target,
            PrintWriter out)
            throws Exception {
        JobClient job = environment.executeAsync("kmerflow quickstart");
        try {
            return stream(ingest, kafka, job, target, out);
        } finally {
            early.release();
            JobStop.cancel(job);
        }
    }

    private LivePage.Settings page(JobConfig serving) {
        KafkaConfig kafka = serving.requireKafka();
        return new LivePage.Settings(
                kafka.bootstrapServers(),
                Map.of(),
                new LivePage.Topics(
                        kafka.readsTopic(),
                        kafka.annotationsTopic(),
                        kafka.deadLettersTopic(),
                        JobOptions.KAFKA_MODEL_EVENTS_TOPIC.defaultValue(),
                        null,
                        kafka.groupId()),
                TopicFormat.AVRO,
                TopicReader.Start.BEGINNING,
                InetAddress.getLoopbackAddress(),
                view.port());
    }

    private static void stayUntilStopped(LivePage page, PrintWriter out) throws InterruptedException {
        out.printf(Locale.ROOT, "live page at %s; stop with Ctrl-C%n", page.url());
        out.flush();
        try (StopSignal stop = new StopSignal()) {
            stop.await();
        }
    }

    private int stream(Future<Ingested> ingest, EmbeddedKafka kafka, JobClient job, OutputFile target, PrintWriter out)
            throws Exception {
        SampleTally tally = new SampleTally();
        long start = System.nanoTime();
        try (TopicReader<ReadAnnotation> annotations = reader(kafka, "annotations", ReadAnnotation.class);
                TopicReader<DeadLetter> deadLetters = reader(kafka, "dead-letters", DeadLetter.class);
                RunOutputs files = new RunOutputs();
                Progress progress = new Progress(spec.commandLine().getErr())) {
            Ingested ingested = await(ingest);
            long expected = ingested.reads();
            long neverReads = ingested.deadLetters(); // on the topic, but of the ingest
            out.printf(Locale.ROOT, "%,d sample reads are on the reads topic; annotating ...%n", expected);
            out.flush();
            files.add(target);
            try (Writer rows = new OutputStreamWriter(target.open(), StandardCharsets.UTF_8)) {
                AnnotationJsonFormat format = new AnnotationJsonFormat();
                long lastNanos = System.nanoTime();
                while (tally.reads() + deadLetters.endOffsets() - neverReads < expected) {
                    for (ReadAnnotation annotation : annotations.poll(POLL)) {
                        tally.add(annotation);
                        rows.write(format.row(annotation));
                        rows.write('\n');
                        lastNanos = System.nanoTime();
                    }
                    progress.show(String.format(Locale.ROOT, "%,d of %,d reads annotated", tally.reads(), expected));
                    requireRunning(job, lastNanos);
                }
            }
            files.commit();
            progress.end();
            out.printf(Locale.ROOT, "first annotation %.1f s after the start of the command%n", tally.firstSeconds());
            tally.print(out, (System.nanoTime() - start) / 1e9);
            out.println(PrintableText.escape(ModelScope.sentence(model.read())));
            out.printf(
                    Locale.ROOT,
                    "%nannotations: %s%n",
                    PrintableText.escape(
                            target.special() ? output : target.target().toString()));
            if (deadLetters.endOffsets() > 0) {
                out.printf(Locale.ROOT, "%d dead letters%n", deadLetters.endOffsets());
                return ExitCode.DEAD_LETTERS;
            }
            return ExitCode.FINE;
        }
    }

    private static void requireRunning(JobClient job, long lastNanos) throws Exception {
        if (job.getJobStatus().get().isGloballyTerminalState()) {
            job.getJobExecutionResult().get(); // throws why
            throw new CommandFailure("Expected the annotation job to run until all reads are annotated, it ended");
        }
        if (System.nanoTime() - lastNanos > STUCK.toNanos()) {
            throw new CommandFailure(String.format(Locale.ROOT, "No annotation came for %d s", STUCK.toSeconds()));
        }
    }

    private static <T extends SpecificRecord> TopicReader<T> reader(EmbeddedKafka kafka, String topic, Class<T> type) {
        return new TopicReader<>(
                kafka.bootstrapServers(),
                Map.of(),
                topic,
                type,
                TopicFormat.AVRO,
                TopicReader.Start.BEGINNING,
                notice -> {});
    }

    /** Begins to put the sample reads onto the topic, file after file, while the annotation job starts. */
    private Future<Ingested> ingestAll(LocalCluster flink, EmbeddedKafka kafka) {
        FutureTask<Ingested> ingest = new FutureTask<>(() -> {
            JobSummary illumina =
                    ingest(flink, kafka, "illumina", List.of("illumina_R1.fastq.gz"), List.of("illumina_R2.fastq.gz"));
            JobSummary nanopore = ingest(flink, kafka, "nanopore", List.of("nanopore.fastq.gz"), List.of());
            return new Ingested(
                    illumina.ingested() + nanopore.ingested(), illumina.deadLetters() + nanopore.deadLetters());
        });
        Thread thread = new Thread(ingest, "ingest");
        thread.setDaemon(true);
        thread.start();
        return ingest;
    }

    private static Ingested await(Future<Ingested> ingest) throws Exception {
        try {
            return ingest.get();
        } catch (ExecutionException e) {
            throw e.getCause() instanceof Exception cause ? cause : e;
        }
    }

    private JobSummary ingest(
            LocalCluster flink, EmbeddedKafka kafka, String sample, List<String> inputs, List<String> mates)
            throws Exception {
        Configuration files = new Configuration();
        files.set(FileOptions.INPUT_FILES, paths(inputs));
        files.set(FileOptions.INPUT_MATES, paths(mates));
        files.set(FileOptions.INPUT_SAMPLE_ID, sample);
        return IngestJob.run(flink.environment(1), FileConfig.from(options(kafka, files.toMap())));
    }

    private static List<String> paths(List<String> names) {
        return names.stream()
                .map(name -> Home.samples().resolve(name).toString())
                .toList();
    }

    private Configuration modelOptions() {
        Configuration options = new Configuration();
        model.addTo(options);
        return options;
    }

    private Configuration options(EmbeddedKafka kafka, Map<String, String> more) {
        Configuration options = modelOptions();
        options.addAll(Configuration.fromMap(more));
        options.set(JobOptions.KAFKA_BOOTSTRAP_SERVERS, kafka.bootstrapServers());
        options.set(JobOptions.KAFKA_CREATE_TOPICS, true);
        options.set(JobOptions.KAFKA_NEW_TOPIC_PARTITIONS, 1);
        return options;
    }
}
