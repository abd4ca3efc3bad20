package io.kmerflow.contract;

import java.util.Locale;

/**
 * When the scoring of a read may end before its last window (Wald 1945, sequential test): windows are scored in the order of
 * {@link io.kmerflow.sequence.WindowOrder}, {@value #WINDOWS_PER_ROUND} a round, until it is clear which label is the best and whether its score reaches the threshold of a call. Fitted at export on held-out reads.
 *
 * @param deviations by how many standard errors of the windows scored the best label must lead the second, and its log-odds lie
 *     above or below those of the threshold; above 0
 * @param maxWindows maximum windows scored of one read, at least {@value #WINDOWS_PER_ROUND}
 * @param temperature of reads whose windows are not all scored, as {@link ModelContract#temperature()} is of the others
 */
public record Certainty(double deviations, int maxWindows, double temperature) {
    /** Windows of a read that are scored before its lead is looked at. */
    public static final int WINDOWS_PER_ROUND = 2;

    public Certainty {
        if (!(deviations > 0)
                || maxWindows < WINDOWS_PER_ROUND
                || !(temperature > 0)
                || !Double.isFinite(temperature)) {
            throw new IllegalArgumentException(String.format(
                    Locale.ROOT,
                    "Expected a certainty with deviations above 0, %d windows or more and a finite temperature above 0, got %s, %d, %s",
                    WINDOWS_PER_ROUND,
                    deviations,
                    maxWindows,
                    temperature));
        }
    }
}
