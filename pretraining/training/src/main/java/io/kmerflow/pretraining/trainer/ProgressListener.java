package io.kmerflow.pretraining.trainer;

import java.time.Duration;
import java.util.Locale;

/** Hears how a run goes; called on the training thread. */
public interface ProgressListener {
    /**
     * Some steps later.
     *
     * @param step steps done
     * @param steps of the whole run
     * @param loss mean of the last steps, in nats
     * @param accuracy mean of the last steps that have one, 0 to 1
     * @param tokensPerSecond real tokens, padding not counted
     * @param learningRate of the last step
     * @param left until the last step, at this speed
     */
    record Progress(
            long step,
            long steps,
            double loss,
            double accuracy,
            double tokensPerSecond,
            double learningRate,
            Duration left) {
        /** One line for people. */
        public String line() {
            return String.format(
                    Locale.ROOT,
                    "step %d/%d  loss %.4f  accuracy %.3f  %.0f tokens/s  rate %.2e  %s left",
                    step,
                    steps,
                    loss,
                    accuracy,
                    tokensPerSecond,
                    learningRate,
                    text(left));
        }

        private static String text(Duration left) {
            return String.format(
                    Locale.ROOT, "%d:%02d:%02d", left.toHours(), left.toMinutesPart(), left.toSecondsPart());
        }
    }

    /** Called at a fixed interval of steps. */
    void progress(Progress progress);

    /** Something worth a line: an evaluation, a checkpoint. */
    void note(String line);

    /** Called after every step; does nothing by default. */
    default void step(Trainer.StepResult result, int stage) {}
}
