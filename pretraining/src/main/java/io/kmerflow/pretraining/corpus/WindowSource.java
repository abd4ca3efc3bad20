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
}
