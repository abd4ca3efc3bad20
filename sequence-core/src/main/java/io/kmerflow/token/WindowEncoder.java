package io.kmerflow.token;

import io.kmerflow.sequence.Nucleotide;
import java.util.Locale;

/**
 * One window as the model reads it: [CLS], the k-mer tokens, [SEP]; of the window as it is, or of its canonical strand:
 * that of its two orientations whose bases come first in lexicographic order.
 */
public final class WindowEncoder {
    /** Tokens that are not k-mers: [CLS] and [SEP]. */
    public static final int SPECIAL_TOKENS = 2;

    private final KmerTokenizer tokenizer;
    /** Id of each id's reverse complement, by id; null for windows as they are. */
    private final int[] reverseComplements;

    /**
     * Encodes windows as they are.
     *
     * @param tokenizer gives the ids between the two special tokens
     */
    public WindowEncoder(KmerTokenizer tokenizer) {
        this(tokenizer, false);
    }

    /**
     * @param tokenizer gives the ids between the two special tokens
     * @param canonical whether each window is encoded in its canonical orientation; needs tokens of stride 1, as others
     *     start elsewhere on the other strand
     */
    public WindowEncoder(KmerTokenizer tokenizer, boolean canonical) {
        if (canonical && tokenizer.strideBases() != 1) {
            throw new IllegalArgumentException(String.format(
                    Locale.ROOT,
                    "Expected a token stride of 1 for the canonical strand, got %d",
                    tokenizer.strideBases()));
        }
        this.tokenizer = tokenizer;
        this.reverseComplements = canonical ? reverseComplements(tokenizer.vocabulary()) : null;
    }

    private static int[] reverseComplements(Vocabulary vocabulary) {
        int[] turned = new int[vocabulary.size()];
        for (int id = 0; id < turned.length; id++) {
            turned[id] = vocabulary.reverseComplement(id);
        }
        return turned;
    }

    /** The tokenizer behind it. */
    public KmerTokenizer tokenizer() {
        return tokenizer;
    }

    /** Number of token ids of a window of that number of bases, with [CLS] and [SEP]. */
    public int tokenCount(int bases) {
        return tokenizer.tokenCount(bases) + SPECIAL_TOKENS;
    }

    /**
     * Writes one window.
     *
     * @return ids written: {@link #tokenCount}(end − start)
     */
    public int encode(byte[] bases, int start, int end, int[] tokenIds, int offset) {
        tokenIds[offset] = SpecialToken.CLS.id();
        int kmers = tokenizer.tokenize(bases, start, end, tokenIds, offset + 1);
        tokenIds[offset + 1 + kmers] = SpecialToken.SEP.id();
        if (reverseComplements != null && Nucleotide.reverseComplementIsFirst(bases, start, end)) {
            turn(tokenIds, offset + 1, offset + kmers);
        }
        return kmers + SPECIAL_TOKENS;
    }

    /** Turns the ids of k-mers, first to last inclusive, into those of the other strand. */
    private void turn(int[] tokenIds, int first, int last) {
        int left = first;
        int right = last;
        while (left <= right) {
            int id = reverseComplements[tokenIds[left]];
            tokenIds[left++] = reverseComplements[tokenIds[right]];
            tokenIds[right--] = id;
        }
    }
}
