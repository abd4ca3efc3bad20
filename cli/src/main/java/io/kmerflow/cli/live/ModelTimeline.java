package io.kmerflow.cli.live;

import io.kmerflow.schema.ModelEvent;
import io.kmerflow.schema.ModelOutcome;
import io.kmerflow.schema.ReadAnnotation;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Which models annotated when, and what the job answered to announcements; the latest of both. */
final class ModelTimeline {
    private static final int MAX_MODELS = 32;
    private static final int MAX_EVENTS = 50;
    /** Subtask of an event that is about the whole job. */
    private static final int WHOLE_JOB = -1;

    /** A model that annotated. */
    static final class Use {
        private final String name;
        private final String version;
        private final String digest;
        private long firstMillis = Long.MAX_VALUE;
        private long lastMillis = Long.MIN_VALUE;
        private long reads;

        private Use(ReadAnnotation annotation) {
            name = annotation.getModelName();
            version = annotation.getModelVersion();
            digest = annotation.getModelDigest();
        }

        String name() {
            return name;
        }

        String version() {
            return version;
        }

        String digest() {
            return digest;
        }

        /** Time of its earliest annotation. */
        long firstMillis() {
            return firstMillis;
        }

        /** Time of its latest annotation. */
        long lastMillis() {
            return lastMillis;
        }

        long reads() {
            return reads;
        }
    }

    private final Map<String, Use> uses = new LinkedHashMap<>();
    private final Deque<ModelEvent> events = new ArrayDeque<>();

    void annotated(ReadAnnotation annotation) {
        Use use = uses.get(annotation.getModelDigest());
        if (use == null) {
            if (uses.size() == MAX_MODELS) {
                uses.remove(uses.keySet().iterator().next());
            }
            use = new Use(annotation);
            uses.put(use.digest, use);
        }
        long millis = annotation.getAnnotatedTime().toEpochMilli();
        use.firstMillis = Math.min(use.firstMillis, millis);
        use.lastMillis = Math.max(use.lastMillis, millis);
        use.reads++;
    }

    /** Keeps what is about the whole job, and refusals, which name their reason. */
    void add(ModelEvent event) {
        if (event.getSubtask() != WHOLE_JOB && event.getOutcome() != ModelOutcome.REJECTED) {
            return;
        }
        if (events.size() == MAX_EVENTS) {
            events.removeFirst();
        }
        events.addLast(event);
    }

    /** Models by the time of their first annotation. */
    List<Use> uses() {
        List<Use> sorted = new ArrayList<>(uses.values());
        sorted.sort(Comparator.comparingLong(Use::firstMillis));
        return sorted;
    }

    /** Oldest first. */
    Collection<ModelEvent> events() {
        return events;
    }
}
