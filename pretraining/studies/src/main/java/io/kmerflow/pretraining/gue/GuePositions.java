package io.kmerflow.pretraining.gue;

import io.kmerflow.pretraining.corpus.CorpusException;
import io.kmerflow.pretraining.corpus.FastaSequences;
import io.kmerflow.pretraining.corpus.LabelledSequence;
import io.kmerflow.pretraining.corpus.LabelledSequences;
import io.kmerflow.pretraining.corpus.SequenceLocator;
import java.io.BufferedWriter;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Finds test sequences in genomes, so that pretraining can leave those regions out. */
public final class GuePositions {
    /**
     * What was found of one set.
     *
     * @param rows test rows
     * @param findable rows with a k-mer to be found by
     * @param found rows with at least one place
     * @param places of all rows
     */
    public record Count(int rows, int findable, int found, int places) {}

    /** A test row: its set, and its number from 0. */
    private record Row(String set, int number) {}

    private GuePositions() {}

    /**
     * Writes every place as a BED line: contig, start, end, {@code SET:test:ROW} with rows from 0, 1,000 times the share of
     * the row's k-mers, strand.
     *
     * @param genomes FASTA, plain or gzip
     * @param k bases per k-mer
     * @param share least share of a row's k-mers; one k-mer is always needed
     * @return counts by set
     */
    public static Map<String, Count> write(List<GueFiles> sets, List<Path> genomes, int k, double share, Path bed)
            throws IOException {
        List<Row> rows = new ArrayList<>();
        List<byte[]> bases = new ArrayList<>();
        for (GueFiles files : sets) {
            List<LabelledSequence> test =
                    LabelledSequences.read(files.test(), files.set().classes());
            for (int i = 0; i < test.size(); i++) {
                rows.add(new Row(files.set().name(), i));
                bases.add(test.get(i).bases());
            }
        }
        SequenceLocator locator = new SequenceLocator(bases, k, share);
        int[] places = new int[rows.size()];
        Path target = bed.toAbsolutePath();
        Files.createDirectories(target.getParent());
        try (BufferedWriter out = Files.newBufferedWriter(target, StandardCharsets.US_ASCII)) {
            for (Path fasta : genomes) {
                locate(fasta, locator, rows, places, out);
            }
        }
        return counts(sets, rows, locator, places);
    }

    private static void locate(Path fasta, SequenceLocator locator, List<Row> rows, int[] places, BufferedWriter out) {
        int contigs = 0;
        try (FastaSequences reader = new FastaSequences(fasta)) {
            for (FastaSequences.Sequence contig = reader.next(); contig != null; contig = reader.next()) {
                contigs++;
                for (SequenceLocator.Place place : locator.locate(contig.bases())) {
                    places[place.sequence()]++;
                    Row row = rows.get(place.sequence());
                    out.write(String.format(
                            Locale.ROOT,
                            "%s\t%d\t%d\t%s:test:%d\t%d\t%s\n",
                            contig.name(),
                            place.range().start(),
                            place.range().end(),
                            row.set(),
                            row.number(),
                            Math.round(1_000 * place.share()),
                            place.forward() ? "+" : "-"));
                }
            }
        } catch (IOException e) {
            throw new CorpusException(
                    String.format(Locale.ROOT, "Expected a readable FASTA file, got %s at %s", e, fasta), e);
        }
        if (contigs == 0) {
            throw new CorpusException("Expected at least one sequence, got none in " + fasta);
        }
    }

    private static Map<String, Count> counts(
            List<GueFiles> sets, List<Row> rows, SequenceLocator locator, int[] places) {
        Map<String, Count> counts = new LinkedHashMap<>();
        for (GueFiles files : sets) {
            BitSet findable = new BitSet();
            BitSet found = new BitSet();
            int all = 0;
            int total = 0;
            for (int i = 0; i < places.length; i++) {
                if (rows.get(i).set().equals(files.set().name())) {
                    all++;
                    total += places[i];
                    findable.set(i, locator.canBeFound(i));
                    found.set(i, places[i] > 0);
                }
            }
            counts.put(files.set().name(), new Count(all, findable.cardinality(), found.cardinality(), total));
        }
        return counts;
    }
}
