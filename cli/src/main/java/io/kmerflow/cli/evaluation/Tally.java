package io.kmerflow.cli.evaluation;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;

/** Counts of reads whose origin is known: right, called, and per true label. */
final class Tally {
    private static final class Counts {
        private long reads;
        private long called;
        private long right;
    }

    private final Counts all = new Counts();
    private final Map<String, Counts> perLabel = new TreeMap<>();

    /** @param called label the model gave, or null */
    void add(String truth, String called) {
        for (Counts counts : new Counts[] {all, perLabel.computeIfAbsent(truth, label -> new Counts())}) {
            counts.reads++;
            counts.called += called == null ? 0 : 1;
            counts.right += truth.equals(called) ? 1 : 0;
        }
    }

    long reads() {
        return all.reads;
    }

    /** Right calls of all reads, uncalled ones counted as wrong; 0 to 1. */
    double accuracy() {
        return share(all.right, all.reads);
    }

    /** Reads that got a label, 0 to 1. */
    double calledShare() {
        return share(all.called, all.reads);
    }

    /** Right calls of the called ones, 0 to 1. */
    double precision() {
        return share(all.right, all.called);
    }

    /** Per true label, right calls of all its reads, 0 to 1. */
    Map<String, Double> recall() {
        Map<String, Double> recall = new LinkedHashMap<>();
        perLabel.forEach((label, counts) -> recall.put(label, share(counts.right, counts.reads)));
        return recall;
    }

    /** Mean of the labels' recall: accuracy if every label had as many reads. */
    double balancedAccuracy() {
        return recall().values().stream().mapToDouble(value -> value).average().orElse(Double.NaN);
    }

    private static double share(long part, long whole) {
        return whole == 0 ? Double.NaN : (double) part / whole;
    }
}
