package io.kmerflow.cli.models;

import io.kmerflow.cli.base.CommandFailure;
import io.kmerflow.job.kafka.KafkaModelTopics.Tail;
import io.kmerflow.schema.ModelAnnouncement;
import io.kmerflow.schema.ModelEvent;
import io.kmerflow.schema.ModelOutcome;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.function.Consumer;

/** An announcement that was made, and what jobs answer to it. Used by one thread. */
public final class Publication implements AutoCloseable {
    private static final Duration POLL = Duration.ofMillis(250);
    private static final int WHOLE_JOB = -1;

    private final ModelPublisher publisher;
    private final ModelAnnouncement announcement;
    private final Tail<ModelEvent> events;
    private final String eventsTopic;

    Publication(ModelPublisher publisher, ModelAnnouncement announcement, Tail<ModelEvent> events, String eventsTopic) {
        this.publisher = publisher;
        this.announcement = announcement;
        this.events = events;
        this.eventsTopic = eventsTopic;
    }

    /** What was announced, with its revision. */
    public ModelAnnouncement announcement() {
        return announcement;
    }

    /** Answers to it that are there or come within a quarter of a second. */
    public List<ModelEvent> poll() {
        return events.poll(POLL).stream().filter(this::concerns).toList();
    }

    private boolean concerns(ModelEvent event) {
        return event.getRevision() == announcement.getRevision()
                && event.getSlot() == announcement.getSlot()
                && announcement.getModelName().equals(event.getModelName())
                && announcement.getBundleDigest().equals(event.getBundleDigest()); // not another publisher's
    }

    /**
     * Waits until the whole job serves the model, and keeps since when.
     *
     * @param heard hears the answers of the subtasks
     * @return the job's answer
     * @throws CommandFailure if the job refuses, or nothing comes within the time
     */
    public ModelEvent awaitActive(Duration most, Consumer<ModelEvent> heard) {
        long deadline = System.nanoTime() + most.toNanos();
        while (System.nanoTime() < deadline) {
            for (ModelEvent event : poll()) {
                if (event.getSubtask() != WHOLE_JOB) {
                    heard.accept(event);
                } else if (event.getOutcome() == ModelOutcome.COMMITTED) {
                    publisher.describe(announcement, event.getEventTime());
                    return event;
                } else {
                    throw new CommandFailure(
                            "The job rejected the model, the previous one stays active: " + event.getReason());
                }
            }
        }
        throw unanswered("an answer", most);
    }

    /** What a publisher says whom no job has answered. */
    public CommandFailure unanswered(String what, Duration waited) {
        return new CommandFailure(String.format(
                Locale.ROOT,
                "Expected %s of a job that serves %s within %d s, got none on topic %s; a job answers that was started with"
                        + " --models-topic; the announcement stays",
                what,
                announcement.getModelName(),
                waited.toSeconds(),
                eventsTopic));
    }

    @Override
    public void close() {
        events.close();
    }
}
