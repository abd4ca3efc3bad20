package io.kmerflow.cli.retrain;

import io.kmerflow.pretraining.settings.Setting;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalInt;
import java.util.TreeMap;
import java.util.TreeSet;

/** What must hold for the reads after a change of the model, compared with those before it. */
public record GuardRules(
        @Setting(value = "Reads that are watched after the change.", byDefault = "1000")
        int reads,

        @Setting(value = "Max time for them, in seconds; what came by then is judged.", byDefault = "1800")
        int waitSeconds,

        @Setting(
                "Min reads to judge by; with fewer the new model is kept back too. Without it 100, or reads if that is fewer.")
        OptionalInt minReads,

        @Setting(value = "Max rise of the share of reads without call.", byDefault = "0.1")
        double maxUncalledIncrease,

        @Setting(value = "Max fall of the share of a label of both models.", byDefault = "0.15")
        double maxLabelDecrease,

        @Setting(
                value =
                        "Max share of the drift reports on the new model that may exceed their thresholds, where there are any.",
                byDefault = "0.5")
        double maxDriftShare,

        @Setting(value = "Max growth of the median time from read to annotation, as a factor.", byDefault = "5.0")
        double maxLatencyRatio) {
    /** Below this a longer time to an annotation is noise of batches and polls. */
    private static final double LEAST_LATENCY_MILLIS = 250;

    private static final int MIN_READS = 100;

    public GuardRules {
        minReads = OptionalInt.of(minReads.orElse(Math.min(MIN_READS, reads)));
        if (reads < 1 || minReads.getAsInt() < 1 || minReads.getAsInt() > reads) {
            throw new IllegalArgumentException(String.format(
                    Locale.ROOT,
                    "Expected guard with 1 <= minReads <= reads, got %d and %d",
                    minReads.getAsInt(),
                    reads));
        }
        Limits.atLeast("guard.waitSeconds", 1, waitSeconds);
        Limits.change("guard.maxUncalledIncrease", maxUncalledIncrease);
        Limits.change("guard.maxLabelDecrease", maxLabelDecrease);
        Limits.share("guard.maxDriftShare", maxDriftShare);
        Limits.factor("guard.maxLatencyRatio", maxLatencyRatio);
    }

    /**
     * Annotations of one model.
     *
     * @param reads scored
     * @param uncalled of them
     * @param byLabel called, by label
     * @param medianLatencyMillis from the read's time on its topic to its annotation; null where not known
     * @param driftReports on it
     * @param drifted of them over a threshold
     */
    record Window(
            long reads,
            long uncalled,
            Map<String, Long> byLabel,
            Double medianLatencyMillis,
            long driftReports,
            long drifted) {
        double uncalledShare() {
            return share(uncalled);
        }

        double labelShare(String label) {
            return share(byLabel.getOrDefault(label, 0L));
        }

        private double share(long part) {
            return reads == 0 ? 0 : (double) part / reads;
        }
    }

    /**
     * All rules; the new model stays if all of them hold.
     *
     * @param before annotations of the model that served before
     * @param after annotations of the new model
     */
    List<Check> judge(Window before, Window after) {
        List<Check> checks = new ArrayList<>();
        int fewest = minReads.getAsInt();
        checks.add(Check.atLeast("minReads", fewest, after.reads(), null, null));
        if (before.reads() >= fewest) {
            checks.add(Check.atMost(
                    "maxUncalledIncrease",
                    maxUncalledIncrease,
                    after.uncalledShare() - before.uncalledShare(),
                    null,
                    null));
            for (String label : new TreeSet<>(before.byLabel().keySet())) {
                checks.add(Check.atMost(
                        "maxLabelDecrease of " + label,
                        maxLabelDecrease,
                        before.labelShare(label) - after.labelShare(label),
                        null,
                        null));
            }
            if (before.medianLatencyMillis() != null && after.medianLatencyMillis() != null) {
                checks.add(Check.atMost(
                        "maxLatencyRatio",
                        maxLatencyRatio,
                        after.medianLatencyMillis() / Math.max(LEAST_LATENCY_MILLIS, before.medianLatencyMillis()),
                        null,
                        null));
            }
        }
        if (after.driftReports() > 0) {
            checks.add(Check.atMost(
                    "maxDriftShare", maxDriftShare, (double) after.drifted() / after.driftReports(), null, null));
        }
        return checks;
    }

    /**
     * Agreement of a shadow with the model that serves, per label that the latter called on 30 reads or more.
     *
     * @param counts of the shadow reports, over all subtasks
     */
    static List<Check> agreement(Map<String, Double> counts, double least) {
        List<Check> checks = new ArrayList<>();
        for (Map.Entry<String, Double> sampled : new TreeMap<>(counts).entrySet()) {
            String name = sampled.getKey();
            if (name.endsWith(".sampledReads") && !name.startsWith("(") && sampled.getValue() >= 30) {
                String label = name.substring(0, name.length() - ".sampledReads".length());
                checks.add(Check.atLeast(
                        "minAgreement on " + label,
                        least,
                        counts.getOrDefault(label + ".agreeingReads", 0.0) / sampled.getValue(),
                        null,
                        null));
            }
        }
        return checks;
    }
}
