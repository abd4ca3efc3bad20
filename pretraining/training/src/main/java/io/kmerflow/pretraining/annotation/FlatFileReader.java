package io.kmerflow.pretraining.annotation;

import io.kmerflow.pretraining.corpus.CorpusException;
import io.kmerflow.sequence.MalformedReadException;
import io.kmerflow.sequence.Nucleotide;
import java.io.BufferedReader;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/**
 * Reads GenBank and EMBL flat files record by record; the two may follow each other in one file. Kept are names, features with
 * their locations, whether they are pseudogenes, and the bases. Not safe for several threads.
 */
final class FlatFileReader {
    private static final int KEY_COLUMN = 5;
    private static final int LOCATION_COLUMN = 21;

    private final BufferedReader in;
    private final Path path;
    private int line;

    // Of the record that is being read.
    private Set<String> names;
    private List<Feature> features;
    private ByteArrayOutputStream bases;
    /** Null between features. */
    private String key;

    private StringBuilder location;
    private int locationLine;
    private boolean inQualifiers;
    private boolean pseudo;

    FlatFileReader(BufferedReader in, Path path) {
        this.in = in;
        this.path = path;
    }

    /**
     * @return the next record, or null at the end
     * @throws CorpusException if the file is neither GenBank nor EMBL, or a location cannot be read; names file and line
     */
    AnnotatedSequence next() throws IOException {
        names = new LinkedHashSet<>();
        features = new ArrayList<>();
        bases = new ByteArrayOutputStream();
        key = null;
        boolean started = false;
        boolean inFeatures = false;
        boolean inBases = false;
        for (String text = in.readLine(); text != null; text = in.readLine()) {
            line++;
            if (text.isBlank()) {
                continue;
            }
            if (text.startsWith("//")) {
                return record();
            }
            if (!started && !text.startsWith("LOCUS") && !text.startsWith("ID ")) {
                throw new CorpusException(String.format(
                        Locale.ROOT, "Expected LOCUS or ID at the start of line %d of %s, got '%s'", line, path, text));
            }
            started = true;
            if (text.startsWith("ORIGIN") || text.startsWith("SQ ")) {
                inFeatures = false;
                inBases = true;
            } else if (inBases) {
                addBases(text);
            } else if (text.startsWith("FEATURES") || text.startsWith("FH ")) {
                inFeatures = true;
            } else if (text.startsWith("FT ") || inFeatures && text.charAt(0) == ' ') {
                featureLine(text);
            } else {
                inFeatures = false;
                nameLine(text);
            }
        }
        if (started) {
            throw new CorpusException(
                    String.format(Locale.ROOT, "Expected '//' at the end of the last record of %s, got none", path));
        }
        return null;
    }

    private void nameLine(String text) {
        String[] words = text.split("[\\s;]+");
        if (words.length > 1
                && List.of("LOCUS", "ACCESSION", "VERSION", "ID", "AC").contains(words[0])) {
            names.add(words[1]);
            if (words[0].equals("ID") && words.length > 3 && words[2].equals("SV")) {
                names.add(words[1] + "." + words[3]);
            }
        }
    }

    private void featureLine(String text) {
        if (text.length() > KEY_COLUMN && text.charAt(KEY_COLUMN) != ' ') {
            endFeature();
            int end = text.indexOf(' ', KEY_COLUMN);
            if (end < 0) {
                throw new CorpusException(String.format(
                        Locale.ROOT,
                        "Expected a feature key and its location in line %d of %s, got '%s'",
                        line,
                        path,
                        text));
            }
            key = text.substring(KEY_COLUMN, end);
            location = new StringBuilder(text.substring(end).trim());
            locationLine = line;
            inQualifiers = false;
            pseudo = false;
        } else if (key != null && text.length() > LOCATION_COLUMN) {
            String rest = text.substring(LOCATION_COLUMN).trim();
            if (rest.startsWith("/")) {
                inQualifiers = true;
                pseudo |= rest.equals("/pseudo") || rest.startsWith("/pseudogene=");
            } else if (!inQualifiers) {
                location.append(rest);
            }
        }
    }

    private void endFeature() {
        if (key == null) {
            return;
        }
        try {
            features.add(
                    new Feature(key, FeatureLocation.parse(location.toString()).parts(), pseudo));
        } catch (IllegalArgumentException e) {
            throw new CorpusException(
                    String.format(Locale.ROOT, "%s, in line %d of %s", e.getMessage(), locationLine, path), e);
        }
        key = null;
    }

    private void addBases(String text) {
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c != ' ' && (c < '0' || c > '9')) {
                bases.write(c);
            }
        }
    }

    private AnnotatedSequence record() {
        endFeature();
        if (names.isEmpty()) {
            throw new CorpusException(String.format(
                    Locale.ROOT, "Expected a name in the record that ends in line %d of %s, got none", line, path));
        }
        try {
            return new AnnotatedSequence(List.copyOf(names), Nucleotide.normalize(bases.toByteArray()), features);
        } catch (MalformedReadException e) {
            throw new CorpusException(
                    String.format(
                            Locale.ROOT, "%s, in the record that ends in line %d of %s", e.getMessage(), line, path),
                    e);
        }
    }
}
