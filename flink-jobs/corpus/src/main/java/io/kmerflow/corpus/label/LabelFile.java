package io.kmerflow.corpus.label;

import io.kmerflow.job.deadletter.DeadLetterPolicy;
import io.kmerflow.job.deadletter.DeadLetters;
import io.kmerflow.job.ingest.Origin;
import io.kmerflow.schema.DeadLetter;
import io.kmerflow.schema.DeadLetterStage;
import io.kmerflow.schema.ReadLabel;
import io.kmerflow.sequence.file.DamagedStreamException;
import io.kmerflow.sequence.file.LineReader;
import io.kmerflow.sequence.file.SequenceFiles;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;

/** Reads a file of labels, plain or gzip, line by line: what a line says, or a dead letter with its place and reason. */
public final class LabelFile {
    private final String path;
    private final LabelFormat format;
    private final LabelSettings settings;

    /**
     * @param path file, or - for standard input
     * @param format of it
     * @param settings what is said of it from outside
     */
    public LabelFile(String path, LabelFormat format, LabelSettings settings) {
        this.path = path;
        this.format = format;
        this.settings = settings;
    }

    /**
     * What was in a file.
     *
     * @param labels that were found
     * @param deadLetters lines that could not be read
     * @param passed lines that say nothing of their read, by reason
     */
    public record Counts(long labels, long deadLetters, Map<String, Long> passed) {}

    /** One reading of the file. */
    private static final class Reading implements LabelLines.Target {
        private final Consumer<ReadLabel> labels;
        private final Map<String, Long> passed = new TreeMap<>();
        private long found;
        private long refused;

        Reading(Consumer<ReadLabel> labels) {
            this.labels = labels;
        }

        @Override
        public void label(ReadLabel label) {
            found++;
            labels.accept(label);
        }

        @Override
        public void pass(String reason) {
            passed.merge(reason, 1L, Long::sum);
        }
    }

    /**
     * Reads it to its end.
     *
     * @param labels gets each label
     * @param deadLetters gets what could not be read
     * @throws IOException if it cannot be opened
     * @throws IllegalArgumentException if a table has not the columns that a label needs
     */
    public Counts read(Consumer<ReadLabel> labels, Consumer<DeadLetter> deadLetters) throws IOException {
        Reading reading = new Reading(labels);
        LabelLines lines = format.lines(settings);
        DeadLetters letters = new DeadLetters(new DeadLetterPolicy(false, null));
        InputStream in = path.equals(SequenceFiles.STANDARD_INPUT) ? System.in : Files.newInputStream(Path.of(path));
        try (LineReader reader = new LineReader(SequenceFiles.decompress(in))) {
            LineReader.Line last = null;
            for (LineReader.Line line = reader.next(); line != null; line = reader.next()) {
                last = line;
                try {
                    take(line, lines, reading);
                } catch (MalformedLabelException e) {
                    reading.refused++;
                    deadLetters.accept(letter(letters, place(line), e.reason(), e));
                }
            }
            DamagedStreamException damage = reader.damage();
            if (damage != null) {
                reading.refused++;
                long number = last == null ? 1 : last.number() + 1;
                long at = last == null ? 0 : last.end();
                Origin end = Origin.ofFile(path, number, number, at, at);
                deadLetters.accept(letter(letters, end, damage.reason().name(), damage));
            }
            try {
                lines.end(reading);
            } catch (MalformedLabelException e) {
                reading.refused++;
                deadLetters.accept(letter(letters, place(last), e.reason(), e));
            }
        }
        return new Counts(reading.found, reading.refused, reading.passed);
    }

    private static void take(LineReader.Line line, LabelLines lines, Reading reading) throws MalformedLabelException {
        if (line.overlong()) {
            throw new MalformedLabelException(
                    MalformedLabelException.MALFORMED_RECORD, "Expected a line of a label, got one without an end");
        }
        String text = new String(line.bytes(), StandardCharsets.UTF_8);
        if (!text.isBlank()) {
            lines.line(text, reading);
        }
    }

    private Origin place(LineReader.Line line) {
        return Origin.ofFile(path, line.number(), line.number(), line.start(), line.end());
    }

    private static DeadLetter letter(DeadLetters letters, Origin place, String reason, Exception error) {
        return letters.of(place, null, DeadLetterStage.READ_FILE, reason, error.getMessage(), error, null);
    }
}
