package io.kmerflow.sequence.profile;

import io.kmerflow.sequence.Nucleotide;
import java.util.Arrays;

/** Canonical 4-mers as numbers from 0. */
final class Kmers {
    static final int K = 4;
    /** 256 4-mers, of which 16 are their own reverse complement. */
    static final int CANONICAL = 136;

    private static final int MASK = (1 << 2 * K) - 1;
    private static final int[] NUMBER = new int[1 << 2 * K];

    static {
        Arrays.fill(NUMBER, -1);
        int next = 0;
        for (int kmer = 0; kmer < NUMBER.length; kmer++) {
            if (NUMBER[kmer] < 0) {
                NUMBER[kmer] = next;
                NUMBER[turned(kmer)] = next++;
            }
        }
    }

    private Kmers() {}

    /** Reverse complement; the complement of a digit is {@code digit ^ 1}. */
    private static int turned(int kmer) {
        int turned = 0;
        for (int i = 0; i < K; i++) {
            turned = turned << 2 | (kmer >> 2 * i & 3 ^ 1);
        }
        return turned;
    }

    /** Counts of each canonical 4-mer without N. */
    static int[] count(byte[] bases) {
        int[] counts = new int[CANONICAL];
        int kmer = 0;
        int known = 0;
        for (byte base : bases) {
            int digit = Nucleotide.digit(base);
            known = digit == Nucleotide.UNKNOWN ? 0 : known + 1;
            kmer = (kmer << 2 | digit & 3) & MASK;
            if (known >= K) {
                counts[NUMBER[kmer]]++;
            }
        }
        return counts;
    }
}
