package io.kmerflow.token;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

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
            throw new IllegalArgumentException("Expected k %d to %d, got %d".formatted(MIN_K, MAX_K, k));
        }
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
            throw new IllegalArgumentException("Expected a k-mer of %d bases, got '%s'".formatted(k, kmer));
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
            throw new IllegalArgumentException("Expected a token id 0 to %d, got %d".formatted(size() - 1, id));
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

    /** SHA-256, hex, of the vocabulary file: every token in order, each followed by a line feed. */
    public String hash() {
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            for (int id = 0; id < size(); id++) {
                digest.update((text(id) + "\n").getBytes(StandardCharsets.US_ASCII));
            }
            return HexFormat.of().formatHex(digest.digest());
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("SHA-256 is part of every JDK", e);
        }
    }
}
