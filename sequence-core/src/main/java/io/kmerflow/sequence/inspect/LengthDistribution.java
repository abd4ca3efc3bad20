package io.kmerflow.sequence.inspect;

import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/**
 * Lengths of reads, in bases.
 *
 * @param min shortest
 * @param mean arithmetic mean
 * @param median middle one, or the mean of the two in the middle
 * @param n50 reads of this length or longer hold at least half of all bases
 * @param max longest
 */
public record LengthDistribution(int min, double mean, double median, int n50, int max) {
    /** Counts lengths; memory grows with the number of different lengths only. */
    static final class Counter {
        private final TreeMap<Integer, Long> readsOfLength = new TreeMap<>();
        private long reads;
        private long bases;

        void add(int length) {
            readsOfLength.merge(length, 1L, Long::sum);
            reads++;
            bases += length;
        }

        long bases() {
            return bases;
        }

        /** The distribution, or null without a read. */
        LengthDistribution distribution() {
            if (reads == 0) {
                return null;
            }
            double median = (lengthAt((reads - 1) / 2) + lengthAt(reads / 2)) / 2.0;
            return new LengthDistribution(
                    readsOfLength.firstKey(), (double) bases / reads, median, n50(), readsOfLength.lastKey());
        }

        /** Length of the read at {@code rank}, from 0 for the shortest. */
        private int lengthAt(long rank) {
            long passed = 0;
            for (Map.Entry<Integer, Long> entry : readsOfLength.entrySet()) {
                passed += entry.getValue();
                if (passed > rank) {
                    return entry.getKey();
                }
            }
            throw new IllegalArgumentException(
                    String.format(Locale.ROOT, "Expected a rank under %d, got %d", reads, rank));
        }

        private int n50() {
            long held = 0;
            for (Map.Entry<Integer, Long> entry : readsOfLength.descendingMap().entrySet()) {
                held += entry.getKey() * entry.getValue();
                if (2 * held >= bases) {
                    return entry.getKey();
                }
            }
            return readsOfLength.firstKey();
        }
    }
}
