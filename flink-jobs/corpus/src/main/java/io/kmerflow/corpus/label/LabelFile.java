package io.kmerflow.corpus.label;

import io.kmerflow.job.deadletter.DeadLetterPolicy;
import io.kmerflow.job.deadletter.DeadLetters;
import io.kmerflow.job.ingest.Origin;
import io.kmerflow.schema.DeadLetter;
import io.kmerflow.schema.DeadLetterStage;
import io.kmerflow.schema.ReadLabel;
import io.kmerflow.sequence.ShownBytes;
import io.kmerflow.sequence.file.DamagedStreamException;
import io.kmerflow.sequence.file.LineReader;
import io.kmerflow.sequence.file.SequenceFiles;
import io.kmerflow.sequence.identity.ReadDigests;
import io.kmerflow.sequence.identity.ReadIdentity;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;

/** Reads a file of labels, plain or gzip, line by line: what a line says, or a dead letter with its place and reason. */
public final class LabelFile {
    private static final int SHOWN_BYTES = 40;
    /** Reads of a file whose labels are compared with one another. */
    private static final int MOST_COMPARED = 1_000_000;

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
     * @param replaced labels that differ from that of an earlier line, of the same source on the same read: the later one counts
     * @param passed lines that say nothing of their read, by reason
     */
    public record Counts(long labels, long deadLetters, long replaced, Map<String, Long> passed) {}

    /** One reading of the file. */
    private static final class Reading implements LabelLines.Target {
        private final Consumer<ReadLabel> labels;
        private final Map<String, Long> passed = new TreeMap<>();
        private final Map<Long, Integer> said = new HashMap<>();
        private final ReadDigests digests = new ReadDigests();
        private long found;
        private long refused;
        private long replaced;

        Reading(Consumer<ReadLabel> labels) {
            this.labels = labels;
        }

        @Override
        public void label(ReadLabel label) {
            found++;
            replaced += contradicts(label) ? 1 : 0;
            labels.accept(label);
        }

        /** By hashes, which are small, and for as many reads as a person labels: an aligner's files have each read once. */
        private boolean contradicts(ReadLabel label) {
            String read = new ReadIdentity(label.getRunId(), label.getReadId(), label.getMate()).key();
            long key = digests.rank(label.getSource().hashCode(), read);
            if (said.size() >= MOST_COMPARED && !said.containsKey(key)) {
                return false;
            }
            int name = label.getLabel().hashCode();
            Integer before = said.put(key, name);
            return before != null && before != name;
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
        return new Counts(reading.found, reading.refused, reading.replaced, reading.passed);
    }

    private static void take(LineReader.Line line, LabelLines lines, Reading reading) throws MalformedLabelException {
        if (line.overlong()) {
            throw new MalformedLabelException(
                    MalformedLabelException.MALFORMED_RECORD, "Expected a line of a label, got one without an end");
        }
        String text = text(line);
        if (!text.isBlank()) {
            lines.line(text, reading);
        }
    }

    /** With a sign in the place of what is not UTF-8 a label would be another one. */
    private static String text(LineReader.Line line) throws MalformedLabelException {
        try {
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(line.bytes()))
                    .toString();
        } catch (CharacterCodingException e) {
            throw new MalformedLabelException(
                    MalformedLabelException.MALFORMED_RECORD,
                    "Expected text in UTF-8, got " + ShownBytes.quoted(line.bytes(), SHOWN_BYTES));
        }
    }

    private Origin place(LineReader.Line line) {
        return Origin.ofFile(path, line.number(), line.number(), line.start(), line.end());
    }

    private static DeadLetter letter(DeadLetters letters, Origin place, String reason, Exception error) {
        return letters.of(place, null, DeadLetterStage.READ_FILE, reason, error.getMessage(), error, null);
    }
}
