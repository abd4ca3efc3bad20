package io.kmerflow.pretraining.annotation;

import io.kmerflow.pretraining.corpus.CorpusException;
import io.kmerflow.pretraining.corpus.FastaSequences;
import io.kmerflow.pretraining.corpus.TextFile;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Reads annotated genomes: GenBank or EMBL, told by their first line, else GFF3; plain or gzip. */
public final class AnnotatedGenomes {
    private AnnotatedGenomes() {}

    /**
     * Sequences of a file with their bases. Sequences of the FASTA file that the features' file does not name are left out:
     * what is on them is not known.
     *
     * @param features GenBank, EMBL or GFF3
     * @param fasta the sequences; null to take them from the features' file, which has to be GenBank or EMBL
     * @throws CorpusException if a file cannot be read, or a sequence has no bases
     */
    public static List<AnnotatedSequence> read(Path features, Path fasta) {
        List<AnnotatedSequence> sequences = features(features);
        try {
            Map<String, byte[]> bases = fasta == null ? Map.of() : bases(fasta);
            List<AnnotatedSequence> complete = new ArrayList<>();
            for (AnnotatedSequence sequence : sequences) {
                complete.add(fasta == null ? sequence : sequence.withBases(basesOf(sequence, bases, fasta)));
                if (complete.get(complete.size() - 1).bases().length == 0) {
                    throw new CorpusException(String.format(
                            Locale.ROOT,
                            "Expected the bases of %s in %s, got none; give its FASTA file",
                            sequence.name(),
                            features));
                }
            }
            return complete;
        } catch (IOException e) {
            throw unreadable(fasta, e);
        }
    }

    private static List<AnnotatedSequence> features(Path file) {
        try (BufferedReader in =
                new BufferedReader(new InputStreamReader(TextFile.open(file), StandardCharsets.ISO_8859_1))) {
            in.mark(1 << 16);
            String first = in.readLine();
            in.reset();
            List<AnnotatedSequence> sequences = new ArrayList<>();
            if (first != null && (first.startsWith("LOCUS") || first.startsWith("ID "))) {
                FlatFileReader reader = new FlatFileReader(in, file);
                for (AnnotatedSequence next = reader.next(); next != null; next = reader.next()) {
                    sequences.add(next);
                }
            } else {
                sequences.addAll(Gff3Reader.read(in, file));
            }
            if (sequences.isEmpty()) {
                throw new CorpusException("Expected at least one annotated sequence, got none in " + file);
            }
            return sequences;
        } catch (IOException e) {
            throw unreadable(file, e);
        }
    }

    private static Map<String, byte[]> bases(Path fasta) throws IOException {
        Map<String, byte[]> bases = new HashMap<>();
        try (FastaSequences reader = new FastaSequences(fasta)) {
            for (FastaSequences.Sequence s = reader.next(); s != null; s = reader.next()) {
                bases.put(s.name(), s.bases());
            }
        }
        return bases;
    }

    private static byte[] basesOf(AnnotatedSequence sequence, Map<String, byte[]> bases, Path fasta) {
        for (String name : sequence.names()) {
            if (bases.containsKey(name)) {
                return bases.get(name);
            }
        }
        throw new CorpusException(String.format(
                Locale.ROOT, "Expected a sequence named one of %s in %s, got none", sequence.names(), fasta));
    }

    private static CorpusException unreadable(Path file, IOException e) {
        return new CorpusException(String.format(Locale.ROOT, "Expected a readable file, got %s at %s", e, file), e);
    }
}
