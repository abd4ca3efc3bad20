package io.kmerflow.cli.retrain;

import java.util.Locale;

/**
 * One rule and what was measured.
 *
 * @param rule as the YAML file names it, with the label it is about where there is one
 * @param limit of the rule
 * @param measured value
 * @param low of its 95 % interval; null where none was computed
 * @param high of its 95 % interval; null where none was computed
 * @param passed whether the rule holds
 * @param sentence what was expected and what came
 */
public record Check(
        String rule, double limit, double measured, Double low, Double high, boolean passed, String sentence) {
    /** A rule that asks for that much or more. */
    static Check atLeast(String rule, double limit, double measured, Double low, Double high) {
        return of(rule, limit, measured, low, high, measured >= limit, "or more");
    }

    /** A rule that asks for that much or less. */
    static Check atMost(String rule, double limit, double measured, Double low, Double high) {
        return of(rule, limit, measured, low, high, measured <= limit, "or less");
    }

    private static Check of(
            String rule, double limit, double measured, Double low, Double high, boolean passed, String side) {
        String interval = low == null ? "" : String.format(Locale.ROOT, " (95 %%: %.4f to %.4f)", low, high);
        String sentence = String.format(
                Locale.ROOT,
                "%s: expected %.4f %s, got %.4f%s%s",
                rule,
                limit,
                side,
                measured,
                interval,
                passed ? "" : String.format(Locale.ROOT, ", off by %.4f", Math.abs(measured - limit)));
        return new Check(rule, limit, measured, low, high, passed, sentence);
    }
}
