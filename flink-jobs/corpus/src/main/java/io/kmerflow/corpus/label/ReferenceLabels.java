package io.kmerflow.corpus.label;

import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Labels of references by name: a file of lines {@code reference TAB label [TAB ontology id]}; # begins a comment. */
public final class ReferenceLabels {
    /** What some programs begin UTF-8 files with. */
    private static final String BYTE_ORDER_MARK = "\uFEFF";

    /**
     * A label.
     *
     * @param name of the class
     * @param ontologyId CURIE, or null
     */
    record Label(String name, String ontologyId) {}

    private final Map<String, Label> byReference;

    private ReferenceLabels(Map<String, Label> byReference) {
        this.byReference = byReference;
    }

    /**
     * Reads the file.
     *
     * @throws IllegalArgumentException if it cannot be read, or at the first line that does not fit; names file and line
     */
    public static ReferenceLabels read(Path file) {
        List<String> lines;
        try {
            lines = Files.readAllLines(file, StandardCharsets.UTF_8);
        } catch (CharacterCodingException e) {
            throw new IllegalArgumentException(
                    "Expected references and their labels in UTF-8, got other bytes in " + file, e);
        } catch (IOException e) {
            throw new IllegalArgumentException(
                    String.format(Locale.ROOT, "Expected a readable file of references and labels, got %s", e), e);
        }
        Map<String, Label> labels = new HashMap<>();
        for (int i = 0; i < lines.size(); i++) {
            String line = i == 0 ? lines.get(0).replace(BYTE_ORDER_MARK, "") : lines.get(i);
            if (line.isBlank() || line.startsWith("#")) {
                continue;
            }
            String[] fields = line.split("\t", -1);
            boolean fits = (fields.length == 2 || fields.length == 3) && !fields[0].isBlank() && !fields[1].isBlank();
            Label label = fits ? new Label(fields[1].strip(), ontologyId(fields)) : null;
            if (label == null || labels.putIfAbsent(fields[0].strip(), label) != null) {
                throw new IllegalArgumentException(String.format(
                        Locale.ROOT,
                        "Expected a reference of its own and its label, separated by a tab, in line %d of %s, got '%s'",
                        i + 1,
                        file,
                        line.replace('\t', ' ')));
            }
        }
        if (labels.isEmpty()) {
            throw new IllegalArgumentException("Expected references and their labels, got none in " + file);
        }
        return new ReferenceLabels(labels);
    }

    private static String ontologyId(String[] fields) {
        return fields.length == 2 || fields[2].isBlank() ? null : fields[2].strip();
    }

    /** Label of a reference, or null if the file has none. */
    Label of(String reference) {
        return byReference.get(reference);
    }
}
