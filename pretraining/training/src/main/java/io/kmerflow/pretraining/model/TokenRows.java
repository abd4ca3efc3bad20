package io.kmerflow.pretraining.model;

import io.kmerflow.token.TokenBatch;
import io.kmerflow.token.Vocabulary;
import java.util.Arrays;
import java.util.Locale;

/**
 * Token ids of several sequences as one rectangle, padded on the right with [PAD].
 *
 * @param tokenIds row-major (rows, width); shared, not a copy
 * @param tokenCounts real tokens of each row, [CLS] and [SEP] included, 1 to width
 * @param width tokens per row
 */
public record TokenRows(int[] tokenIds, int[] tokenCounts, int width) {
    public TokenRows {
        if (tokenIds.length != tokenCounts.length * width) {
            throw new IllegalArgumentException(String.format(
                    Locale.ROOT,
                    "Expected %d rows of %d token ids, got %d ids",
                    tokenCounts.length,
                    width,
                    tokenIds.length));
        }
    }

    /** Rows from sequences of any lengths, padded to the longest. */
    public static TokenRows of(int[][] sequences) {
        int width = Arrays.stream(sequences).mapToInt(s -> s.length).max().orElse(0);
        int[] ids = new int[sequences.length * width];
        int[] counts = new int[sequences.length];
        for (int row = 0; row < sequences.length; row++) {
            System.arraycopy(sequences[row], 0, ids, row * width, sequences[row].length);
            counts[row] = sequences[row].length;
        }
        return new TokenRows(ids, counts, width);
    }

    /** The filled rows of a batch, a copy. */
    public static TokenRows of(TokenBatch batch) {
        int[] counts = new int[batch.windows()];
        for (int row = 0; row < counts.length; row++) {
            counts[row] = batch.tokenCount(row);
        }
        return new TokenRows(Arrays.copyOf(batch.tokenIds(), counts.length * batch.width()), counts, batch.width());
    }

    /** The same sequences read from the other strand; overlapping k-mers only. */
    public TokenRows reverseComplement(Vocabulary vocabulary) {
        int[] turned = tokenIds.clone(); // padding stays where it is
        for (int row = 0; row < rows(); row++) {
            int first = row * width;
            int last = first + tokenCounts[row] - 1;
            for (int i = first; i <= last; i++) {
                turned[i] = vocabulary.reverseComplement(tokenIds[first + last - i]);
            }
        }
        return new TokenRows(turned, tokenCounts, width);
    }

    /** Number of sequences. */
    public int rows() {
        return tokenCounts.length;
    }

    /** Real tokens of all rows. */
    public long realTokens() {
        long tokens = 0;
        for (int count : tokenCounts) {
            tokens += count;
        }
        return tokens;
    }

    /** Whether any row has padding. */
    public boolean isPadded() {
        return realTokens() < tokenIds.length;
    }
}
