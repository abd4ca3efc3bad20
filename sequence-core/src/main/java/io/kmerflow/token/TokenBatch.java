package io.kmerflow.token;

import java.util.Locale;

/**
 * Windows of one model call, padded on the right with [PAD] to the batch's width. Filled row by row by one thread, then
 * read by another; not safe for both at once.
 */
public final class TokenBatch {
    private final WindowEncoder encoder;
    private final int[] tokenIds;
    private final int[] tokenCounts;
    private final int width;
    private int windows;

    /**
     * @param encoder writes the rows
     * @param capacity most windows
     * @param width tokens per row, with [CLS], [SEP] and padding
     */
    public TokenBatch(WindowEncoder encoder, int capacity, int width) {
        this.encoder = encoder;
        this.width = width;
        this.tokenIds = new int[capacity * width];
        this.tokenCounts = new int[capacity];
    }

    /**
     * Adds the window {@code bases[start, end)} as the next row.
     *
     * @throws IllegalArgumentException if the batch is full or the window wider than the batch
     */
    public void add(byte[] bases, int start, int end) {
        int tokens = encoder.tokenCount(end - start);
        if (windows == tokenCounts.length || tokens > width) {
            throw new IllegalArgumentException(String.format(
                    Locale.ROOT,
                    "Expected room for %d tokens, batch has %d of %d rows of %d tokens",
                    tokens,
                    windows,
                    tokenCounts.length,
                    width));
        }
        tokenCounts[windows] = encoder.encode(bases, start, end, tokenIds, windows * width);
        windows++;
    }

    /** Rows filled so far. */
    public int windows() {
        return windows;
    }

    /** Tokens per row, padding included. */
    public int width() {
        return width;
    }

    /** Row-major (windows, width); [PAD] is 0. Shared, not a copy. */
    public int[] tokenIds() {
        return tokenIds;
    }

    /** Real tokens of a row, [CLS] and [SEP] included: its attention mask is 1 that often, then 0. */
    public int tokenCount(int window) {
        return tokenCounts[window];
    }

    /** Real tokens of all rows. */
    public long realTokens() {
        long tokens = 0;
        for (int window = 0; window < windows; window++) {
            tokens += tokenCounts[window];
        }
        return tokens;
    }

    /** Whether more than half of a window's k-mers are [UNK]: such a window has no weight in a read's call. */
    public boolean mostlyUnknown(int window) {
        int first = window * width + 1;
        int kmers = tokenCount(window) - WindowEncoder.SPECIAL_TOKENS;
        int unknown = 0;
        for (int i = first; i < first + kmers; i++) {
            if (tokenIds[i] == SpecialToken.UNK.id()) {
                unknown++;
            }
        }
        return 2 * unknown > kmers;
    }
}
