package io.kmerflow.contract;

import java.util.Locale;

/**
 * When the scoring of a read may end before its last window (Wald 1945, sequential test): windows are scored in the order of
 * {@link io.kmerflow.sequence.WindowOrder}, {@value #WINDOWS_PER_ROUND} a round, until the best label leads and it is clear whether its score reaches the threshold of a call. Fitted at export on held-out reads.
 *
 * @param margin by how much the best label's summed log-probability, in nats, must lead that of the second, and its log-odds lie
 *     above or below those of the threshold, times the windows; above 0. A window counts by its share of new bases
 * @param maxWindows maximum windows scored of one read, at least {@value #WINDOWS_PER_ROUND}
 * @param temperature of reads whose windows are not all scored, as {@link ModelContract#temperature()} is of the others
 */
public record Certainty(double margin, int maxWindows, double temperature) {
    /** Windows of a read that are scored before its lead is looked at. */
    public static final int WINDOWS_PER_ROUND = 2;

    public Certainty {
        if (!(margin > 0) || maxWindows < WINDOWS_PER_ROUND || !(temperature > 0) || !Double.isFinite(temperature)) {
            throw new IllegalArgumentException(String.format(
                    Locale.ROOT,
                    "Expected a certainty with a margin above 0, %d windows or more and a finite temperature above 0, got %s, %d, %s",
                    WINDOWS_PER_ROUND,
                    margin,
                    maxWindows,
                    temperature));
        }
    }
}
