package io.kmerflow.pretraining.gue;

import java.util.LinkedHashMap;
import java.util.Map;

/** Figures that others published, as context: not reproduced here, and for other encoders, far larger and trained longer. */
public final class Published {
    /** Where the rows of {@link #of} are from. */
    public static final String SOURCE =
            "DNABERT-2 (Zhou et al., ICLR 2024, arXiv 2306.15006), figure of results per data set";

    /** Published by RandomMask. */
    public static final RandomMask RANDOM_MASK = new RandomMask(
            65.83,
            68.16,
            "RandomMask (Liang et al., arXiv 2310.07644, versions 1 and 3); its protocol is not identical");

    private static final Table TABLE = Table.read("published.tsv");

    private Published() {}

    /** Figures times 100 of a set, by model, in the order of the table. */
    public static Map<String, Double> of(GueSet set) {
        String[] row = TABLE.rows().stream()
                .filter(r -> r[0].equals(set.name()))
                .findFirst()
                .orElseThrow();
        Map<String, Double> figures = new LinkedHashMap<>();
        for (int m = 1; m < row.length; m++) {
            figures.put(TABLE.header()[m], Double.valueOf(row[m]));
        }
        return figures;
    }

    /**
     * Means of RandomMask over the ten EMP sets, MCC times 100; its own protocol, so apart from the rows.
     *
     * @param empMeanV1 of the paper's version 1
     * @param empMeanV3 of its version 3
     * @param source where they are from
     */
    public record RandomMask(double empMeanV1, double empMeanV3, String source) {}
}
