package io.kmerflow.sequence.profile;

import java.util.Arrays;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;

/** Counts over many reads, by measure. One thread. */
public final class ReadProfile {
    private final Map<Measure, long[]> counts = new EnumMap<>(Measure.class);
    private long reads;

    /** @param labels of the model */
    public ReadProfile(int labels) {
        for (Measure measure : Measure.values()) {
            counts.put(measure, new long[measure.bins(labels)]);
        }
    }

    /**
     * A profile from its counts.
     *
     * @param labels of the model
     * @param reads counted
     * @param counts of every measure, by bin
     * @throws IllegalArgumentException if there is a measure or a bin too few or too many, or a count that cannot be
     */
    public static ReadProfile of(int labels, long reads, Map<Measure, long[]> counts) {
        ReadProfile profile = new ReadProfile(labels);
        profile.reads = reads;
        for (Measure measure : Measure.values()) {
            long[] given = counts.get(measure);
            long[] own = profile.counts.get(measure);
            boolean fits = given != null
                    && given.length == own.length
                    && Arrays.stream(given).allMatch(count -> count >= 0)
                    && (measure == Measure.KMERS || Arrays.stream(given).sum() == reads);
            if (!fits) {
                throw new IllegalArgumentException(String.format(
                        Locale.ROOT,
                        "Expected %d counts of %s that add up to %d reads, got %s",
                        own.length,
                        measure.text(),
                        reads,
                        given == null ? "none" : given.length));
            }
            System.arraycopy(given, 0, own, 0, own.length);
        }
        return profile;
    }

    /** Adds a read. */
    public void add(ReadFeatures read) {
        counts.forEach(read::addTo);
        reads++;
    }

    /** Adds the reads of another profile of the same model. */
    public void add(ReadProfile other) {
        counts.forEach((measure, own) -> {
            long[] more = other.counts.get(measure);
            for (int i = 0; i < own.length; i++) {
                own[i] += more[i];
            }
        });
        reads += other.reads;
    }

    /**
     * The reads that are not among those of another profile of the same model.
     *
     * @param part some of the reads of this one
     */
    ReadProfile without(ReadProfile part) {
        ReadProfile rest = new ReadProfile(counts.get(Measure.CALL).length - 1);
        rest.reads = reads - part.reads;
        rest.counts.forEach((measure, left) -> {
            long[] all = counts.get(measure);
            long[] taken = part.counts.get(measure);
            for (int i = 0; i < left.length; i++) {
                left[i] = all[i] - taken[i];
            }
        });
        return rest;
    }

    /** Forgets all reads. */
    void clear() {
        counts.values().forEach(own -> Arrays.fill(own, 0));
        reads = 0;
    }

    /** Reads counted. */
    public long reads() {
        return reads;
    }

    /** Counts of a measure by bin, a copy. */
    public long[] counts(Measure measure) {
        return counts.get(measure).clone();
    }

    /**
     * How far the reads of a window are from those of this profile, by measure: Jensen-Shannon divergence for k-mers, population
     * stability index for the others.
     */
    public Map<Measure, Double> divergences(ReadProfile window) {
        Map<Measure, Double> divergences = new EnumMap<>(Measure.class);
        counts.forEach((measure, expected) -> divergences.put(measure, divergence(measure, expected, window)));
        return divergences;
    }

    private static double divergence(Measure measure, long[] expected, ReadProfile window) {
        long[] seen = window.counts.get(measure);
        return measure == Measure.KMERS
                ? Divergences.jensenShannon(expected, seen)
                : Divergences.populationStability(expected, seen);
    }
}
