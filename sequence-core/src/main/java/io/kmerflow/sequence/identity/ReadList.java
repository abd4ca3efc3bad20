package io.kmerflow.sequence.identity;

import java.io.IOException;
import java.io.Serializable;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.function.Predicate;

/**
 * A list of reads: lines of a name, a name and its run, or a name, its run and the mate, separated by tabs; # begins a comment.
 * What is not given is any: a name alone is meant in every run.
 */
public final class ReadList implements Predicate<ReadIdentity>, Serializable {
    /** Of no read. */
    public static final ReadList EMPTY = new ReadList(Set.of(), Set.of(), Set.of());

    private static final long serialVersionUID = 1L;
    private static final int MOST_FIELDS = 3;
    /** What some programs begin UTF-8 files with. */
    private static final String BYTE_ORDER_MARK = "\uFEFF";

    private final Set<String> names;
    private final Set<String> namesAndRuns;
    private final Set<String> keys;

    private ReadList(Set<String> names, Set<String> namesAndRuns, Set<String> keys) {
        this.names = names;
        this.namesAndRuns = namesAndRuns;
        this.keys = keys;
    }

    /**
     * Reads a list.
     *
     * @throws IllegalArgumentException if it cannot be read, has no read, or at the first line that does not fit; names file and
     *     line
     */
    public static ReadList read(Path file) {
        List<String> lines;
        try {
            lines = Files.readAllLines(file, StandardCharsets.UTF_8);
        } catch (CharacterCodingException e) {
            throw new IllegalArgumentException("Expected a list of reads in UTF-8, got other bytes in " + file, e);
        } catch (IOException e) {
            throw new IllegalArgumentException(
                    String.format(Locale.ROOT, "Expected a readable list of reads, got %s", e), e);
        }
        Set<String> names = new HashSet<>();
        Set<String> namesAndRuns = new HashSet<>();
        Set<String> keys = new HashSet<>();
        for (int i = 0; i < lines.size(); i++) {
            String line = i == 0 ? lines.get(0).replace(BYTE_ORDER_MARK, "") : lines.get(i);
            if (line.isBlank() || line.startsWith("#")) {
                continue;
            }
            String[] fields = line.split("\t", -1);
            for (int field = 0; field < fields.length; field++) {
                fields[field] = fields[field].strip();
            }
            boolean blank = List.of(fields).stream().anyMatch(String::isBlank);
            if (fields.length > MOST_FIELDS || blank || fields.length == MOST_FIELDS && !fields[2].matches("[012]")) {
                throw new IllegalArgumentException(String.format(
                        Locale.ROOT,
                        "Expected the name of a read, its run and mate 0, 1 or 2, separated by tabs, in line %d of %s, got '%s'",
                        i + 1,
                        file,
                        line.replace('\t', ' ')));
            }
            switch (fields.length) {
                case 1 -> names.add(fields[0]);
                case 2 -> namesAndRuns.add(fields[0] + '\t' + fields[1]);
                default -> keys.add(new ReadIdentity(fields[1], fields[0], Integer.parseInt(fields[2])).key());
            }
        }
        if (names.isEmpty() && namesAndRuns.isEmpty() && keys.isEmpty()) {
            throw new IllegalArgumentException("Expected a list of reads, got none in " + file);
        }
        return new ReadList(names, namesAndRuns, keys);
    }

    @Override
    public boolean test(ReadIdentity read) {
        return names.contains(read.readId())
                || namesAndRuns.contains(read.readId() + '\t' + read.runId())
                || keys.contains(read.key());
    }

    /** Different lines of the list. */
    public int size() {
        return names.size() + namesAndRuns.size() + keys.size();
    }

    /** The lines that mean a read, in whatever form; none if the list does not have it. */
    public Set<String> linesOf(ReadIdentity read) {
        Set<String> lines = new HashSet<>();
        if (names.contains(read.readId())) {
            lines.add(read.readId());
        }
        if (namesAndRuns.contains(read.readId() + '\t' + read.runId())) {
            lines.add(read.readId() + '\t' + read.runId());
        }
        if (keys.contains(read.key())) {
            lines.add(read.key());
        }
        return lines;
    }
}
