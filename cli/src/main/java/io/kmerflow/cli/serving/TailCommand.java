package io.kmerflow.cli.serving;

import io.kmerflow.cli.base.ExitCode;
import io.kmerflow.cli.topic.TopicReader;
import io.kmerflow.files.write.AnnotationJsonFormat;
import io.kmerflow.files.write.DeadLetterJsonFormat;
import io.kmerflow.files.write.RowFormat;
import io.kmerflow.job.json.ReadJson;
import io.kmerflow.schema.DeadLetter;
import io.kmerflow.schema.DriftReport;
import io.kmerflow.schema.ModelAnnouncement;
import io.kmerflow.schema.ModelEvent;
import io.kmerflow.schema.ReadAnnotation;
import io.kmerflow.schema.ReadLabel;
import io.kmerflow.schema.SequencedRead;
import io.kmerflow.schema.codec.UndecodableRecordException;
import io.kmerflow.sequence.PrintableText;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.avro.specific.SpecificRecord;
import picocli.CommandLine.Command;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;
import picocli.CommandLine.TypeConversionException;

/** A topic as text. */
@Command(
        name = "tail",
        description = {
            "Prints a topic as text.",
            "Annotations, dead letters, models, model events, labels and drift reports are printed as a table, reads as FASTA;"
                    + " all of them as JSON Lines with --json. A label that was withdrawn is empty. Records that cannot be decoded are left out and reported with their place; the "
                    + "exit code is then 3."
        },
        footer = "kmerflow tail --bootstrap-servers localhost:9092 --from-beginning",
        mixinStandardHelpOptions = true)
public final class TailCommand implements Callable<Integer> {
    private static final Duration POLL = Duration.ofMillis(500);
    private static final long MAX_IDLE_SECONDS = 1_000_000_000;

    /** What to watch. */
    enum Topic {
        ANNOTATIONS,
        DEAD_LETTERS,
        READS,
        MODELS,
        MODEL_EVENTS,
        LABELS,
        DRIFT;

        /** As topics are called by default: {@code dead-letters}. */
        String spelling() {
            return name().toLowerCase(Locale.ROOT).replace('_', '-');
        }
    }

    /** Takes a topic in the spelling of the topics, and in that of older versions: {@code dead_letters}. */
    static final class TopicConverter implements ITypeConverter<Topic> {
        @Override
        public Topic convert(String value) {
            for (Topic topic : Topic.values()) {
                if (topic.spelling().equals(value.toLowerCase(Locale.ROOT).replace('_', '-'))) {
                    return topic;
                }
            }
            throw new TypeConversionException(String.format(
                    Locale.ROOT,
                    "expected one of %s, got '%s'",
                    Stream.of(Topic.values()).map(Topic::spelling).collect(Collectors.joining(", ")),
                    value));
        }
    }

    @Spec
    private CommandSpec spec;

    @Mixin
    private KafkaConnectionOptions kafka;

    @Mixin
    private TopicOptions topics;

    @Mixin
    private ModelTopicOptions modelTopics;

    @Mixin
    private LabelsTopicOption labelsTopic;

    @Mixin
    private DriftTopicOption driftTopic;

    @Mixin
    private RegistryOptions registry;

    @Option(
            names = "--topic",
            converter = TopicConverter.class,
            paramLabel = "TOPIC",
            defaultValue = "annotations",
            description =
                    "annotations, dead-letters, reads, models, model-events, labels or drift (default: ${DEFAULT-VALUE}). Topics with other names are"
                            + " given by --annotations-topic and so on.")
    private Topic topic;

    @Option(names = "--from-beginning", description = "Begin with the oldest record (default: with the next).")
    private boolean fromBeginning;

    @Option(names = "--max-records", paramLabel = "N", description = "Stop after this many records (default: never).")
    private long maxRecords = Long.MAX_VALUE;

    @Option(
            names = "--idle-seconds",
            paramLabel = "S",
            description = "Stop after this many seconds without a record (default: never).")
    private Long idleSeconds;

    @Option(names = "--json", description = "Print one JSON object per record, with all of its fields.")
    private boolean json;

    private long leftOut;

