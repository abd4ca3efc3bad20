package io.kmerflow.cli.serving;

import io.kmerflow.job.model.OpenModel;
import io.kmerflow.job.model.SessionFactory;
import io.kmerflow.scoring.SessionRegistry;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The configured model, loaded on a thread while Kafka and Flink are got ready; the job's own hold on it finds it loaded. Until this is
 * closed the model stays in memory, whatever the job does.
 */
final class EarlyModel implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(EarlyModel.class);
    private static final int FIRST_SUBTASK = 0;
    private static final Duration CLOSED = Duration.ofSeconds(5);

    private final CompletableFuture<OpenModel> model = new CompletableFuture<>();
    private final AtomicBoolean closed = new AtomicBoolean();

    private EarlyModel() {}

    /** Begins to load it; a model that cannot be loaded is left to the job, which fails with the reason. */
    static EarlyModel load(SessionFactory sessions) {
        EarlyModel early = new EarlyModel();
        Thread loader = new Thread(() -> early.open(sessions), "load-model");
        loader.setDaemon(true);
        loader.start();
        return early;
    }

    private void open(SessionFactory sessions) {
        OpenModel opened = null;
        try {
            opened = sessions.open(FIRST_SUBTASK);
        } catch (Exception | LinkageError e) {
            LOG.debug("The model was not loaded before the job", e);
        } finally {
            model.complete(opened);
        }
    }

    /** Lets go of the model, once it is loaded. A second call does nothing. */
    void release() {
        if (closed.getAndSet(true)) {
            return;
        }
        OpenModel opened = model.join();
        if (opened != null) {
            opened.close();
        }
    }

    /** Once the job has ended: lets go of the model and waits until it is closed, before which the process must not end. */
    @Override
    public void close() {
        release();
        try {
            if (!SessionRegistry.process().awaitClosed(CLOSED)) {
                LOG.warn("A model is still loaded {} s after the end of its job", CLOSED.toSeconds());
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
