package io.kmerflow.token;

import io.kmerflow.sequence.Nucleotide;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * Cuts bases into k-mer token ids with a rolling 2-bit code: one shift, one or and one mask per base, no allocation.
 * Stride 1 gives overlapping tokens (n bases give n − k + 1), stride k non-overlapping ones (n / k, a remainder shorter
 * than k is left out). A k-mer that holds anything but A C G T is [UNK].
 */
public final class KmerTokenizer {
    private final Vocabulary vocabulary;
    private final int strideBases;
    private final int codeMask;

    /**
     * @param vocabulary k-mers and ids
     * @param strideBases bases between neighbouring tokens, 1 to k
     */
    public KmerTokenizer(Vocabulary vocabulary, int strideBases) {
        if (strideBases < 1 || strideBases > vocabulary.k()) {
            throw new IllegalArgumentException(String.format(
                    Locale.ROOT, "Expected a token stride of 1 to k = %d bases, got %d", vocabulary.k(), strideBases));
        }
        this.vocabulary = vocabulary;
        this.strideBases = strideBases;
        this.codeMask = (1 << (2 * vocabulary.k())) - 1;
    }

    /** The vocabulary behind the ids. */
    public Vocabulary vocabulary() {
        return vocabulary;
    }

    /** Bases between neighbouring tokens. */
    public int strideBases() {
        return strideBases;
    }

    /** Number of tokens of that number of bases; 0 if fewer than k. */
    public int tokenCount(int bases) {
        return bases < vocabulary.k() ? 0 : (bases - vocabulary.k()) / strideBases + 1;
    }

    /** Number of bases that that number of tokens covers: the inverse of {@link #tokenCount} for a positive count. */
    public int basesOf(int tokens) {
        return (tokens - 1) * strideBases + vocabulary.k();
    }

    /**
     * Writes the token ids of {@code bases[start, end)}.
     *
     * @param bases upper-case ASCII A C G T N
     * @param tokenIds where to write, from {@code offset}; must have room for {@link #tokenCount}(end − start)
     * @return how many ids were written
     */
    public int tokenize(byte[] bases, int start, int end, int[] tokenIds, int offset) {
        return strideBases == 1
                ? tokenizeOverlapping(bases, start, end, tokenIds, offset)
                : tokenizeStrided(bases, start, end, tokenIds, offset);
    }

    private int tokenizeOverlapping(byte[] bases, int start, int end, int[] tokenIds, int offset) {
        int k = vocabulary.k();
        if (end - start < k) {
            return 0;
        }
        int code = 0;
        int lastUnknown = start - 1;
        int first = start + k - 1;
        for (int i = start; i < first; i++) {
            int digit = Nucleotide.digit(bases[i]);
            lastUnknown = digit == Nucleotide.UNKNOWN ? i : lastUnknown;
            code = code << 2 | digit & 3;
        }
        int out = offset;
        for (int i = first; i < end; i++) {
            int digit = Nucleotide.digit(bases[i]);
            lastUnknown = digit == Nucleotide.UNKNOWN ? i : lastUnknown;
            code = (code << 2 | digit & 3) & codeMask;
            tokenIds[out++] = i - lastUnknown >= k ? SpecialToken.COUNT + code : SpecialToken.UNK.id();
        }
        return out - offset;
    }

    private int tokenizeStrided(byte[] bases, int start, int end, int[] tokenIds, int offset) {
        int k = vocabulary.k();
        int count = tokenCount(end - start);
        for (int token = 0; token < count; token++) {
            int at = start + token * strideBases;
            int code = 0;
            int unknown = 0;
            for (int i = at; i < at + k; i++) {
                int digit = Nucleotide.digit(bases[i]);
                unknown |= digit & Nucleotide.UNKNOWN;
                code = code << 2 | digit & 3;
            }
            tokenIds[offset + token] = unknown == 0 ? SpecialToken.COUNT + code : SpecialToken.UNK.id();
        }
        return count;
    }

    /** Token ids of a whole sequence, a new array; for tests and tools, not for the per-read path. */
    public int[] tokenize(byte[] bases) {
        int[] ids = new int[tokenCount(bases.length)];
        tokenize(bases, 0, bases.length, ids, 0);
        return ids;
    }

    /** Texts of {@link #tokenize(byte[])}, for people. */
    public List<String> texts(byte[] bases) {
        List<String> texts = new ArrayList<>();
        for (int id : tokenize(bases)) {
            texts.add(vocabulary.text(id));
        }
        return texts;
    }
}