    @Override
    public Integer call() {
        if (maxRecords < 0 || idleSeconds != null && (idleSeconds < 0 || idleSeconds > MAX_IDLE_SECONDS)) {
            throw new ParameterException(
                    spec.commandLine(),
                    String.format(
                            Locale.ROOT,
                            "Expected --max-records of 0 or more and --idle-seconds of 0 to %,d, got %s and %s",
                            MAX_IDLE_SECONDS,
                            maxRecords == Long.MAX_VALUE ? "none" : maxRecords,
                            idleSeconds == null ? "none" : idleSeconds));
        }
        switch (topic) {
            case ANNOTATIONS ->
                follow(
                        topics.annotations(),
                        ReadAnnotation.class,
                        json ? new AnnotationJsonFormat() : new TailTable.Annotations());
            case DEAD_LETTERS ->
                follow(
                        topics.deadLetters(),
                        DeadLetter.class,
                        json ? new DeadLetterJsonFormat() : new TailTable.DeadLetters());
            case MODELS ->
                follow(modelTopics.models(), ModelAnnouncement.class, json ? new AvroJson<>() : new TailTable.Models());
            case MODEL_EVENTS ->
                follow(modelTopics.events(), ModelEvent.class, json ? new AvroJson<>() : new TailTable.ModelEvents());
            case LABELS ->
                follow(labelsTopic.labels(), ReadLabel.class, json ? new AvroJson<>() : new TailTable.Labels());
            case DRIFT ->
                follow(driftTopic.drift(), DriftReport.class, json ? new AvroJson<>() : new TailTable.Drift());
            default -> follow(topics.reads(), SequencedRead.class, json ? new ReadLines() : new Fasta());
        }
        return leftOut == 0 ? ExitCode.FINE : ExitCode.REJECTED;
    }

    private <T extends SpecificRecord> void follow(String name, Class<T> type, RowFormat<T> format) {
        PrintWriter out = spec.commandLine().getOut();
        TopicReader.Start start = fromBeginning ? TopicReader.Start.BEGINNING : TopicReader.Start.END;
        try (TopicReader<T> reader = new TopicReader<>(
                kafka.bootstrapServers(), kafka.properties(), name, type, registry.format(), start, this::say)) {
            if (format.header() != null) {
                out.println(format.header());
                out.flush();
            }
            long printed = 0;
            long lastNanos = System.nanoTime();
            while (printed < maxRecords && !idle(lastNanos)) {
                long before = leftOut;
                for (T record : reader.poll(POLL, this::leaveOut)) {
                    if (printed < maxRecords) {
                        out.println(format.row(record));
                        printed++;
                    }
                    lastNanos = System.nanoTime();
                }
                lastNanos = leftOut > before ? System.nanoTime() : lastNanos;
                if (out.checkError()) {
                    return; // whoever read our output has gone
                }
            }
        }
    }

    private void leaveOut(String place, UndecodableRecordException error) {
        leftOut++;
        PrintWriter err = spec.commandLine().getErr();
        err.printf(Locale.ROOT, "kmerflow: left out %s (%d so far): %s%n", place, leftOut, error.getMessage());
        err.flush();
    }

    private void say(String sentence) {
        PrintWriter err = spec.commandLine().getErr();
        err.println("kmerflow: " + sentence);
        err.flush();
    }

    private boolean idle(long lastNanos) {
        return idleSeconds != null && System.nanoTime() - lastNanos > idleSeconds * 1_000_000_000L;
    }

    private static final class AvroJson<T extends SpecificRecord> implements RowFormat<T> {
        private static final long serialVersionUID = 1L;

        @Override
        public String header() {
            return null;
        }

        @Override
        public String row(T record) {
            return PrintableText.escape(record.toString()); // Avro writes JSON
        }
    }

    private static final class ReadLines implements RowFormat<SequencedRead> {
        private static final long serialVersionUID = 1L;

        @Override
        public String header() {
            return null;
        }

        @Override
        public String row(SequencedRead read) {
            return ReadJson.text(read);
        }
    }

    private static final class Fasta implements RowFormat<SequencedRead> {
        private static final long serialVersionUID = 1L;

        @Override
        public String header() {
            return null;
        }

        @Override
        public String row(SequencedRead read) {
            String mate = read.getMate() == 0 ? "" : "/" + read.getMate();
            return String.format(
                    Locale.ROOT,
                    ">%s%s run=%s%n%s",
                    PrintableText.escape(read.getReadId()),
                    mate,
                    PrintableText.escape(read.getRunId()),
                    PrintableText.escape(StandardCharsets.ISO_8859_1
                            .decode(read.getBases().duplicate())
                            .toString()));
        }
    }
}
