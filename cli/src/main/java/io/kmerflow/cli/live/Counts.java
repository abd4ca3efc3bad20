package io.kmerflow.cli.live;

import java.util.Arrays;

/** Counters by number, as many as the highest number needs. */
final class Counts {
    private static final long[] NONE = new long[0];

    private long[] counts = NONE;

    void add(int number, long count) {
        if (number >= counts.length) {
            counts = Arrays.copyOf(counts, number + 1);
        }
        counts[number] += count;
    }

    void addAll(Counts others) {
        for (int number = 0; number < others.counts.length; number++) {
            add(number, others.counts[number]);
        }
    }

    long get(int number) {
        return number < counts.length ? counts[number] : 0;
    }
}
