package io.kmerflow.pretraining.corpus;

import io.kmerflow.pretraining.random.Xoshiro256;

/** Where the error-free bases of a label's windows come from. What is drawn depends on the generator alone. */
public interface WindowSource {
    /**
     * Draws a stretch.
     *
     * @param bases its length
     * @return A, C, G, T; a new array
     */
    byte[] draw(int bases, Xoshiro256 random);

    /**
     * Draws a stretch as long as what is there allows: of short contigs, one that has fewer bases than asked for.
     *
     * @param least fewest bases
     * @param most bases to return; fewer where the contig is shorter
     * @return A, C, G, T; a new array
     */
    default byte[] draw(int least, int most, Xoshiro256 random) {
        return draw(most, random);
    }
}
