package io.kmerflow.pretraining.trainer;

import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;

/** Builds batches on a thread of its own, in step order, a few ahead of the training step. */
final class Prefetcher implements AutoCloseable {
    private static final int AHEAD = 4;

    /** A batch, or null where there are no more. */
    private record Slot(TrainingBatch batch) {}

    /** Made beforehand, since there may be no memory for it when it is needed. */
    private static final Slot END = new Slot(null);

    private final BlockingQueue<Slot> ready = new ArrayBlockingQueue<>(AHEAD);
    private final Thread thread;
    private volatile Throwable failure;

    Prefetcher(BatchSource source, long firstStep, long endStep) {
        this.thread = new Thread(() -> fill(source, firstStep, endStep), "training-batches");
        thread.setDaemon(true);
        thread.start();
    }

    private void fill(BatchSource source, long firstStep, long endStep) {
        try {
            try {
                for (long step = firstStep; step < endStep; step++) {
                    ready.put(new Slot(source.batch(step)));
                }
            } catch (RuntimeException | Error e) { // memory that runs out, above all
                failure = e;
            }
            ready.put(END);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt(); // closed
        }
    }

    /**
     * The next batch.
     *
     * @throws RuntimeException or Error: what building it threw; again each time from then on
     * @throws IllegalStateException behind the last batch
     */
    TrainingBatch next() {
        Slot slot;
        try {
            slot = ready.take();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("Expected the next batch, got an interrupt", e);
        }
        if (slot != END) {
            return slot.batch;
        }
        ready.offer(END); // for whoever asks again; nothing else comes
        if (failure instanceof Error error) {
            throw error;
        }
        if (failure != null) {
            throw (RuntimeException) failure;
        }
        throw new IllegalStateException("Expected a step before the last, got no more batches");
    }

    @Override
    public void close() {
        thread.interrupt();
    }
}
