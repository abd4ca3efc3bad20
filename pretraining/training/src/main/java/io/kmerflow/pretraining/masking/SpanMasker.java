package io.kmerflow.pretraining.masking;

import io.kmerflow.pretraining.random.Xoshiro256;
import io.kmerflow.token.SpecialToken;
import java.util.Arrays;
import java.util.BitSet;

/**
 * Hides spans of tokens in rows of token ids. Every token but [CLS], [SEP] and padding is the centre of a span with the
 * strategy's probability; a span of m reaches from centre − (m − 1) / 2 to centre + m / 2, is cut off at the first and last
 * k-mer, and may merge with others. Each chosen token becomes [MASK], a random id of the whole vocabulary, or stays, as
 * the strategy's {@link Replacement} has it. Not safe for several threads.
 */
public final class SpanMasker {
    private final MaskingStrategy strategy;
    private final int vocabularySize;
    private final BitSet chosen = new BitSet();
    private int[] positions = new int[256];
    private int[] labels = new int[256];
    private int count;

    /** @param vocabularySize random replacements are uniform over ids 0 to this − 1 */
    public SpanMasker(MaskingStrategy strategy, int vocabularySize) {
        this.strategy = strategy;
        this.vocabularySize = vocabularySize;
    }

    /** Forgets the positions collected so far: call before each batch. */
    public void clear() {
        count = 0;
    }

    /**
     * Masks one row in place and collects its masked positions and their true ids.
     *
     * @param ids row-major token ids; the row starts at {@code offset} with [CLS]
     * @param tokens real tokens of the row, [CLS] and [SEP] included
     * @param step of the training run, from 0
     */
    public void mask(int[] ids, int offset, int tokens, long step, Xoshiro256 random) {
        int span = strategy.span(step, random);
        int first = 1;
        int last = tokens - 2;
        chosen.clear();
        for (int centre = first; centre <= last; centre++) {
            if (random.nextDouble() < strategy.centreProbability()) {
                int here = strategy.spanAtCentre(step, span, random);
                chosen.set(Math.max(first, centre - (here - 1) / 2), Math.min(last, centre + here / 2) + 1);
            }
        }
        Replacement replacement = strategy.replacement();
        double drawn = 0;
        int previous = -2;
        for (int at = chosen.nextSetBit(0); at >= 0; at = chosen.nextSetBit(at + 1)) {
            add(offset + at, ids[offset + at]);
            if (!replacement.perRun() || at != previous + 1) {
                drawn = random.nextDouble();
            }
            previous = at;
            if (drawn < replacement.maskShare()) {
                ids[offset + at] = SpecialToken.MASK.id();
            } else if (drawn < replacement.maskShare() + replacement.randomShare()) {
                ids[offset + at] = random.nextInt(vocabularySize);
            }
        }
    }

    private void add(int position, int label) {
        if (count == positions.length) {
            positions = Arrays.copyOf(positions, 2 * count);
            labels = Arrays.copyOf(labels, 2 * count);
        }
        positions[count] = position;
        labels[count++] = label;
    }

    /** Masked positions since {@link #clear}, as indices into the id array, a copy. */
    public int[] positions() {
        return Arrays.copyOf(positions, count);
    }

    /** True ids at {@link #positions}, a copy. */
    public int[] labels() {
        return Arrays.copyOf(labels, count);
    }
}
