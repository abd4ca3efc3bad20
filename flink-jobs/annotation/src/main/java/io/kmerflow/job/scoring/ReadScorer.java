package io.kmerflow.job.scoring;

import io.kmerflow.job.annotate.AnnotationSettings;
import io.kmerflow.job.annotate.Annotator;
import io.kmerflow.job.ingest.DecodedRead;
import io.kmerflow.job.model.OpenModel;
import io.kmerflow.job.model.SessionFactory;
import io.kmerflow.schema.ReadAnnotation;
import io.kmerflow.scoring.ScoredBatch;
import io.kmerflow.scoring.ScoringException;
import java.util.ArrayDeque;
import java.util.IdentityHashMap;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/**
 * Scores reads for callers that want a future for each, outside of the job's operator: the same pipeline, with a thread of its own in place
 * of a task's mailbox. Reads that are asked for at the same time share batches. For several threads.
 */
public final class ReadScorer implements AutoCloseable {
    private static final long MAX_HELD_BASES = 1 << 23;
    private static final long LONGEST_WAIT_MILLIS = 1_000;

    private final OpenModel model;
    private final Annotator annotator;
    private final ScoringPipeline pipeline;
    private final BlockingQueue<Mail> mails = new LinkedBlockingQueue<>();
    private final Queue<DecodedRead> arrived = new ArrayDeque<>();
    private final Map<DecodedRead, CompletableFuture<ReadAnnotation>> open = new IdentityHashMap<>();
    private final Thread thread = new Thread(this::run, "read-scorer");
    private boolean room = true;
    private volatile boolean closed;
    private volatile Throwable broken;

    private interface Mail {
        void run() throws ScoringException;
    }

    private ReadScorer(OpenModel model, FeedLimits feed) {
        this.model = model;
        annotator = new Annotator(model.identity(), AnnotationSettings.DEFAULT);
        pipeline = new ScoringPipeline(
                model.identity().contract(),
                feed.on(model.session()),
                false,
                AnnotationSettings.DEFAULT.scoreAll(),
                MAX_HELD_BASES,
                annotator::statusWithoutModel,
                this::submit,
                this::finish,
                watermark -> {});
    }

    /**
     * Loads the model, or joins one that this process has loaded.
     *
     * @param subtask index of the subtask that asks, from 0, for the choice of a device
     * @throws Exception if the model is refused or its device cannot be used
     */
    public static ReadScorer open(SessionFactory sessions, FeedLimits feed, int subtask) throws Exception {
        ReadScorer scorer = new ReadScorer(sessions.open(subtask), feed);
        scorer.thread.setDaemon(true);
        scorer.thread.start();
        return scorer;
    }

    /**
     * Scores a read.
     *
     * @return its annotation, or null for a read that cannot be scored, such as one whose logits are not finite; fails if the device is lost
     */
    public CompletableFuture<ReadAnnotation> score(DecodedRead read) {
        CompletableFuture<ReadAnnotation> annotation = new CompletableFuture<>();
        mails.add(() -> {
            open.put(read, annotation);
            arrived.add(read);
        });
        if (closed || broken != null) {
            annotation.completeExceptionally(new IllegalStateException("The scorer is closed", broken));
        }
        return annotation;
    }

    private void run() {
        try {
            while (!closed) {
                long due = Math.min(LONGEST_WAIT_MILLIS, Math.max(0, pipeline.nextDueMillis() - now()));
                Mail mail = mails.poll(due, TimeUnit.MILLISECONDS);
                if (mail != null) {
                    mail.run();
                }
                takeArrived();
                pipeline.sendOverdue(now());
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (ScoringException | RuntimeException | Error e) {
            broken = e;
        } finally {
            fail();
        }
    }

    /** Hands reads to the pipeline while it has room. */
    private void takeArrived() {
        room = room || pipeline.cut(now());
        while (room && !arrived.isEmpty()) {
            pipeline.accept(arrived.remove());
            room = pipeline.cut(now());
        }
    }

    private void submit(WindowBatch batch) {
        model.session()
                .submit(batch.tokens())
                .whenComplete((scored, error) -> mails.add(() -> answer(batch, scored, error)));
    }

    private void answer(WindowBatch batch, ScoredBatch scored, Throwable error) throws ScoringException {
        if (error == null) {
            pipeline.answered(batch, scored.logits());
        } else {
            Throwable cause =
                    error instanceof CompletionException && error.getCause() != null ? error.getCause() : error;
            pipeline.failed(
                    batch,
                    cause instanceof ScoringException known
                            ? known
                            : new ScoringException(
                                    ScoringException.Kind.DEVICE_LOST, "The scoring session is lost: " + cause, cause));
        }
        pipeline.cutWaiting(now());
    }

    private void finish(ReadInFlight finished) {
        CompletableFuture<ReadAnnotation> annotation = open.remove(finished.read);
        if (finished.failureReason() != null) {
            annotation.complete(null);
        } else if (finished.scores == null) {
            annotation.complete(annotator.annotate(finished.read, finished.status));
        } else {
            annotation.complete(annotator.annotate(finished.read, finished.scores));
        }
    }

    private void fail() {
        closed = true;
        for (Mail mail = mails.poll(); mail != null; mail = mails.poll()) {
            try {
                mail.run(); // reads that were asked for since
            } catch (ScoringException | RuntimeException e) {
                continue; // an answer that nobody waits for any more
            }
        }
        open.values()
                .forEach(annotation ->
                        annotation.completeExceptionally(new IllegalStateException("The scorer is closed", broken)));
    }

    private static long now() {
        return System.currentTimeMillis();
    }

    /** Ends; reads that are not scored fail. */
    @Override
    public void close() {
        closed = true;
        mails.add(() -> {});
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        model.close();
    }
}
