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

/**
 * Passes progress on and writes {@code metrics.csv}: for every step its number from 1, loss in nats, learning rate, loss on
 * validation data where it was measured after that step, and seconds of training so far. A resumed run continues with
 * the rows up to its checkpoint.
 */
public final class MetricsFile implements ProgressListener, Closeable {
    private static final String HEADER = "step,loss,learning_rate,validation_loss,seconds";

    private final LearningRateSchedule schedule;
    private final ProgressListener next;
    private final BufferedWriter writer;
    private final long start;
    private String row;
    private double seconds;
    private String validation = "";

    /** @param steps done when the run starts or resumes; later rows of the file are dropped */
    public MetricsFile(Path file, long steps, LearningRateSchedule schedule, ProgressListener next) {
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

    @Override
    public void progress(Progress progress) {
        next.progress(progress);
    }

    @Override
    public void note(String line) {
        next.note(line);
    }

    @Override
    public void step(Trainer.StepResult result, int stage) {
        next.step(result, stage);
        flushRow();
        seconds = (System.nanoTime() - start) / 1e9;
        row = String.format(
                Locale.ROOT, "%d,%.6f,%.4e", result.step() + 1, result.loss(), schedule.rate(result.step()));
    }

    /** Puts a loss on validation data into the row of the last step. */
    public void validation(double loss) {
        validation = String.format(Locale.ROOT, "%.6f", loss);
    }

    private void flushRow() {
        if (row == null) {
            return;
        }
        try {
            writer.write(String.format(Locale.ROOT, "%s,%s,%.2f%n", row, validation, seconds));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        row = null;
        validation = "";
    }

    @Override
    public void close() {
        flushRow();
        try {
            writer.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
