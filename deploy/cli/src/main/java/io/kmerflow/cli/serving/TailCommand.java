package io.kmerflow.cli.serving;

import io.kmerflow.cli.ExitCode;
import io.kmerflow.job.sink.AnnotationJsonFormat;
import io.kmerflow.job.sink.DeadLetterJsonFormat;
import io.kmerflow.job.sink.RowFormat;
import io.kmerflow.schema.DeadLetter;
import io.kmerflow.schema.ModelEvent;
import io.kmerflow.schema.ReadAnnotation;
import io.kmerflow.schema.SequencedRead;
import io.kmerflow.sequence.PrintableText;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.Callable;
import org.apache.avro.specific.SpecificRecord;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** A topic as text. */
@Command(
        name = "tail",
        description =
                "Prints a topic as text: annotations, dead letters and model events as JSON Lines, reads as FASTA.",
        mixinStandardHelpOptions = true)
public final class TailCommand implements Callable<Integer> {
    private static final Duration POLL = Duration.ofMillis(500);

    /** What to watch. */
    enum Topic {
        ANNOTATIONS,
        DEAD_LETTERS,
        READS,
        MODEL_EVENTS
    }

    @Spec
    private CommandSpec spec;

    @Mixin
    private KafkaOptions kafka;

    @Option(
            names = "--topic",
            defaultValue = "ANNOTATIONS",
            description = "Which: ${COMPLETION-CANDIDATES} (default: ${DEFAULT-VALUE}).")
    private Topic topic;

    @Option(names = "--model-events-topic", defaultValue = "model-events", description = "Default: ${DEFAULT-VALUE}.")
    private String modelEventsTopic;

    @Option(names = "--from-beginning", description = "Begin with the oldest record (default: with the next).")
    private boolean fromBeginning;

    @Option(names = "--max-records", paramLabel = "N", description = "Stop after so many (default: never).")
    private long maxRecords = Long.MAX_VALUE;

    @Option(
            names = "--idle-seconds",
            paramLabel = "S",
            description = "Stop when nothing came for so long (default: never).")
    private Long idleSeconds;

    @Override
    public Integer call() {
        switch (topic) {
            case ANNOTATIONS -> follow(kafka.annotationsTopic(), ReadAnnotation.class, new AnnotationJsonFormat());
            case DEAD_LETTERS -> follow(kafka.deadLettersTopic(), DeadLetter.class, new DeadLetterJsonFormat());
            case MODEL_EVENTS -> follow(modelEventsTopic, ModelEvent.class, new Events());
            default -> follow(kafka.readsTopic(), SequencedRead.class, new Fasta());
        }
        return ExitCode.FINE;
    }

    private <T extends SpecificRecord> void follow(String name, Class<T> type, RowFormat<T> format) {
        PrintWriter out = spec.commandLine().getOut();
        try (TopicReader<T> reader =
                new TopicReader<>(kafka.bootstrapServers(), kafka.properties(), name, type, fromBeginning)) {
            long printed = 0;
            long lastNanos = System.nanoTime();
            while (printed < maxRecords && !idle(lastNanos)) {
                for (T record : reader.poll(POLL)) {
                    if (printed < maxRecords) {
                        out.println(format.row(record));
                        printed++;
                    }
                    lastNanos = System.nanoTime();
                }
                if (out.checkError()) {
                    return; // whoever read our output has gone
                }
            }
        }
    }

    private boolean idle(long lastNanos) {
        return idleSeconds != null && System.nanoTime() - lastNanos > idleSeconds * 1_000_000_000L;
    }

    private static final class Events implements RowFormat<ModelEvent> {
        private static final long serialVersionUID = 1L;

        @Override
        public String header() {
            return null;
        }

        @Override
        public String row(ModelEvent event) {
            return PrintableText.escape(event.toString()); // Avro writes JSON
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
            return ">%s%s run=%s%n%s"
                    .formatted(
                            PrintableText.escape(read.getReadId()),
                            mate,
                            PrintableText.escape(read.getRunId()),
                            PrintableText.escape(StandardCharsets.ISO_8859_1
                                    .decode(read.getBases().duplicate())
                                    .toString()));
        }
    }
}
