package io.kmerflow.pretraining.corpus;

import io.kmerflow.pretraining.random.Xoshiro256;

/** Windows to train on, as reads would give them, and their labels. Immutable: what is drawn depends on the generator alone. */
public interface LabelledWindows {
    /** A window of a label drawn by its weight. */
    LabelledSequence draw(Xoshiro256 random);
}
