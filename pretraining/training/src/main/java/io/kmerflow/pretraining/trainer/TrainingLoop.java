package io.kmerflow.pretraining.trainer;

import java.time.Duration;
import java.util.function.BooleanSupplier;

/** Takes a trainer through its steps: batches from another thread, evaluation and checkpoints at their intervals. */
public final class TrainingLoop {
    /** What the loop calls at intervals, on the training thread. */
    public interface Hooks {
        /** Every {@code evaluateEvery} steps and after the last. */
        void evaluate();

        /** Every {@code checkpointEvery} steps, after the last, and when the run is asked to stop. */
        void checkpoint();

        /** Asked at the start and after each evaluation: true ends the run before its last step, as if it were that. */
        default boolean enough() {
            return false;
        }
    }

    private final Trainer trainer;
    private final BatchSource source;
    private final Hooks hooks;
    private final ProgressListener listener;
    private final BooleanSupplier stopped;

    /** @param stopped asked after every step; true ends the run early, with a checkpoint */
    public TrainingLoop(
            Trainer trainer, BatchSource source, Hooks hooks, ProgressListener listener, BooleanSupplier stopped) {
        this.trainer = trainer;
        this.source = source;
        this.hooks = hooks;
        this.listener = listener;
        this.stopped = stopped;
    }

    /**
     * Runs to the last step, or until stopped.
     *
     * @return whether the last step was reached, or the hooks had enough
     */
    public boolean run() {
        TrainingConfig config = trainer.config();
        long steps = config.steps();
        if (trainer.step() >= steps || hooks.enough()) {
            return true;
        }
        long runStart = System.nanoTime();
        long firstStep = trainer.step();
        try (Prefetcher batches = new Prefetcher(source, firstStep, steps)) {
            long from = System.nanoTime();
            double loss = 0;
            double accuracy = 0;
            int accuracies = 0;
            long tokens = 0;
            int since = 0;
            while (trainer.step() < steps) {
                TrainingBatch batch = batches.next();
                boolean logs = (trainer.step() + 1) % config.logEvery() == 0 || trainer.step() + 1 == steps;
                Trainer.StepResult result = trainer.train(batch, logs);
                listener.step(result, batch.stage());
                loss += result.loss();
                since++;
                tokens += batch.rows().realTokens();
                if (!Double.isNaN(result.accuracy())) {
                    accuracy += result.accuracy();
                    accuracies++;
                }
                if (logs) {
                    long now = System.nanoTime();
                    double perStep = (double) (now - runStart) / (trainer.step() - firstStep);
                    listener.progress(new ProgressListener.Progress(
                            trainer.step(),
                            steps,
                            loss / since,
                            accuracy / accuracies,
                            tokens * 1e9 / (now - from),
                            config.schedule().rate(result.step()),
                            Duration.ofNanos((long) (perStep * (steps - trainer.step())))));
                    from = now;
                    loss = 0;
                    accuracy = 0;
                    accuracies = 0;
                    tokens = 0;
                    since = 0;
                }
                boolean last = trainer.step() == steps;
                boolean stops = !last && stopped.getAsBoolean();
                boolean enough = false;
                if (!stops && (last || trainer.step() % config.evaluateEvery() == 0)) {
                    hooks.evaluate();
                    enough = hooks.enough();
                }
                if (last || stops || enough || trainer.step() % config.checkpointEvery() == 0) {
                    hooks.checkpoint();
                }
                if (stops || enough) {
                    return enough;
                }
            }
            return true;
        }
    }
}
