package io.kmerflow.pretraining.corpus;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/** A genome held as one byte per base: fine up to a few hundred megabases. Read-only, so safe for several threads. */
public final class InMemoryGenome implements Genome {
    private final String name;
    private final List<Contig> contigs;
    private final List<byte[]> bases;

    private InMemoryGenome(String name, List<Contig> contigs, List<byte[]> bases) {
        this.name = name;
        this.contigs = List.copyOf(contigs);
        this.bases = List.copyOf(bases);
    }

    /**
     * Reads a FASTA file, plain or gzip.
     *
     * @throws CorpusException if it is not FASTA, or holds no sequence
     */
    public static InMemoryGenome read(String name, Path fasta) {
        List<Contig> contigs = new ArrayList<>();
        List<byte[]> bases = new ArrayList<>();
        try (FastaSequences reader = new FastaSequences(fasta)) {
            for (FastaSequences.Sequence s = reader.next(); s != null; s = reader.next()) {
                contigs.add(new Contig(s.name(), s.bases().length));
                bases.add(s.bases());
            }
        } catch (IOException e) {
            throw new CorpusException(
                    String.format(Locale.ROOT, "Expected a readable FASTA file, got %s at %s", e, fasta), e);
        }
        if (contigs.isEmpty()) {
            throw new CorpusException("Expected at least one sequence, got none in " + fasta);
        }
        return new InMemoryGenome(name, contigs, bases);
    }

    /** A genome of one contig, for generated data. */
    public static InMemoryGenome of(String name, String contig, byte[] bases) {
        return new InMemoryGenome(name, List.of(new Contig(contig, bases.length)), List.of(bases.clone()));
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public List<Contig> contigs() {
        return contigs;
    }

    @Override
    public byte[] bases(int contig, int start, int end) {
        return Arrays.copyOfRange(bases.get(contig), start, end);
    }
}
