package io.kmerflow.cli.serving;

import io.kmerflow.scoring.SessionRegistry;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.flink.core.execution.JobClient;
import org.apache.flink.core.execution.SavepointFormatType;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Ends a job of this process before the process ends: ONNX Runtime releases its environment in a shutdown hook, and a model that
 * still scores then crashes the process.
 */
final class JobStop {
    private static final Logger LOG = LoggerFactory.getLogger(JobStop.class);
    private static final Duration CANCELLED = Duration.ofSeconds(5);
    private static final Duration CLOSED = Duration.ofSeconds(5);

    private JobStop() {}

    /**
     * With a savepoint, which commits transactions and offsets: whoever goes on misses no read and annotates none twice. A job that
     * makes none in time is cancelled, and whoever goes on does so from its last checkpoint.
     *
     * @param savepoints folder for it
     * @param most time for the savepoint
     */
    static void withSavepoint(JobClient job, Path savepoints, Duration most) throws InterruptedException {
        try {
            job.stopWithSavepoint(false, savepoints.toUri().toString(), SavepointFormatType.CANONICAL)
                    .get(most.toSeconds(), TimeUnit.SECONDS);
        } catch (ExecutionException | TimeoutException | IllegalStateException e) {
            LOG.warn("Could not stop the job with a savepoint; it is cancelled", e);
            cancel(job);
            return;
        }
        awaitEnd(job);
    }

    /** Without a savepoint. */
    static void cancel(JobClient job) throws InterruptedException {
        try {
            job.cancel().get(CANCELLED.toSeconds(), TimeUnit.SECONDS);
        } catch (ExecutionException | TimeoutException | IllegalStateException e) {
            LOG.debug("The job has ended, or its cluster", e);
        }
        awaitEnd(job);
    }

    /** Waits until a job that was told to end has ended, and its models are closed. */
    static void awaitEnd(JobClient job) throws InterruptedException {
        try {
            job.getJobExecutionResult().get(CANCELLED.toSeconds(), TimeUnit.SECONDS);
        } catch (ExecutionException | TimeoutException | IllegalStateException e) {
            LOG.debug("The job was cancelled, or its cluster has ended", e);
        }
        if (!SessionRegistry.process().awaitClosed(CLOSED)) {
            LOG.warn("A model is still loaded {} s after its job has ended", CLOSED.toSeconds());
        }
    }
}
