package io.kmerflow.pretraining.corpus;

import io.kmerflow.sequence.MalformedReadException;
import io.kmerflow.sequence.Nucleotide;
import io.kmerflow.sequence.ShownBytes;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.apache.commons.csv.CSVFormat;
import org.apache.commons.csv.CSVParser;
import org.apache.commons.csv.CSVRecord;

/**
 * Reads labelled sequences: CSV as RFC 4180 has it (quoted fields, either line end), plain or gzip, first line {@code
 * sequence,label} (or {@code seq}, {@code seqs}), in either order. Bases are those of reads: lower case is raised, U becomes T, other
 * IUPAC codes N. One blank line at the end is ignored.
 */
public final class LabelledSequences {
    private static final Set<String> SEQUENCE = Set.of("sequence", "seq", "seqs");
    private static final String LABEL = "label";
    private static final int MOST_CLASSES = 1_000;
    private static final int MOST_HEADER_BYTES = 200;
    /** Blank lines are kept: only the last one may be blank. */
    private static final CSVFormat TABLE =
            CSVFormat.RFC4180.builder().setIgnoreEmptyLines(false).get();

    private LabelledSequences() {}

    /**
     * Reads a file.
     *
     * @param classes labels must be 0 to this − 1
     * @throws CorpusException at the first line that does not fit; names file and line
     */
    public static List<LabelledSequence> read(Path file, int classes) {
        try (CSVParser table =
                CSVParser.parse(new InputStreamReader(FastaReader.open(file), StandardCharsets.UTF_8), TABLE)) {
            Iterator<CSVRecord> records = table.iterator();
            int sequenceColumn = sequenceColumn(records.hasNext() ? records.next() : null, file);
            List<LabelledSequence> rows = new ArrayList<>();
            while (true) {
                long line = table.getCurrentLineNumber() + 1; // asked first: hasNext reads the row
                if (!records.hasNext()) {
                    break;
                }
                CSVRecord row = records.next();
                if (row.size() == 1 && row.get(0).isEmpty() && !records.hasNext()) {
                    break; // elsewhere a blank line is a row without columns
                }
                rows.add(row(row, sequenceColumn, classes, line, file));
            }
            if (rows.isEmpty()) {
                throw new CorpusException(String.format(
                        Locale.ROOT, "Expected at least one labelled sequence after line 1 of %s, got none", file));
            }
            return rows;
        } catch (IOException | UncheckedIOException e) {
            throw new CorpusException(
                    String.format(Locale.ROOT, "Expected a readable CSV file, got %s at %s", e.getMessage(), file), e);
        }
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

    private static int sequenceColumn(CSVRecord header, Path file) {
        List<String> columns = header == null
                ? List.of()
                : header.stream()
                        .map(column -> column.strip().toLowerCase(Locale.ROOT))
                        .toList();
        if (columns.size() == 2
                && SEQUENCE.contains(columns.get(0))
                && columns.get(1).equals(LABEL)) {
            return 0;
        }
        if (columns.size() == 2
                && SEQUENCE.contains(columns.get(1))
                && columns.get(0).equals(LABEL)) {
            return 1;
        }
        throw new CorpusException(String.format(
                Locale.ROOT,
                "Expected the header sequence,label in line 1 of %s, got %s",
                file,
                header == null
                        ? "an empty file"
                        : ShownBytes.quoted(
                                String.join(",", header).getBytes(StandardCharsets.UTF_8), MOST_HEADER_BYTES)));
    }

    private static LabelledSequence row(CSVRecord columns, int sequenceColumn, int classes, long line, Path file) {
        if (columns.size() != 2) {
            throw new CorpusException(String.format(
                    Locale.ROOT, "Expected 2 columns in line %d of %s, got %d", line, file, columns.size()));
        }
        byte[] bases = columns.get(sequenceColumn).strip().getBytes(StandardCharsets.UTF_8);
        if (bases.length == 0) {
            throw new CorpusException(
                    String.format(Locale.ROOT, "Expected bases in line %d of %s, got none", line, file));
        }
        try {
            bases = Nucleotide.normalize(bases);
        } catch (MalformedReadException e) {
            throw new CorpusException(
                    String.format(Locale.ROOT, "%s, in line %d of %s", e.getMessage(), line, file), e);
        }
        String label = columns.get(1 - sequenceColumn).strip();
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
