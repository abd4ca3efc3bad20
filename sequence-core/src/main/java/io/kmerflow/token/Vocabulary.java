package io.kmerflow.token;

import io.kmerflow.sequence.Nucleotide;
import io.kmerflow.sequence.Sha256;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Locale;

/**
 * DNABERT's vocabulary for one k: [PAD] [UNK] [CLS] [SEP] [MASK], then all 4^k k-mers over A, T, C, G in that order, the
 * last base varying fastest. Sizes are 69, 261, 1029 and 4101 for k 3 to 6.
 *
 * @param k bases per token, {@value #MIN_K} to {@value #MAX_K}
 */
public record Vocabulary(int k) {
    public static final int MIN_K = 3;
    public static final int MAX_K = 6;

    public Vocabulary {
        if (k < MIN_K || k > MAX_K) {
            throw new IllegalArgumentException(
                    String.format(Locale.ROOT, "Expected k %d to %d, got %d", MIN_K, MAX_K, k));
        }
    }

    /** The vocabulary of that size, which determines k. */
    public static Vocabulary ofSize(int size) {
        for (int k = MIN_K; k <= MAX_K; k++) {
            if (new Vocabulary(k).size() == size) {
                return new Vocabulary(k);
            }
        }
        throw new IllegalArgumentException("Expected a vocabulary of 69, 261, 1029 or 4101 token ids, got " + size);
    }

    /** Number of token ids: 5 + 4^k. */
    public int size() {
        return SpecialToken.COUNT + (1 << (2 * k));
    }

    /**
     * Id of one k-mer.
     *
     * @param kmer upper-case ASCII, exactly k bases
     * @return 5 and up, or the id of [UNK] if a base is not A C G T
     */
    public int id(String kmer) {
        if (kmer.length() != k) {
            throw new IllegalArgumentException(
                    String.format(Locale.ROOT, "Expected a k-mer of %d bases, got '%s'", k, kmer));
        }
        int code = 0;
        for (int i = 0; i < k; i++) {
            int digit = Nucleotide.digit((byte) kmer.charAt(i));
            if (digit == Nucleotide.UNKNOWN) {
                return SpecialToken.UNK.id();
            }
            code = code << 2 | digit;
        }
        return SpecialToken.COUNT + code;
    }

    /** Text of a token id: a special token in brackets, or the k-mer. */
    public String text(int id) {
        if (id < 0 || id >= size()) {
            throw new IllegalArgumentException(
                    String.format(Locale.ROOT, "Expected a token id 0 to %d, got %d", size() - 1, id));
        }
        if (id < SpecialToken.COUNT) {
            return SpecialToken.values()[id].text();
        }
        int code = id - SpecialToken.COUNT;
        byte[] kmer = new byte[k];
        for (int i = k - 1; i >= 0; i--) {
            kmer[i] = Nucleotide.base(code & 3);
            code >>= 2;
        }
        return new String(kmer, StandardCharsets.US_ASCII);
    }

    /**
     * Id of the same bases on the other strand: of the reverse complement for a k-mer; [CLS] and [SEP] change places, so
     * that a window's ids, turned round and mapped, are the ids of the window's reverse complement with overlapping
     * k-mers; the other special tokens stay.
     */
    public int reverseComplement(int id) {
        if (id < 0 || id >= size()) {
            throw new IllegalArgumentException(
                    String.format(Locale.ROOT, "Expected a token id 0 to %d, got %d", size() - 1, id));
        }
        if (id < SpecialToken.COUNT) {
            return id == SpecialToken.CLS.id()
                    ? SpecialToken.SEP.id()
                    : id == SpecialToken.SEP.id() ? SpecialToken.CLS.id() : id;
        }
        int code = id - SpecialToken.COUNT;
        int turned = 0;
        for (int i = 0; i < k; i++) {
            turned = turned << 2 | (code >> 2 * i & 3) ^ 1; // the complement of a digit is digit ^ 1
        }
        return SpecialToken.COUNT + turned;
    }

    /** SHA-256, hex, of the vocabulary file: every token in order, each followed by a line feed. */
    public String hash() {
        MessageDigest digest = Sha256.start();
        for (int id = 0; id < size(); id++) {
            digest.update((text(id) + "\n").getBytes(StandardCharsets.US_ASCII));
        }
        return Sha256.hex(digest);
    }
}
