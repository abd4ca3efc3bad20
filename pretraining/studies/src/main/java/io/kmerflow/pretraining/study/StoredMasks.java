package io.kmerflow.pretraining.study;

import io.kmerflow.pretraining.corpus.Regions;
import io.kmerflow.pretraining.random.Xoshiro256;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * The spans that every arm is measured on: a function of the seed alone. In overlapping tokens of stride 1, m masked
 * tokens a to b hide the bases a + k − 1 to b, m − k + 1 of them; their neighbours, never masked, show all others.
 *
 * @param width m, tokens per span
 * @param pieces held-out sequences with their spans
 */
record StoredMasks(int width, int k, List<Piece> pieces) {
    private static final long STREAM = 0x57D5;

    /**
     * A sequence.
     *
     * @param bases upper-case A C G T
     * @param spans first masked k-mer of each span, from 0, rising
     */
    record Piece(byte[] bases, int[] spans) {}

    /**
     * Draws pieces and places: spans of m tokens, at least 2 k unmasked tokens between two, and before the first and after
     * the last.
     */
    static StoredMasks draw(Regions regions, int width, int k, int pieceBases, int pieces, long seed) {
        Xoshiro256 random = Xoshiro256.of(seed, STREAM, width);
        int gap = 2 * k;
        int tokens = pieceBases - k + 1;
        if (tokens < width + 2 * gap) {
            throw new IllegalArgumentException(String.format(
                    Locale.ROOT,
                    "Expected pieces of at least %d bases for spans of %d tokens, got %d",
                    width + 2 * gap + k - 1,
                    width,
                    pieceBases));
        }
        List<Piece> drawn = new ArrayList<>();
        for (int i = 0; i < pieces; i++) {
            List<Integer> spans = new ArrayList<>();
            int at = gap + random.nextInt(gap);
            while (at + width + gap <= tokens) {
                spans.add(at);
                at += width + gap + random.nextInt(gap);
            }
            if (spans.isEmpty()) {
                spans.add(gap);
            }
            drawn.add(new Piece(
                    regions.draw(pieceBases, random),
                    spans.stream().mapToInt(Integer::intValue).toArray()));
        }
        return new StoredMasks(width, k, drawn);
    }

    /** First hidden base of a span. */
    int firstHidden(int span) {
        return span + k - 1;
    }

    /** Hidden bases of a span: width − k + 1. */
    int hiddenBases() {
        return width - k + 1;
    }
}
