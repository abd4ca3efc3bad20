package io.kmerflow.token;

/** One window as the model reads it: [CLS], the k-mer tokens, [SEP]. */
public final class WindowEncoder {
    /** Tokens that are not k-mers: [CLS] and [SEP]. */
    public static final int SPECIAL_TOKENS = 2;

    private final KmerTokenizer tokenizer;

    /** @param tokenizer gives the ids between the two special tokens */
    public WindowEncoder(KmerTokenizer tokenizer) {
        this.tokenizer = tokenizer;
    }

    /** The tokenizer behind it. */
    public KmerTokenizer tokenizer() {
        return tokenizer;
    }

    /** Token ids of a window of so many bases, with [CLS] and [SEP]. */
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
        return kmers + SPECIAL_TOKENS;
    }
}
