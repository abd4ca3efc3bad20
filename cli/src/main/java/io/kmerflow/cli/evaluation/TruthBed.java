package io.kmerflow.cli.evaluation;

import io.kmerflow.cli.base.CommandFailure;
import io.kmerflow.pretraining.annotation.CodingMap.State;
import io.kmerflow.pretraining.corpus.TextFile;
import io.kmerflow.sequence.BaseRange;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

/**
 * True coding stretches of reads as BED: read, start, end, name, 0, strand, source; 0-based and half-open on the read. The first line of a
 * read is named {@value #READ} and covers it; the others are {@value #CODING}, on a strand, and {@value #UNCLEAR}.
 */
final class TruthBed {
    static final String READ = "read";
    static final String CODING = "coding";
    static final String UNCLEAR = "unclear";

    private static final int COLUMNS = 7;

    /**
     * A read and what each of its bases is.
     *
     * @param source where it comes from
     * @param states of its bases
     */
    record TrueRead(String source, State[] states) {}

    private TruthBed() {}

    /** A line with its end. */
    static String row(String read, BaseRange range, String name, char strand, String source) {
        return String.format(
                Locale.ROOT, "%s\t%d\t%d\t%s\t0\t%c\t%s\n", read, range.start(), range.end(), name, strand, source);
    }

    /**
     * Reads by name, in file order.
     *
     * @throws CommandFailure at the first line that does not fit; names file and line
     */
    static Map<String, TrueRead> read(Path file) {
        Map<String, TrueRead> reads = new LinkedHashMap<>();
        int line = 0;
        try (BufferedReader in =
                new BufferedReader(new InputStreamReader(TextFile.open(file), StandardCharsets.UTF_8))) {
            for (String text = in.readLine(); text != null; text = in.readLine()) {
                line++;
                if (!text.isBlank() && text.charAt(0) != '#') {
                    add(text.split("\t", -1), reads);
                }
            }
        } catch (IOException | IllegalArgumentException e) {
            throw new CommandFailure(
                    String.format(Locale.ROOT, "Could not read %s, line %d: %s", file, line, e.getMessage()), e);
        }
        return reads;
    }

    private static void add(String[] fields, Map<String, TrueRead> reads) {
        if (fields.length != COLUMNS) {
            throw new IllegalArgumentException(
                    String.format(Locale.ROOT, "expected %d columns, got %d", COLUMNS, fields.length));
        }
        BaseRange range = new BaseRange(Integer.parseInt(fields[1]), Integer.parseInt(fields[2]));
        if (fields[3].equals(READ)) {
            State[] states = new State[range.end()];
            Arrays.fill(states, State.NON_CODING);
            if (reads.put(fields[0], new TrueRead(fields[6], states)) != null) {
                throw new IllegalArgumentException("expected every read once, got " + fields[0] + " twice");
            }
            return;
        }
        TrueRead read = reads.get(fields[0]);
        if (read == null || range.end() > read.states().length) {
            throw new IllegalArgumentException("expected a line named read that covers the others of " + fields[0]);
        }
        Arrays.fill(read.states(), range.start(), range.end(), state(fields[3], fields[5]));
    }

    private static State state(String name, String strand) {
        if (name.equals(UNCLEAR)) {
            return State.UNCLEAR;
        }
        if (!name.equals(CODING) || !strand.equals("+") && !strand.equals("-")) {
            throw new IllegalArgumentException(String.format(
                    Locale.ROOT, "expected coding on + or -, unclear or read, got %s on %s", name, strand));
        }
        return strand.equals("+") ? State.FORWARD : State.REVERSE;
    }
}
