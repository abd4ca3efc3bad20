package io.kmerflow.cli.evaluation;

import java.util.Arrays;
import java.util.Locale;

/** Ranges of a value that are reported apart: at most the first limit, over it up to the next, ..., over the last. */
final class Bins {
    private final String[] names;
    private final double[] limits;

    private Bins(double[] limits, String[] names) {
        this.limits = limits;
        this.names = names;
    }

    /**
     * Bins of lengths.
     *
     * @param upTo longest of each bin but the last, in bases, rising
     */
    static Bins ofLengths(int[] upTo) {
        requireRising(Arrays.stream(upTo).asDoubleStream().toArray());
        String[] names = new String[upTo.length + 1];
        names[0] = "<= " + upTo[0];
        for (int i = 1; i < upTo.length; i++) {
            names[i] = (upTo[i - 1] + 1) + "-" + upTo[i];
        }
        names[upTo.length] = "> " + upTo[upTo.length - 1];
        return new Bins(Arrays.stream(upTo).asDoubleStream().toArray(), names);
    }

    /**
     * Bins of identities.
     *
     * @param upTo highest of each bin but the last, 0 to 1, rising
     */
    static Bins ofIdentities(double[] upTo) {
        requireRising(upTo);
        String[] names = new String[upTo.length + 1];
        names[0] = "identity <= " + percent(upTo[0]);
        for (int i = 1; i < upTo.length; i++) {
            names[i] = String.format(Locale.ROOT, "identity %s-%s", percent(upTo[i - 1]), percent(upTo[i]));
        }
        names[upTo.length] = "identity > " + percent(upTo[upTo.length - 1]);
        return new Bins(upTo.clone(), names);
    }

    private static String percent(double share) {
        return String.format(Locale.ROOT, "%.0f%%", 100 * share);
    }

    private static void requireRising(double[] limits) {
        for (int i = 1; i < limits.length; i++) {
            if (limits[i] <= limits[i - 1]) {
                throw new IllegalArgumentException(
                        String.format(Locale.ROOT, "Expected rising limits of bins, got %s", Arrays.toString(limits)));
            }
        }
    }

    String[] names() {
        return names.clone();
    }

    String of(double value) {
        int bin = 0;
        while (bin < limits.length && value > limits[bin]) {
            bin++;
        }
        return names[bin];
    }
}
