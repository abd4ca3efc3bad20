package io.kmerflow.pretraining.corpus;

import io.kmerflow.sequence.MalformedReadException;
import io.kmerflow.sequence.Nucleotide;
import io.kmerflow.sequence.ShownBytes;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.IntStream;
import org.apache.commons.csv.CSVParser;
import org.apache.commons.csv.CSVRecord;

/**
 * Reads labelled sequences: a table (CSV with quoted fields as RFC 4180 has it, or tabs or semicolons, plain or gzip) with a
 * header and, among its columns, one of sequences and one of labels. Bases are those of reads: lower case is raised, U becomes T, other IUPAC codes N. One blank line at the end is
 * ignored.
 */
public final class LabelledSequences {
    private static final Set<String> SEQUENCE = Set.of("sequence", "seq", "seqs");
    private static final Set<String> LABEL = Set.of("label", "labels");
    private static final int MOST_HEADER_BYTES = 200;

    private LabelledSequences() {}

    /**
     * Which columns to take; upper and lower case are the same.
     *
     * @param sequence null for {@code sequence}, {@code seq} or {@code seqs}
     * @param label null for {@code label} or {@code labels}
     */
    public record Columns(String sequence, String label) {
        /** Those of the usual names. */
        public static final Columns USUAL = new Columns(null, null);

        private String expected() {
            return (sequence == null ? "sequence" : sequence) + "," + (label == null ? "label" : label);
        }
    }

    /** A row before its label has a number; the line is that of the file, from 1. */
    record Row(byte[] bases, String label, long line) {}

    /**
     * Reads a file of the usual columns.
     *
     * @param classes labels must be 0 to this − 1
     * @throws CorpusException at the first line that does not fit; names file and line
     */
    public static List<LabelledSequence> read(Path file, int classes) {
        return read(file, Columns.USUAL, LabelNames.numbers(classes));
    }

    /**
     * Reads a file.
     *
     * @throws CorpusException at the first line that does not fit, or whose label is none of the names; names file and line
     */
    public static List<LabelledSequence> read(Path file, Columns columns, LabelNames names) {
        List<LabelledSequence> sequences = new ArrayList<>();
        for (Row row : rows(file, columns)) {
            int label = names.index(row.label());
            if (label < 0) {
                throw new CorpusException(String.format(
                        Locale.ROOT,
                        "Expected %s in line %d of %s, got '%s'",
                        names.expected(),
                        row.line(),
                        file,
                        row.label()));
            }
            sequences.add(new LabelledSequence(row.bases(), label));
        }
        return sequences;
    }

    /**
     * The classes that a training file has: words in alphabetical order, or numbers, which must be 0 to n − 1.
     *
     * @throws CorpusException at the first label that does not fit, if there is one label alone, and as {@link #read}
     */
    public static LabelNames names(Path file, Columns columns) {
        return LabelNames.found(rows(file, columns), file);
    }

    private static List<Row> rows(Path file, Columns columns) {
        try (CSVParser table = TableFile.open(file)) {
            Iterator<CSVRecord> records = table.iterator();
            CSVRecord header = records.hasNext() ? records.next() : null;
            int sequenceColumn = column(header, columns.sequence(), SEQUENCE, columns, file);
            int labelColumn = column(header, columns.label(), LABEL, columns, file);
            List<Row> rows = new ArrayList<>();
            while (true) {
                long line = table.getCurrentLineNumber() + 1; // asked first: hasNext reads the row
                if (!records.hasNext()) {
                    break;
                }
                CSVRecord row = records.next();
                if (row.size() == 1 && row.get(0).isEmpty() && !records.hasNext()) {
                    break; // elsewhere a blank line is a row without columns
                }
                if (row.size() != header.size()) {
                    throw new CorpusException(String.format(
                            Locale.ROOT,
                            "Expected %d columns in line %d of %s, got %d",
                            header.size(),
                            line,
                            file,
                            row.size()));
                }
                rows.add(row(row.get(sequenceColumn), row.get(labelColumn), line, file));
            }
            if (rows.isEmpty()) {
                throw new CorpusException(String.format(
                        Locale.ROOT, "Expected at least one labelled sequence after line 1 of %s, got none", file));
            }
            return rows;
        } catch (IOException | UncheckedIOException e) {
            throw new CorpusException(
                    String.format(Locale.ROOT, "Expected a readable CSV file at %s, got: %s", file, e), e);
        }
    }

    private static int column(CSVRecord header, String name, Set<String> usual, Columns columns, Path file) {
        int[] found = header == null
                ? new int[0]
                : IntStream.range(0, header.size())
                        .filter(i -> name == null
                                ? usual.contains(header.get(i).strip().toLowerCase(Locale.ROOT))
                                : header.get(i).strip().equalsIgnoreCase(name.strip()))
                        .toArray();
        if (found.length == 1) {
            return found[0];
        }
        throw new CorpusException(
                String.format(
                        Locale.ROOT,
                        "Expected the header %s in line 1 of %s, got %s%s",
                        columns.expected(),
                        file,
                        header == null
                                ? "an empty file"
                                : ShownBytes.quoted(
                                        String.join(",", header).getBytes(StandardCharsets.UTF_8), MOST_HEADER_BYTES),
                        header == null
                                ? ""
                                : "; other columns may be there, other names are told with --sequence-column and --label-column"));
    }

    private static Row row(String sequence, String label, long line, Path file) {
        byte[] bases = sequence.strip().getBytes(StandardCharsets.UTF_8);
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
        String stripped = label.strip();
        if (stripped.isEmpty() || stripped.chars().anyMatch(Character::isISOControl)) {
            throw new CorpusException(String.format(
                    Locale.ROOT,
                    "Expected a label in line %d of %s, got '%s'",
                    line,
                    file,
                    stripped.replaceAll("\\p{Cntrl}", " ")));
        }
        return new Row(bases, stripped, line);
    }
}
