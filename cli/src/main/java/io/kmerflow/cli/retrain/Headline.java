package io.kmerflow.cli.retrain;

import java.util.List;
import java.util.Locale;
import java.util.Map;

/** What a step found, in one line for the terminal. */
final class Headline {
    private Headline() {}

    /** Empty where there is nothing to tell. */
    static String of(Step step, Map<String, Object> result) {
        return switch (step) {
            case SNAPSHOT ->
                String.format(
                        Locale.ROOT,
                        "%s reads, labelled %s%s",
                        result.get("reads"),
                        result.get("byLabel"),
                        result.containsKey("unmet") ? "; no read has " + result.get("unmet") : "");
            case SPLIT ->
                String.format(
                        Locale.ROOT,
                        "%s; new labels %s; %s hashes in the ledger",
                        result.get("parts"),
                        result.get("newLabels"),
                        result.get("ledger"));
            case EXPORT, FORMS -> String.valueOf(result.get("digest"));
            case GATE, SHADOW, WATCH -> checks(result);
            case ACTIVATE -> "labels added: " + result.get("addedLabels");
            default -> "";
        };
    }

    private static String checks(Map<String, Object> result) {
        return result.get("checks") instanceof List<?> checks ? checks.size() + " rules hold" : "";
    }
}
