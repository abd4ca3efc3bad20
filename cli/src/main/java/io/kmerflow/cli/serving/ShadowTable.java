package io.kmerflow.cli.serving;

import java.util.Collection;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/** What a shadow and the model that serves agree on, over all subtasks, as text. */
final class ShadowTable {
    private static final String SAMPLED = "sampledReads";
    private static final String AGREEING = "agreeingReads";

    private ShadowTable() {}

    /** @param subtasks counts of each since the start */
    static String of(Collection<Map<String, Double>> subtasks) {
        TreeMap<String, Double> sums = new TreeMap<>();
        subtasks.forEach(counts -> counts.forEach((name, count) -> sums.merge(name, count, Double::sum)));
        StringBuilder text = new StringBuilder(String.format(
                Locale.ROOT,
                "%,.0f reads compared, %s agree; %,.0f left out under load, %,.0f failed",
                sums.getOrDefault(SAMPLED, 0.0),
                share(sums, ""),
                sums.getOrDefault("skippedReads", 0.0),
                sums.getOrDefault("failedReads", 0.0)));
        for (String name : sums.keySet()) {
            if (name.endsWith("." + SAMPLED)) {
                String label = name.substring(0, name.length() - SAMPLED.length());
                text.append(String.format(
                        Locale.ROOT,
                        "%n  %-30s %,9.0f reads, %s agree",
                        label.substring(0, label.length() - 1),
                        sums.get(name),
                        share(sums, label)));
            }
        }
        return text.toString();
    }

    private static String share(Map<String, Double> sums, String prefix) {
        double sampled = sums.getOrDefault(prefix + SAMPLED, 0.0);
        return sampled == 0
                ? "none"
                : String.format(Locale.ROOT, "%.1f %%", 100 * sums.getOrDefault(prefix + AGREEING, 0.0) / sampled);
    }
}
