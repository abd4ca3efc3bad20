package io.kmerflow.chaos;

import java.util.LinkedHashMap;
import java.util.Map;

/**
 * What a run found.
 *
 * @param settings of the run
 * @param sent reads the producer was told the broker has
 * @param count what became of them
 * @param kills by victim
 * @param killsBeforeCommit kills of the broker between pre-commit and commit of a transaction, as seen a moment before; a
 *     lower bound
 * @param restarts how often the job was restarted by its job manager
 * @param resubmissions how often it was submitted again after its job manager was killed
 * @param seconds from the first read to the last answer
 * @param worstRecoverySeconds longest time from a kill to the first checkpoint that was begun after the process was up
 *     again and is complete
 */
public record ChaosReport(
        ChaosSettings settings,
        int sent,
        FinalCount count,
        Map<String, Integer> kills,
        int killsBeforeCommit,
        int restarts,
        int resubmissions,
        double seconds,
        double worstRecoverySeconds) {
    /** Whether the job kept its promise: nothing lost, and nothing twice, or with at-least-once nothing twice under other ids. */
    public boolean kept() {
        return sent == settings.reads()
                && count.read() == sent
                && count.lost() == 0
                && count.strangers() == 0
                && count.otherIds() == 0
                && (count.duplicates() == 0 || !settings.exactlyOnce());
    }

    /** As it is printed. */
    public Map<String, Object> asMap() {
        Map<String, Object> map = new LinkedHashMap<>();
        map.put("delivery", settings.exactlyOnce() ? "exactly-once" : "at-least-once");
        map.put("read", count.read());
        map.put("annotated", count.annotated());
        map.put("deadLettered", count.deadLettered());
        map.put("duplicates", count.duplicates());
        map.put("lost", count.lost());
        map.put("differingIds", count.otherIds());
        map.put("strangers", count.strangers());
        map.put("kills", kills);
        map.put("killsBeforeCommit", killsBeforeCommit);
        map.put("restarts", restarts);
        map.put("resubmissions", resubmissions);
        map.put("seconds", rounded(seconds));
        map.put("worstRecoverySeconds", rounded(worstRecoverySeconds));
        map.put("seed", settings.seed());
        map.put("taskManagers", settings.taskManagers());
        map.put("readBases", settings.readBases());
        map.put("checkpointIntervalSeconds", settings.checkpointInterval().toSeconds());
        map.put("transactionTimeoutSeconds", settings.transactionTimeout().toSeconds());
        return map;
    }

    private static double rounded(double seconds) {
        return Math.round(seconds * 10) / 10.0;
    }
}
