package io.kmerflow.job.model;

import io.kmerflow.schema.ModelEvent;
import io.kmerflow.schema.ModelOutcome;
import java.util.ArrayDeque;

/**
 * Events that wait for their topic, at most as many as it was made for. Where there is no room the oldest report of a
 * shadow is left out, since later ones count from the start too; without one, the oldest event.
 */
final class EventQueue {
    private final int capacity;
    private final ArrayDeque<ModelEvent> waiting = new ArrayDeque<>();
    private boolean closed;

    /** @param capacity at least 1 */
    EventQueue(int capacity) {
        this.capacity = capacity;
    }

    /** Adds an event; returns the one that was left out for it, or null. */
    synchronized ModelEvent add(ModelEvent event) {
        ModelEvent left = null;
        if (waiting.size() == capacity) {
            left = waiting.stream()
                    .filter(each -> each.getOutcome() == ModelOutcome.SHADOW_REPORT)
                    .findFirst()
                    .orElse(waiting.peekFirst());
            waiting.removeFirstOccurrence(left);
        }
        waiting.addLast(event);
        notifyAll();
        return left;
    }

    /** The oldest event, once there is one; null once it is closed. */
    synchronized ModelEvent take() throws InterruptedException {
        while (waiting.isEmpty() && !closed) {
            wait();
        }
        return closed ? null : waiting.removeFirst();
    }

    /** Whoever waits goes on without an event. */
    synchronized void close() {
        closed = true;
        notifyAll();
    }
}
