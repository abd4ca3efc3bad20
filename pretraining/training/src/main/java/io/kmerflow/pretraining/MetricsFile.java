package io.kmerflow.pretraining;

import io.kmerflow.pretraining.trainer.LearningRateSchedule;
import io.kmerflow.pretraining.trainer.ProgressListener;
import io.kmerflow.pretraining.trainer.Trainer;
import java.io.BufferedWriter;
import java.io.Closeable;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.OptionalDouble;

/**
 * Passes progress on and writes {@code metrics.csv}: for every step its number from 1, loss in nats, learning rate, loss on
 * validation data where it was measured after that step, and seconds of training so far; the same values, by the names of
 * these columns, for TensorBoard ({@link EventFile}). A resumed run continues with the rows up to its checkpoint.
 */
public final class MetricsFile implements ProgressListener, Closeable {
    private static final String HEADER = "step,loss,learning_rate,validation_loss,seconds";

    private final LearningRateSchedule schedule;
    private final ProgressListener next;
    private final BufferedWriter writer;
    private final EventFile events;
    private final long start;
    private Trainer.StepResult result;
    private double seconds;
    private OptionalDouble validation = OptionalDouble.empty();

    /**
     * @param directory of the run
     * @param steps done when the run starts or resumes; later rows of the file are dropped
     */
    public MetricsFile(Path directory, long steps, LearningRateSchedule schedule, ProgressListener next) {
        Path file = directory.resolve("metrics.csv");
        this.schedule = schedule;
        this.next = next;
        try {
            List<String> kept = steps > 0 && Files.exists(file) ? kept(file, steps) : List.of(HEADER);
            if (kept.size() > 1) {
                String last = kept.get(kept.size() - 1);
                seconds = Double.parseDouble(last.substring(last.lastIndexOf(',') + 1));
            }
            writer = Files.newBufferedWriter(file);
            for (String line : kept) {
                writer.write(line + "\n");
            }
            events = new EventFile(directory, steps + 1, now());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        start = System.nanoTime() - (long) (seconds * 1e9);
    }

    private static List<String> kept(Path file, long steps) throws IOException {
        List<String> kept = new ArrayList<>(List.of(HEADER));
        for (String line : Files.readAllLines(file)) {
            String step = line.substring(0, Math.max(0, line.indexOf(',')));
            if (step.matches("[0-9]+") && Long.parseLong(step) <= steps) {
                kept.add(line);
            }
        }
        return kept;
    }

    private static double now() {
        return System.currentTimeMillis() / 1e3;
    }

    /** Rows up to here can be read by others. */
    @Override
    public void progress(Progress progress) {
        flush();
        next.progress(progress);
    }

    @Override
    public void note(String line) {
        next.note(line);
    }

    @Override
    public void step(Trainer.StepResult done, int stage) {
        next.step(done, stage);
        writeRow();
        seconds = (System.nanoTime() - start) / 1e9;
        result = done;
    }

    /** Puts a loss on validation data into the row of the last step. */
    public void validation(double loss) {
        validation = OptionalDouble.of(loss);
    }

    /** The row of the last step, now that its validation loss is known. */
    private void writeRow() {
        if (result == null) {
            return;
        }
        long step = result.step() + 1;
        double rate = schedule.rate(result.step());
        try {
            writer.write(String.format(
                    Locale.ROOT,
                    "%d,%.6f,%.4e,%s,%.2f%n",
                    step,
                    result.loss(),
                    rate,
                    validation.isPresent() ? String.format(Locale.ROOT, "%.6f", validation.getAsDouble()) : "",
                    seconds));
            double now = now();
            events.scalar("loss", step, result.loss(), now);
            events.scalar("learning_rate", step, rate, now);
            if (validation.isPresent()) {
                events.scalar("validation_loss", step, validation.getAsDouble(), now);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        result = null;
        validation = OptionalDouble.empty();
    }

    private void flush() {
        try {
            writer.flush();
            events.flush();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        writeRow();
        try (writer;
                events) {
            flush();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
