package io.kmerflow.pretraining.corpus;

import io.kmerflow.sequence.ShownBytes;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/**
 * Reads labelled sequences: CSV, plain or gzip, first line {@code sequence,label} (or {@code seq}, {@code seqs}), in
 * either order. Lower case is raised; only A C G T N may occur. One blank line at the end is none.
 */
public final class LabelledSequences {
    private static final Set<String> SEQUENCE = Set.of("sequence", "seq", "seqs");
    private static final String LABEL = "label";
    private static final int MOST_CLASSES = 1_000;

    private LabelledSequences() {}

    /**
     * Reads a file.
     *
     * @param classes labels must be 0 to this − 1
     * @throws CorpusException at the first line that does not fit; names file and line
     */
    public static List<LabelledSequence> read(Path file, int classes) {
        try (BufferedReader reader =
                new BufferedReader(new InputStreamReader(FastaReader.open(file), StandardCharsets.UTF_8))) {
            int sequenceColumn = sequenceColumn(reader.readLine(), file);
            List<LabelledSequence> rows = new ArrayList<>();
            int line = 1;
            for (String text = reader.readLine(); text != null; text = reader.readLine()) {
                line++;
                if (text.isEmpty() && isAtEnd(reader)) {
                    break; // elsewhere a blank line is a row without columns
                }
                rows.add(row(text, sequenceColumn, classes, line, file));
            }
            if (rows.isEmpty()) {
                throw new CorpusException(String.format(
                        Locale.ROOT, "Expected at least one labelled sequence after line 1 of %s, got none", file));
            }
            return rows;
        } catch (IOException e) {
            throw new CorpusException(
                    String.format(Locale.ROOT, "Expected a readable CSV file, got %s at %s", e, file), e);
        }
    }

    private static boolean isAtEnd(BufferedReader reader) throws IOException {
        reader.mark(1);
        if (reader.read() < 0) {
            return true;
        }
        reader.reset();
        return false;
    }

    /**
     * Number of classes of a training file: its labels must be 0 to n − 1, each at least once.
     *
     * @return n, 2 or more
     * @throws CorpusException at the first line whose label is beyond the number of different labels, and as
     *     {@link #read}
     */
    public static int classes(Path file) {
        List<LabelledSequence> rows = read(file, MOST_CLASSES);
        int classes =
                (int) rows.stream().mapToInt(LabelledSequence::label).distinct().count();
        for (int i = 0; i < rows.size(); i++) {
            if (rows.get(i).label() >= classes) {
                throw new CorpusException(String.format(
                        Locale.ROOT,
                        "Expected labels 0 to %d, as there are %d different ones, in line %d of %s, got '%d'",
                        classes - 1,
                        classes,
                        i + 2,
                        file,
                        rows.get(i).label()));
            }
        }
        if (classes < 2) {
            throw new CorpusException(String.format(
                    Locale.ROOT,
                    "Expected at least 2 different labels in lines 2 to %d of %s, got 0 alone",
                    rows.size() + 1,
                    file));
        }
        return classes;
    }

    private static int sequenceColumn(String header, Path file) {
        String[] columns = header == null ? new String[0] : header.strip().split(",", -1);
        for (int c = 0; c < columns.length; c++) {
            columns[c] = columns[c].strip().toLowerCase(Locale.ROOT);
        }
        if (columns.length == 2 && SEQUENCE.contains(columns[0]) && columns[1].equals(LABEL)) {
            return 0;
        }
        if (columns.length == 2 && SEQUENCE.contains(columns[1]) && columns[0].equals(LABEL)) {
            return 1;
        }
        throw new CorpusException(String.format(
                Locale.ROOT,
                "Expected the header sequence,label in line 1 of %s, got %s",
                file,
                header == null ? "an empty file" : "'" + header + "'"));
    }

    private static LabelledSequence row(String text, int sequenceColumn, int classes, int line, Path file) {
        String[] columns = text.split(",", -1);
        if (columns.length != 2) {
            throw new CorpusException(String.format(
                    Locale.ROOT, "Expected 2 columns in line %d of %s, got %d", line, file, columns.length));
        }
        byte[] bases = columns[sequenceColumn].strip().toUpperCase(Locale.ROOT).getBytes(StandardCharsets.UTF_8);
        if (bases.length == 0) {
            throw new CorpusException(
                    String.format(Locale.ROOT, "Expected bases in line %d of %s, got none", line, file));
        }
        for (int i = 0; i < bases.length; i++) {
            if ("ACGTN".indexOf(bases[i]) < 0) {
                throw new CorpusException(String.format(
                        Locale.ROOT,
                        "Expected A, C, G, T or N at base %d of line %d of %s, got %s",
                        i,
                        line,
                        file,
                        ShownBytes.character(bases[i])));
            }
        }
        String label = columns[1 - sequenceColumn].strip();
        int value;
        try {
            value = Integer.parseInt(label);
        } catch (NumberFormatException e) {
            value = -1;
        }
        if (value < 0 || value >= classes) {
            throw new CorpusException(String.format(
                    Locale.ROOT,
                    "Expected a label 0 to %d in line %d of %s, got '%s'",
                    classes - 1,
                    line,
                    file,
                    label));
        }
        return new LabelledSequence(bases, value);
    }
}
