package io.kmerflow.pretraining.corpus;

import java.util.List;

/**
 * A named set of contigs whose bases can be read piece by piece. Callers never ask for a whole contig at once, so that an
 * implementation may keep the bases on disk.
 */
public interface Genome {
    /**
     * A sequence of the genome.
     *
     * @param name first word of its FASTA header
     * @param length in bases
     */
    record Contig(String name, int length) {}

    /** Name in reports and held-out lists. */
    String name();

    /** Contigs in file order. */
    List<Contig> contigs();

    /** Bases {@code [start, end)} of a contig by its number, a new array of upper-case ASCII A C G T N. */
    byte[] bases(int contig, int start, int end);

    /** Bases of all contigs. */
    default long length() {
        return contigs().stream().mapToLong(Contig::length).sum();
    }
}
