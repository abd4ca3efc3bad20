package io.kmerflow.pretraining;

import io.kmerflow.pretraining.trainer.ProgressListener;
import io.kmerflow.pretraining.trainer.Trainer;
import java.io.BufferedWriter;
import java.io.Closeable;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Locale;

/**
 * Passes progress on and writes one line per step: step, stage (mask span in tokens, 0 for a classifier), loss in nats.
 * Tab-separated with a header; a run that resumes appends.
 */
public final class TraceFile implements ProgressListener, Closeable {
    private final ProgressListener next;
    private final BufferedWriter writer;

    /** @param file null to write nothing */
    public TraceFile(Path file, boolean append, ProgressListener next) {
        this.next = next;
        try {
            if (file == null) {
                writer = null;
            } else if (append && Files.exists(file)) {
                writer = Files.newBufferedWriter(file, StandardOpenOption.APPEND);
            } else {
                writer = Files.newBufferedWriter(file);
                writer.write("step\tstage\tloss\n");
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
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
        if (writer == null) {
            return;
        }
        try {
            writer.write(String.format(Locale.ROOT, "%d\t%d\t%.6f%n", result.step(), stage, result.loss()));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() throws IOException {
        if (writer != null) {
            writer.close();
        }
    }
}
