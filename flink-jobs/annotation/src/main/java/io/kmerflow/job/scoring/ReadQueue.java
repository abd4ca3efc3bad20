package io.kmerflow.job.scoring;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.function.Consumer;
import java.util.function.LongConsumer;

/**
 * Decides when a finished read may leave: at once, or in the order of arrival. A watermark leaves when every read before
 * it has left; reads after it may overtake it, which makes them early, never late.
 *
 * @param <R> the caller's read
 */
final class ReadQueue<R> {
    private final boolean ordered;
    private final Consumer<R> out;
    private final LongConsumer watermarks;
    private final Deque<Entry<R>> waiting = new ArrayDeque<>();
    private final Deque<Epoch> epochs = new ArrayDeque<>();
    private int size;

    /** Reads between two watermarks. */
    private static final class Epoch {
        private int unfinished;
        private boolean closed;
        private long watermark;
    }

    /** One read's place in the queue. */
    static final class Entry<R> {
        private final R read;
        private final Epoch epoch;
        private boolean finished;

        private Entry(R read, Epoch epoch) {
            this.read = read;
            this.epoch = epoch;
        }

        R read() {
            return read;
        }
    }

    /**
     * @param ordered whether reads leave in the order of arrival
     * @param out takes each read that leaves
     * @param watermarks takes each watermark that leaves
     */
    ReadQueue(boolean ordered, Consumer<R> out, LongConsumer watermarks) {
        this.ordered = ordered;
        this.out = out;
        this.watermarks = watermarks;
        epochs.add(new Epoch());
    }

    /** Reads that have not left. */
    int size() {
        return size;
    }

    /** A read arrives. */
    Entry<R> arrive(R read) {
        Epoch epoch = epochs.getLast();
        epoch.unfinished++;
        size++;
        Entry<R> entry = new Entry<>(read, epoch);
        if (ordered) {
            waiting.add(entry);
        }
        return entry;
    }

    /** A read is done; it and those it held back may leave. */
    void finish(Entry<R> entry) {
        entry.finished = true;
        if (!ordered) {
            leave(entry);
        } else {
            while (!waiting.isEmpty() && waiting.peek().finished) {
                leave(waiting.poll());
            }
        }
    }

    /** A watermark arrives. */
    void watermark(long timestamp) {
        Epoch last = epochs.getLast();
        last.closed = true;
        last.watermark = timestamp;
        epochs.add(new Epoch());
        releaseWatermarks();
    }

    private void leave(Entry<R> entry) {
        out.accept(entry.read);
        size--;
        entry.epoch.unfinished--;
        releaseWatermarks();
    }

    private void releaseWatermarks() {
        while (epochs.peek().closed && epochs.peek().unfinished == 0) {
            watermarks.accept(epochs.poll().watermark);
        }
    }
}
