package io.kmerflow.job.model;

import io.kmerflow.schema.ModelAnnouncement;
import io.kmerflow.schema.ModelEvent;
import java.io.Serializable;
import java.time.Duration;
import java.util.List;

/**
 * Where announcements come from and events go; travels to the job manager with the job. Whatever keeps a topic from being
 * read or written is an {@link UnavailableException}, after which it is opened again; anything else is a fault of the
 * program.
 */
public interface ModelTopics extends Serializable {
    /** The topic cannot be read or written now. */
    final class UnavailableException extends IllegalStateException {
        private static final long serialVersionUID = 1L;

        /** @param message which topic, and why */
        public UnavailableException(String message, Throwable cause) {
            super(message, cause);
        }
    }

    /** Announcements from the oldest that is kept. Used by one thread. */
    interface Announcements extends AutoCloseable {
        /** Those that are there or come within the time, in their order; undecodable ones are left out. */
        List<ModelAnnouncement> poll(Duration wait);

        /** Whether {@link #poll} has given all that were there when this was opened. */
        boolean caughtUp();

        @Override
        void close();
    }

    /** Takes events. Used by one thread; may block. */
    interface Events extends AutoCloseable {
        /** Hands one on. */
        void write(ModelEvent event);

        @Override
        void close();
    }

    /** Opens the announcements. */
    Announcements announcements();

    /** Opens the events. */
    Events events();
}
