package io.kmerflow.pretraining.trainer;

import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;

/** Builds batches on a thread of its own, in step order, a few ahead of the training step. */
final class Prefetcher implements AutoCloseable {
    private static final int AHEAD = 4;

    /** A batch, or why there is none. */
    private record Slot(TrainingBatch batch, RuntimeException failure) {}

    private final BlockingQueue<Slot> ready = new ArrayBlockingQueue<>(AHEAD);
    private final Thread thread;

    Prefetcher(BatchSource source, long firstStep, long endStep) {
        this.thread = new Thread(() -> fill(source, firstStep, endStep), "training-batches");
        thread.setDaemon(true);
        thread.start();
    }

    private void fill(BatchSource source, long firstStep, long endStep) {
        try {
            for (long step = firstStep; step < endStep; step++) {
                Slot slot;
                try {
                    slot = new Slot(source.batch(step), null);
                } catch (RuntimeException e) {
                    slot = new Slot(null, e);
                }
                ready.put(slot);
                if (slot.failure != null) {
                    return;
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt(); // closed
        }
    }

    /** The next batch; throws what building it threw. */
    TrainingBatch next() {
        try {
            Slot slot = ready.take();
            if (slot.failure != null) {
                throw slot.failure;
            }
            return slot.batch;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("Expected the next batch, got an interrupt", e);
        }
    }

    @Override
    public void close() {
        thread.interrupt();
    }
}
