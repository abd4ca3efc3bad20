package io.kmerflow.job.registry;

import io.kmerflow.job.metrics.MetricNames;
import io.kmerflow.schema.ModelAnnouncement;
import io.kmerflow.schema.ModelEvent;
import io.kmerflow.schema.ModelOutcome;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.apache.flink.metrics.Counter;
import org.apache.flink.metrics.MetricGroup;
import org.apache.flink.runtime.jobgraph.OperatorID;
import org.apache.flink.runtime.operators.coordination.OperatorCoordinator;
import org.apache.flink.runtime.operators.coordination.OperatorEvent;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The scoring operator's coordinator: reads announcements on a thread of its own, lets the {@link SwapBoard} decide, and
 * carries its messages. Flink delivers what a coordinator sends before it completes its part of a checkpoint ahead of
 * that checkpoint's barrier, which is what makes the commit common to all subtasks.
 */
public final class ModelCoordinator implements OperatorCoordinator {
    private static final Logger LOG = LoggerFactory.getLogger(ModelCoordinator.class);
    private static final Duration POLL = Duration.ofMillis(250);
    private static final long RETRY_MILLIS = 5_000;

    /**
     * Makes the coordinator on the job manager.
     *
     * @param operator the scoring operator
     * @param topics where announcements come from
     * @param timeout for the votes
     * @param configuredModelWins whether a restore goes on with the configured model
     */
    public record Factory(OperatorID operator, ModelTopics topics, Duration timeout, boolean configuredModelWins)
            implements Provider {
        @Override
        public OperatorID getOperatorId() {
            return operator;
        }

        @Override
        public OperatorCoordinator create(Context context) {
            return new ModelCoordinator(context, this);
        }
    }

    private final Context context;
    private final Factory settings;
    private final Map<Integer, SubtaskGateway> gateways = new HashMap<>();
    private final Map<String, Counter> outcomes = new HashMap<>();
    private final BlockingQueue<ModelEvent> events = new LinkedBlockingQueue<>();
    private SwapBoard board;
    private boolean started;
    private final CountDownLatch stop = new CountDownLatch(1);
    private volatile boolean closed;

    private ModelCoordinator(Context context, Factory settings) {
        this.context = context;
        this.settings = settings;
    }

    /** The parallelism may not be known before the start. */
    private SwapBoard board() {
        if (board == null) {
            board = new SwapBoard(
                    context.currentParallelism(),
                    settings.timeout(),
                    System::currentTimeMillis,
                    new SwapBoard.Outbox() {
                        @Override
                        public void send(int subtask, ModelMessage message) {
                            ModelCoordinator.this.send(subtask, message);
                        }

                        @Override
                        public void publish(ModelEvent event) {
                            count(event);
                            events.add(event);
                        }
                    });
        }
        return board;
    }

    private void send(int subtask, ModelMessage message) {
        SubtaskGateway gateway = gateways.get(subtask);
        if (gateway != null) {
            gateway.sendEvent(message); // if it is lost while the task runs, Flink restarts the task
        }
    }

    private void count(ModelEvent event) {
        if (event.getSubtask() >= 0) {
            return;
        }
        String outcome = event.getOutcome() == ModelOutcome.COMMITTED
                ? "COMMITTED"
                : event.getReason().substring(0, event.getReason().indexOf(':'));
        outcomes.computeIfAbsent(outcome, this::counter).inc();
    }

    private Counter counter(String outcome) {
        MetricGroup group = context.metricGroup().addGroup(MetricNames.GROUP);
        return group.addGroup(MetricNames.OUTCOME, outcome).counter(MetricNames.MODEL_CHANGES);
    }

    @Override
    public synchronized void start() {
        board();
        started = true;
        thread(this::readAnnouncements, "kmerflow-model-announcements");
        thread(this::writeEvents, "kmerflow-model-events");
    }

    private void thread(Runnable body, String name) {
        Thread thread = new Thread(body, name);
        thread.setDaemon(true);
        thread.setContextClassLoader(context.getUserCodeClassloader());
        thread.start();
    }

    private void readAnnouncements() {
        while (!closed) {
            try (ModelTopics.Announcements announcements = settings.topics().announcements()) {
                while (!closed) {
                    for (ModelAnnouncement announcement : announcements.poll(POLL)) {
                        synchronized (this) {
                            board().announced(announcement);
                        }
                    }
                    synchronized (this) {
                        board().tick();
                    }
                }
            } catch (RuntimeException e) {
                retryLater("read model announcements", e);
            }
        }
    }

    private void writeEvents() {
        ModelEvent unsent = null;
        while (!closed) {
            try (ModelTopics.Events sink = settings.topics().events()) {
                while (!closed) {
                    if (unsent == null) {
                        unsent = events.poll(POLL.toMillis(), TimeUnit.MILLISECONDS);
                    }
                    if (unsent != null) {
                        sink.write(unsent);
                        unsent = null;
                    }
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return;
            } catch (RuntimeException e) {
                retryLater("write model events", e);
            }
        }
    }

    /** The job serves on with the model it has. */
    private void retryLater(String what, RuntimeException error) {
        if (closed) {
            return;
        }
        LOG.warn("Could not {}; trying again in {} ms", what, RETRY_MILLIS, error);
        try {
            stop.await(RETRY_MILLIS, TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public void close() {
        closed = true; // the threads see it within a poll; an interrupt would break Kafka's clients off
        stop.countDown();
    }

    @Override
    public synchronized void handleEventFromOperator(int subtask, int attempt, OperatorEvent event) {
        board().received(subtask, (ModelMessage) event);
    }

    @Override
    public synchronized void checkpointCoordinator(long checkpointId, CompletableFuture<byte[]> result) {
        result.complete(board().beforeCheckpoint().toBytes());
    }

    @Override
    public synchronized void notifyCheckpointComplete(long checkpointId) {
        board().completed(checkpointId);
    }

    @Override
    public synchronized void resetToCheckpoint(long checkpointId, byte[] bytes) throws Exception {
        gateways.clear();
        SwapState state = SwapState.of(bytes);
        // The configured model wins at the start of a job, not in a failover within it.
        boolean firstRestore = !started;
        if (settings.configuredModelWins() && firstRestore) {
            state = new SwapState(state.seenRevision(), null, -1);
        }
        board().restore(state);
    }

    @Override
    public synchronized void subtaskReset(int subtask, long checkpointId) {
        gateways.remove(subtask);
        board().lost(subtask);
    }

    @Override
    public synchronized void executionAttemptFailed(int subtask, int attempt, Throwable reason) {
        gateways.remove(subtask);
        board().lost(subtask);
    }

    @Override
    public synchronized void executionAttemptReady(int subtask, int attempt, SubtaskGateway gateway) {
        gateways.put(subtask, gateway);
        board().ready(subtask);
    }
}
