package io.kmerflow.job.registry;

import io.kmerflow.schema.ModelAnnouncement;
import io.kmerflow.schema.ModelEvent;
import java.io.Serializable;
import java.time.Duration;
import java.util.List;

/** Where announcements come from and events go; travels to the job manager with the job. */
public interface ModelTopics extends Serializable {
    /** Announcements from the oldest that is kept. Used by one thread. */
    interface Announcements extends AutoCloseable {
        /** Those that are there or come within the time; an undecodable one is null. */
        List<ModelAnnouncement> poll(Duration wait);

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
