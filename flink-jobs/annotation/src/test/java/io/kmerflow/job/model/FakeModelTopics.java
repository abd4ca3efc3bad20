package io.kmerflow.job.model;

import io.kmerflow.schema.ModelAnnouncement;
import io.kmerflow.schema.ModelEvent;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;

/** Topics in memory, with trouble where a test wants it. */
final class FakeModelTopics implements ModelTopics {
    private static final long serialVersionUID = 1L;

    private final transient List<ModelAnnouncement> log = new ArrayList<>();
    private final transient ArrayDeque<Throwable> readTrouble = new ArrayDeque<>();
    private final transient ArrayDeque<Throwable> writeTrouble = new ArrayDeque<>();

    /** One entry for each time that announcements, or events, were opened or closed. */
    final transient BlockingQueue<String> life = new LinkedBlockingQueue<>();

    final transient BlockingQueue<ModelEvent> written = new LinkedBlockingQueue<>();

    synchronized void announce(ModelAnnouncement announcement) {
        log.add(announcement);
        notifyAll();
    }

    /** The next poll of announcements throws it. */
    synchronized void failReading(Throwable trouble) {
        readTrouble.add(trouble);
        notifyAll();
    }

    /** The next write of an event throws it. */
    synchronized void failWriting(Throwable trouble) {
        writeTrouble.add(trouble);
    }

    private static void throwNext(ArrayDeque<Throwable> trouble) {
        Throwable next = trouble.poll();
        if (next instanceof Error error) {
            throw error;
        }
        if (next != null) {
            throw (RuntimeException) next;
        }
    }

    @Override
    public synchronized Announcements announcements() {
        life.add("announcements opened");
        int end = log.size();
        return new Announcements() {
            private int position;

            @Override
            public List<ModelAnnouncement> poll(Duration wait) {
                synchronized (FakeModelTopics.this) {
                    if (position == log.size() && readTrouble.isEmpty()) {
                        try {
                            FakeModelTopics.this.wait(wait.toMillis());
                        } catch (InterruptedException e) {
                            throw new IllegalStateException(e);
                        }
                    }
                    throwNext(readTrouble);
                    if (position == log.size()) {
                        return List.of();
                    }
                    return List.of(log.get(position++));
                }
            }

            @Override
            public boolean caughtUp() {
                return position >= end;
            }

            @Override
            public void close() {
                life.add("announcements closed");
            }
        };
    }

    @Override
    public Events events() {
        life.add("events opened");
        return new Events() {
            @Override
            public void write(ModelEvent event) {
                synchronized (FakeModelTopics.this) {
                    throwNext(writeTrouble);
                }
                written.add(event);
            }

            @Override
            public void close() {
                life.add("events closed");
            }
        };
    }
}
