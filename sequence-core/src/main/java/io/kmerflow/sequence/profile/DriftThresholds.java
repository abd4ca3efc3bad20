package io.kmerflow.sequence.profile;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;

/**
 * From which divergence on a window of reads counts as other reads than those of a profile.
 *
 * @param windowReads reads of a window
 * @param byMeasure largest divergence that is none
 */
public record DriftThresholds(int windowReads, Map<Measure, Double> byMeasure) {
    /** Part of the windows without drift that exceed a threshold, whichever: 1 in 1,000. */
    public static final double FALSE_ALARM_RATE = 0.001;

    /** Windows to draw: 20 of them may exceed a threshold. */
    public static final int DRAWN_WINDOWS = 20_000;

    public DriftThresholds {
        if (windowReads < 1 || byMeasure.size() != Measure.values().length) {
            throw new IllegalArgumentException(String.format(
                    Locale.ROOT,
                    "Expected windows of a read or more and thresholds of %d measures, got %d and %s",
                    Measure.values().length,
                    windowReads,
                    byMeasure.keySet()));
        }
        byMeasure = Map.copyOf(byMeasure);
    }

    /**
     * Draws windows of the reads that the profile is of, compares each with the profile of the other reads, and takes thresholds that
     * {@link #FALSE_ALARM_RATE} of them exceed in one measure or more. Each measure has the same chance to be the one; that they
     * depend on each other is part of the draw. Reads to come are not among those of the profile, which the other reads stand for:
     * windows drawn from the profile itself would be nearer to it than windows to come, and alarms more frequent.
     *
     * @param reads of the profile, twice those of a window or more
     * @param labels of the model
     * @param windowReads reads of a window, drawn without replacement
     * @param windows to draw; fewer than 1 / rate give the largest divergences seen
     * @param seed of the draw
     */
    public static DriftThresholds resample(
            List<ReadFeatures> reads, int labels, int windowReads, int windows, long seed) {
        if (reads.size() < 2 * windowReads) {
            throw new IllegalArgumentException(String.format(
                    Locale.ROOT,
                    "Expected %d reads or more to draw windows of %d of, got %d",
                    2 * windowReads,
                    windowReads,
                    reads.size()));
        }
        ReadProfile profile = new ReadProfile(labels);
        reads.forEach(profile::add);
        Measure[] measures = Measure.values();
        double[][] drawn = new double[measures.length][windows];
        SplittableRandom random = new SplittableRandom(seed);
        ReadProfile window = new ReadProfile(labels);
        List<ReadFeatures> shuffled = new ArrayList<>(reads);
        for (int w = 0; w < windows; w++) {
            window.clear();
            for (int i = 0; i < windowReads; i++) {
                Collections.swap(shuffled, i, i + random.nextInt(shuffled.size() - i));
                window.add(shuffled.get(i));
            }
            Map<Measure, Double> divergences = profile.without(window).divergences(window);
            for (int m = 0; m < measures.length; m++) {
                drawn[m][w] = divergences.get(measures[m]);
            }
        }
        return of(windowReads, measures, drawn);
    }

    /** Rank of a window is that of its rarest divergence; the thresholds are the divergences of the rank that few enough exceed. */
    private static DriftThresholds of(int windowReads, Measure[] measures, double[][] drawn) {
        int windows = drawn[0].length;
        double[][] sorted = new double[measures.length][];
        int[] rarest = new int[windows];
        for (int m = 0; m < measures.length; m++) {
            sorted[m] = drawn[m].clone();
            Arrays.sort(sorted[m]);
            for (int w = 0; w < windows; w++) {
                rarest[w] = Math.max(rarest[w], firstAtLeast(sorted[m], drawn[m][w]));
            }
        }
        Arrays.sort(rarest);
        int rank = rarest[windows - 1 - (int) (FALSE_ALARM_RATE * windows)];
        Map<Measure, Double> thresholds = new EnumMap<>(Measure.class);
        for (int m = 0; m < measures.length; m++) {
            thresholds.put(measures[m], sorted[m][rank]);
        }
        return new DriftThresholds(windowReads, thresholds);
    }

    private static int firstAtLeast(double[] sorted, double value) {
        int low = 0;
        int high = sorted.length - 1;
        while (low < high) {
            int middle = low + high >>> 1;
            if (sorted[middle] < value) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        return low;
    }

    /** Divergences over their thresholds, by measure, with by how many times. Empty without drift. */
    public Map<Measure, Double> exceeded(Map<Measure, Double> divergences) {
        Map<Measure, Double> exceeded = new TreeMap<>();
        divergences.forEach((measure, divergence) -> {
            double threshold = byMeasure.get(measure);
            if (divergence > threshold) {
                exceeded.put(measure, threshold == 0 ? Double.POSITIVE_INFINITY : divergence / threshold);
            }
        });
        return exceeded;
    }
}
