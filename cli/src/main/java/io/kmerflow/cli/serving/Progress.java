package io.kmerflow.cli.serving;

import io.kmerflow.cli.base.TerminalWriter;
import io.kmerflow.files.JobSummary;
import java.io.PrintWriter;
import java.util.Locale;

/** One line that is written over on a terminal, and now and then a new one elsewhere. */
final class Progress implements AutoCloseable {
    private static final boolean TERMINAL = System.console() != null;
    private static final long LINE_EVERY_NANOS = 10_000_000_000L;

    private final PrintWriter out;
    private final long start = System.nanoTime();
    private long lastLine = start;
    private boolean open;

    Progress(PrintWriter out) {
        this.out = out;
    }

    /** Reads, dead letters and speed so far. */
    void show(JobSummary soFar) {
        double seconds = (System.nanoTime() - start) / 1e9;
        show(String.format(
                Locale.ROOT,
                "%,d reads annotated, %,d dead letters, %,.0f reads/s, %,.0f bases/s",
                soFar.reads(),
                soFar.deadLetters(),
                soFar.reads() / seconds,
                soFar.bases() / seconds));
    }

    /** Any state in one line. */
    void show(String line) {
        if (TERMINAL) {
            clear();
            out.print(line);
            out.flush();
            open = true;
        } else if (System.nanoTime() - lastLine > LINE_EVERY_NANOS) {
            lastLine = System.nanoTime();
            out.println(line);
            out.flush();
        }
    }

    /** Clears the line, so that what is printed next stands alone. */
    void end() {
        if (open) {
            clear();
            open = false;
        }
    }

    private void clear() {
        if (out instanceof TerminalWriter terminal) {
            terminal.clearLine();
        } else {
            out.println();
        }
    }

    @Override
    public void close() {
        end();
    }
}
