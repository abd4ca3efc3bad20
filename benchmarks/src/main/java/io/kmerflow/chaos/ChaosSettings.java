package io.kmerflow.chaos;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Locale;

/**
 * One run.
 *
 * @param reads records that are sent, the malformed ones among them
 * @param kills how often a process is killed
 * @param exactlyOnce the job's delivery guarantee, else at-least-once
 * @param seed of reads, order and moments of the kills
 * @param taskManagers processes with a slot each; also the job's parallelism
 * @param readBases length of a read
 * @param model bundle that scores
 * @param work folder for everything the run writes
 * @param checkpointInterval of the job
 * @param transactionTimeout of the job's producers
 */
public record ChaosSettings(
        int reads,
        int kills,
        boolean exactlyOnce,
        long seed,
        int taskManagers,
        int readBases,
        Path model,
        Path work,
        Duration checkpointInterval,
        Duration transactionTimeout) {
    public ChaosSettings {
        if (reads < 1 || kills < 0 || taskManagers < 1 || readBases < 1) {
            throw new IllegalArgumentException(String.format(
                    Locale.ROOT,
                    "Expected at least 1 read of 1 base, 0 kills and 1 task manager, got %d reads of %d bases, %d kills and %d task managers",
                    reads,
                    readBases,
                    kills,
                    taskManagers));
        }
    }
}
