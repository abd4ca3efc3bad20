package io.kmerflow.pretraining.annotation;

import io.kmerflow.pretraining.corpus.CorpusException;
import io.kmerflow.sequence.BaseRange;
import io.kmerflow.sequence.Strand;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * Reads GFF3: one feature a line, so the exons of a coding sequence are features of their own. Features on both strands or none
 * ({@code .} or {@code ?}) are kept on both: what they are is not known. A FASTA part at the end is not read: sequences come
 * from a file of their own.
 */
final class Gff3Reader {
    private static final int FIELDS = 9;

    private Gff3Reader() {}

    /**
     * Sequences that the file names, in the order of their first line, without bases.
     *
     * @throws CorpusException at the first line that does not fit; names file and line
     */
    static List<AnnotatedSequence> read(BufferedReader in, Path path) throws IOException {
        Map<String, List<Feature>> features = new LinkedHashMap<>();
        int line = 0;
        for (String text = in.readLine(); text != null && !text.startsWith("##FASTA"); text = in.readLine()) {
            line++;
            if (text.startsWith("##sequence-region")) {
                String[] words = text.split("\\s+");
                if (words.length > 1) {
                    features.computeIfAbsent(words[1], name -> new ArrayList<>());
                }
            } else if (!text.isBlank() && text.charAt(0) != '#') {
                String[] fields = text.split("\t", -1);
                if (fields.length != FIELDS) {
                    throw new CorpusException(String.format(
                            Locale.ROOT,
                            "Expected %d fields separated by tabs in line %d of %s, got %d",
                            FIELDS,
                            line,
                            path,
                            fields.length));
                }
                features.computeIfAbsent(fields[0], name -> new ArrayList<>()).add(feature(fields, line, path));
            }
        }
        List<AnnotatedSequence> sequences = new ArrayList<>();
        features.forEach((name, own) -> sequences.add(new AnnotatedSequence(List.of(name), new byte[0], own)));
        return sequences;
    }

    private static Feature feature(String[] fields, int line, Path path) {
        BaseRange range;
        try {
            range = new BaseRange(Integer.parseInt(fields[3]) - 1, Integer.parseInt(fields[4]));
        } catch (IllegalArgumentException e) {
            throw new CorpusException(
                    String.format(
                            Locale.ROOT,
                            "Expected 1 <= start <= end in line %d of %s, got '%s' and '%s'",
                            line,
                            path,
                            fields[3],
                            fields[4]),
                    e);
        }
        List<FeatureLocation.Part> parts = new ArrayList<>();
        if (!fields[6].equals("-")) {
            parts.add(new FeatureLocation.Part(range, Strand.FORWARD));
        }
        if (!fields[6].equals("+")) {
            parts.add(new FeatureLocation.Part(range, Strand.REVERSE));
        }
        boolean pseudo =
                fields[2].equals("pseudogene") || (";" + fields[8]).matches(".*;\\s*(pseudo=true|pseudogene=).*");
        return new Feature(fields[2], parts, pseudo);
    }
}
