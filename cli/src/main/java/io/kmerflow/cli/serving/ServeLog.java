package io.kmerflow.cli.serving;

import java.time.Duration;
import java.util.Locale;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/** Says every so often what a serving job has done, and at once when another model serves. */
final class ServeLog implements AutoCloseable {
    private final JobFigures figures;
    private final Consumer<String> out;
    private final ScheduledExecutorService clock = Executors.newSingleThreadScheduledExecutor(task -> {
        Thread thread = new Thread(task, "serve-log");
        thread.setDaemon(true);
        return thread;
    });
    private String models = "";
    private long reads;
    private long tooShort;
    private boolean mostTooShort;

    /** @param out gets each line */
    ServeLog(JobFigures figures, Consumer<String> out) {
        this.figures = figures;
        this.out = out;
    }

    /**
     * Begins.
     *
     * @param interval between lines; zero for none but those about models
     */
    void start(Duration interval) {
        clock.scheduleWithFixedDelay(this::look, 1, 1, TimeUnit.SECONDS);
        if (!interval.isZero()) {
            clock.scheduleAtFixedRate(this::report, interval.toMillis(), interval.toMillis(), TimeUnit.MILLISECONDS);
        }
    }

    /** Says so if another model serves than at the last look; the first is no change. */
    void look() {
        String now = figures.models();
        if (now.isEmpty() || now.equals(models)) {
            return; // none while the job starts again
        }
        if (!models.isEmpty()) {
            out.accept("model " + models + " -> " + now);
        }
        models = now;
    }

    /** Says what was done so far. */
    void report() {
        long before = reads;
        reads = figures.reads();
        out.accept(String.format(
                Locale.ROOT,
                "%,d reads (+%,d), %,d called, %,d dead letters, lag %,d, %d restarts, model %s%s",
                reads,
                reads - before,
                figures.called(),
                figures.deadLetters(),
                figures.lag(),
                figures.restarts(),
                models.isEmpty() ? "not loaded" : models,
                drift()));
        warnOfShortReads(reads - before);
    }

    /** Says so when most reads begin to be too short, and not again before that has ended. */
    private void warnOfShortReads(long passed) {
        long before = tooShort;
        tooShort = figures.tooShort();
        boolean most = 2 * (tooShort - before) > passed;
        if (most && !mostTooShort) {
            out.accept(String.format(
                    Locale.ROOT,
                    "warning: %,d of the last %,d reads are shorter than the model asks for and were not scored; a model for"
                            + " shorter reads is trained with finetune --min-read-bases",
                    tooShort - before,
                    passed));
        }
        mostTooShort = most;
    }

    /** Empty as long as no reads were compared. */
    private String drift() {
        long windows = figures.driftWindows();
        return windows == 0
                ? ""
                : String.format(Locale.ROOT, ", drift in %,d of %,d windows", figures.driftAlarms(), windows);
    }

    @Override
    public void close() {
        clock.shutdownNow();
    }
}
