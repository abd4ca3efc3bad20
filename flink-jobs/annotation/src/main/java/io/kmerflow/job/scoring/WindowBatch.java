package io.kmerflow.job.scoring;

import io.kmerflow.job.batch.MicroBatch;
import io.kmerflow.sequence.ReadWindower;
import io.kmerflow.token.TokenBatch;
import io.kmerflow.token.WindowEncoder;
import java.util.List;

/** One model call: windows, their tokens, and which of them carry weight. */
final class WindowBatch {
    private final List<ReadWindowTask> windows;
    private final long oldestMillis;
    private final TokenBatch tokens;
    private final boolean[] hasWeight;
    private long submittedNanos;

    /** Tokenizes the windows of a batch. */
    WindowBatch(MicroBatch<ReadWindowTask> batch, ReadWindower windower, WindowEncoder encoder) {
        this.windows = batch.windows();
        this.oldestMillis = batch.oldestMillis();
        this.tokens = new TokenBatch(encoder, windows.size(), batch.tokensPerWindow());
        this.hasWeight = new boolean[windows.size()];
        for (int row = 0; row < hasWeight.length; row++) {
            ReadWindowTask task = windows.get(row);
            byte[] bases = task.read().read.bases;
            tokens.add(bases, windower.start(task.window(), bases.length), windower.end(task.window(), bases.length));
            hasWeight[row] = !tokens.mostlyUnknown(row);
        }
    }

    List<ReadWindowTask> windows() {
        return windows;
    }

    TokenBatch tokens() {
        return tokens;
    }

    boolean hasWeight(int row) {
        return hasWeight[row];
    }

    long oldestMillis() {
        return oldestMillis;
    }

    long paddedTokens() {
        return (long) windows.size() * tokens.width();
    }

    void submittedAt(long nanos) {
        submittedNanos = nanos;
    }

    long submittedNanos() {
        return submittedNanos;
    }

    /** Whether every window belongs to one read. */
    boolean oneRead() {
        ReadInFlight first = windows.get(0).read();
        for (ReadWindowTask task : windows) {
            if (task.read() != first) {
                return false;
            }
        }
        return true;
    }

    /** Rows {@code [from, to)} as a batch to be tokenized anew. */
    MicroBatch<ReadWindowTask> part(int from, int to) {
        int width = 0;
        for (int row = from; row < to; row++) {
            width = Math.max(width, tokens.tokenCount(row));
        }
        return new MicroBatch<>(windows.subList(from, to), width, oldestMillis);
    }
}
