package io.kmerflow.pretraining.corpus;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeSet;
import java.util.stream.IntStream;
import org.apache.commons.csv.CSVParser;
import org.apache.commons.csv.CSVRecord;

/** The classes of a labelled set by name, in logit order, and what a table may write for each. Not changed once made. */
public final class LabelNames {
    private static final int MOST_CLASSES = 1_000;
    private static final int MOST_SHOWN = 8;

    private final List<String> names;
    private final Map<String, Integer> written;
    private final boolean numbered;

    private LabelNames(List<String> names, Map<String, Integer> written, boolean numbered) {
        this.names = List.copyOf(names);
        this.written = written;
        this.numbered = numbered;
    }

    /**
     * Classes that a table names, or numbers 0 to n − 1; numbers only if no name is a number other than its own.
     *
     * @throws CorpusException if a name comes twice
     */
    public static LabelNames of(List<String> names) {
        Map<String, Integer> written = new HashMap<>();
        boolean numbered = true;
        for (int i = 0; i < names.size(); i++) {
            if (written.put(names.get(i), i) != null) {
                throw new CorpusException("Expected different label names, got '" + names.get(i) + "' twice");
            }
            Integer number = number(names.get(i));
            numbered &= number == null || number == i;
        }
        return new LabelNames(names, written, numbered);
    }

    /** Classes 0 to n − 1 without other names. */
    public static LabelNames numbers(int classes) {
        return of(IntStream.range(0, classes).mapToObj(Integer::toString).toList());
    }

    /**
     * Reads a file of names: one line for each class in order, either its name, or what tables write for it and its name,
     * separated by a tab or a comma. A first line {@code label} or {@code label,...} is a header; further columns are not
     * used.
     *
     * @throws CorpusException if a line does not fit; names file and line
     */
    public static LabelNames read(Path file) {
        List<String> names = new ArrayList<>();
        Map<String, Integer> written = new HashMap<>();
        boolean pairs = false;
        try (CSVParser table = TableFile.open(file)) {
            for (CSVRecord row : table) {
                String first = row.get(0).strip();
                if (names.isEmpty() && first.equalsIgnoreCase("label") || row.size() == 1 && first.isEmpty()) {
                    continue;
                }
                String name = row.size() > 1 ? row.get(1).strip() : first;
                pairs |= row.size() > 1;
                Integer other = written.putIfAbsent(first, names.size());
                Integer same = written.putIfAbsent(name, names.size());
                boolean twice = other != null || same != null && same != names.size();
                if (twice || first.isEmpty() || name.isEmpty()) {
                    throw new CorpusException(String.format(
                            Locale.ROOT,
                            "Expected a label of its own, or a label and its name, in line %d of %s, got '%s'",
                            table.getCurrentLineNumber(),
                            file,
                            String.join(",", row)));
                }
                names.add(name);
            }
        } catch (IOException | UncheckedIOException e) {
            throw new CorpusException(
                    String.format(
                            Locale.ROOT, "Expected a readable file of labels, got %s at %s", e.getMessage(), file),
                    e);
        }
        if (names.size() < 2) {
            throw new CorpusException(
                    String.format(Locale.ROOT, "Expected at least 2 labels in %s, got %d", file, names.size()));
        }
        return pairs ? new LabelNames(names, written, false) : of(names);
    }

    /**
     * The classes of a training table: words, in alphabetical order, or numbers, which must be 0 to n − 1.
     *
     * @throws CorpusException at the first label that does not fit; names file and line
     */
    static LabelNames found(List<LabelledSequences.Row> rows, Path file) {
        TreeSet<String> labels = new TreeSet<>();
        rows.forEach(row -> labels.add(row.label()));
        boolean words = labels.stream().anyMatch(label -> !looksLikeNumber(label));
        int classes = words
                ? labels.size()
                : (int) labels.stream()
                        .map(label ->
                                number(label) == null ? label : number(label).toString())
                        .distinct()
                        .count();
        long last = rows.get(rows.size() - 1).line();
        if (classes < 2) {
            throw new CorpusException(String.format(
                    Locale.ROOT,
                    "Expected at least 2 different labels in lines 2 to %d of %s, got %s alone",
                    last,
                    file,
                    labels.first()));
        }
        for (LabelledSequences.Row row : rows) {
            Integer number = number(row.label());
            if (!words && (number == null || number < 0 || number >= classes)) {
                throw new CorpusException(String.format(
                        Locale.ROOT,
                        "Expected labels 0 to %d, as there are %d different ones, in line %d of %s, got '%s'; "
                                + "a file of labels (--labels) can name others",
                        classes - 1,
                        classes,
                        row.line(),
                        file,
                        row.label()));
            }
        }
        if (classes > MOST_CLASSES) {
            throw new CorpusException(String.format(
                    Locale.ROOT,
                    "Expected at most %,d different labels in lines 2 to %d of %s, got %,d",
                    MOST_CLASSES,
                    last,
                    file,
                    classes));
        }
        return words ? new LabelNames(List.copyOf(labels), index(List.copyOf(labels)), false) : numbers(classes);
    }

    private static Map<String, Integer> index(List<String> names) {
        Map<String, Integer> index = new HashMap<>();
        for (int i = 0; i < names.size(); i++) {
            index.put(names.get(i), i);
        }
        return index;
    }

    private static boolean looksLikeNumber(String label) {
        return label.matches("[+-]?[0-9]+([.][0-9]*)?");
    }

    /** Null if it is no whole number. */
    private static Integer number(String label) {
        try {
            return Integer.valueOf(label);
        } catch (NumberFormatException e) {
            return null;
        }
    }

    /** Names in logit order. */
    public List<String> names() {
        return names;
    }

    /** Number of a label as a table has it; -1 if there is none. */
    int index(String label) {
        Integer index = written.get(label);
        if (index != null) {
            return index;
        }
        Integer number = numbered ? number(label) : null;
        return number == null || number < 0 || number >= names.size() ? -1 : number;
    }

    /** What a table may have, for a message. */
    String expected() {
        if (names.equals(numbers(names.size()).names())) {
            return "a label 0 to " + (names.size() - 1);
        }
        String some = String.join(", ", names.subList(0, Math.min(MOST_SHOWN, names.size())));
        return "one of the labels " + some + (names.size() > MOST_SHOWN ? ", ..." : "");
    }
}
