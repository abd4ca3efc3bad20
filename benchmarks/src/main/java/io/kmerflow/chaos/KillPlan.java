package io.kmerflow.chaos;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;

/** When which process is killed, drawn from a seed. */
final class KillPlan {
    private static final double FIRST = 0.02;
    private static final double LAST = 0.95;
    private static final double IN_RECOVERY = 0.3;

    private KillPlan() {}

    /**
     * One kill.
     *
     * @param victim which process
     * @param taskManager which of them, for a task manager
     * @param afterReads not before that number of reads is sent
     * @param delayMillis then so long after; or after the last killed process is up, for a kill in recovery
     * @param inRecovery whether it does not wait until the job has recovered from the last kill
     * @param beforeCommit whether it then waits until a transaction is pre-committed and not yet committed
     */
    record Kill(
            Victim victim,
            int taskManager,
            int afterReads,
            int delayMillis,
            boolean inRecovery,
            boolean beforeCommit) {}

    /**
     * The kills in order: every victim about as often, in random order, spread over the reads. Every second of the broker,
     * from the first on, waits for the moment that a random one hardly meets: it is a small part of a checkpoint interval.
     */
    static List<Kill> draw(ChaosSettings settings) {
        Random random = new Random(settings.seed());
        List<Victim> victims = new ArrayList<>();
        for (int i = 0; i < settings.kills(); i++) {
            victims.add(Victim.values()[i % Victim.values().length]);
        }
        Collections.shuffle(victims, random);
        int[] moments = new int[settings.kills()];
        for (int i = 0; i < moments.length; i++) {
            moments[i] = (int) (settings.reads() * (FIRST + (LAST - FIRST) * random.nextDouble()));
        }
        Arrays.sort(moments);
        // Twice the interval, so that a kill falls on every part of a checkpoint alike.
        int longest = (int) (2 * settings.checkpointInterval().toMillis());
        List<Kill> kills = new ArrayList<>();
        int brokers = 0;
        for (int i = 0; i < moments.length; i++) {
            boolean beforeCommit = victims.get(i) == Victim.BROKER && brokers++ % 2 == 0;
            kills.add(new Kill(
                    victims.get(i),
                    random.nextInt(settings.taskManagers()),
                    moments[i],
                    random.nextInt(longest),
                    i > 0 && random.nextDouble() < IN_RECOVERY,
                    beforeCommit));
        }
        return kills;
    }
}
