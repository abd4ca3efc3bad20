package io.kmerflow.job.model;

import io.kmerflow.job.metrics.MetricNames;
import io.kmerflow.schema.ModelAnnouncement;
import io.kmerflow.schema.ModelEvent;
import io.kmerflow.schema.ModelOutcome;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
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
 *
 * <p>A topic that cannot be read or written is opened again after a while, and the active model stays in use.
 * Anything else that goes wrong here fails the job: no checkpoint completes until Flink has restored it.
 */
public final class ModelCoordinator implements OperatorCoordinator {
    private static final Logger LOG = LoggerFactory.getLogger(ModelCoordinator.class);
    private static final Duration POLL = Duration.ofMillis(250);
    private static final Duration RETRY = Duration.ofSeconds(5);
    private static final int MAX_WAITING_EVENTS = 10_000;

    /**
     * Makes the coordinator on the job manager.
     *
     * @param operator the scoring operator
     * @param topics where announcements come from
     * @param timeout for the votes
     */
    public record Factory(OperatorID operator, ModelTopics topics, Duration timeout) implements Provider {
        @Override
        public OperatorID getOperatorId() {
            return operator;
        }

        @Override
        public OperatorCoordinator create(Context context) {
            return new ModelCoordinator(context, topics, timeout, RETRY, System::currentTimeMillis);
        }
    }

    private final Context context;
    private final ModelTopics topics;
    private final Duration timeout;
    private final Duration retry;
    private final LongSupplier clock;
    private final Map<Integer, SubtaskGateway> gateways = new HashMap<>();
    private final Map<String, Counter> outcomes = new HashMap<>();
    private final EventQueue events = new EventQueue(MAX_WAITING_EVENTS);
    private SwapBoard board;
    private Throwable failure;
    private boolean closed;
    private final CountDownLatch stop = new CountDownLatch(1);
    private ModelEvent unwritten; // of the writing thread

    /**
     * @param retry wait before a topic is opened again
     * @param clock milliseconds since 1970
     */
    ModelCoordinator(Context context, ModelTopics topics, Duration timeout, Duration retry, LongSupplier clock) {
        this.context = context;
        this.topics = topics;
        this.timeout = timeout;
        this.retry = retry;
        this.clock = clock;
    }

    /** The parallelism may not be known before the start. */
    private SwapBoard board() {
        if (board == null) {
            board = new SwapBoard(context.currentParallelism(), timeout, clock, new SwapBoard.Outbox() {
                @Override
                public void send(int subtask, ModelMessage message) {
                    ModelCoordinator.this.send(subtask, message);
                }

                @Override
                public void publish(ModelEvent event) {
                    ModelCoordinator.this.publish(event);
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

    private void publish(ModelEvent event) {
        if (event.getSubtask() < 0) {
            String outcome = event.getOutcome() == ModelOutcome.COMMITTED
                    ? "COMMITTED"
                    : event.getReason().substring(0, event.getReason().indexOf(':'));
            outcomes.computeIfAbsent(outcome, this::counter).inc();
        }
        ModelEvent left = events.add(event);
        if (left != null) {
            LOG.warn("{} model events wait for their topic; left out {}", MAX_WAITING_EVENTS, left);
        }
    }

    private Counter counter(String outcome) {
        MetricGroup group = context.metricGroup().addGroup(MetricNames.GROUP);
        return group.addGroup(MetricNames.OUTCOME, outcome).counter(MetricNames.MODEL_CHANGES);
    }

    /** Lets the board decide; what it throws fails the job, and nothing is decided until Flink has restored it. */
    private synchronized void decide(Runnable decision) {
        if (failure != null || closed) {
            return;
        }
        try {
            decision.run();
        } catch (RuntimeException | Error e) {
            fail(e);
        }
    }

    private synchronized void fail(Throwable error) {
        if (closed || failure != null) {
            return;
        }
        failure = error;
        context.failJob(error);
    }

    @Override
    public synchronized void start() {
        board();
        thread(this::readAnnouncements, "kmerflow-model-announcements");
        thread(this::writeEvents, "kmerflow-model-events");
    }

    /** What a thread does with a topic. */
    private interface TopicWork {
        /** Opens the topic and works on it until the coordinator is closed or has failed. */
        void run() throws InterruptedException;
    }

    private void thread(TopicWork work, String name) {
        Thread thread = new Thread(() -> repeat(work, name), name);
        thread.setDaemon(true);
        thread.setContextClassLoader(context.getUserCodeClassloader());
        thread.start();
    }

    private void repeat(TopicWork work, String name) {
        try {
            while (awaitRestored()) {
                try {
                    work.run();
                } catch (ModelTopics.UnavailableException e) {
                    LOG.warn("{}: trying again in {} ms: {}", name, retry.toMillis(), e.getMessage(), e);
                    stop.await(retry.toMillis(), TimeUnit.MILLISECONDS);
                } catch (RuntimeException | Error e) {
                    fail(e);
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Waits while the job has failed and is not restored; tells whether there is anything to do after that. */
    private synchronized boolean awaitRestored() throws InterruptedException {
        while (failure != null && !closed) {
            wait();
        }
        return !closed;
    }

    private synchronized boolean works() {
        return failure == null && !closed;
    }

    private void readAnnouncements() {
        try (ModelTopics.Announcements announcements = topics.announcements()) {
            decide(() -> board().rereading());
            boolean caughtUp = false;
            while (works()) {
                List<ModelAnnouncement> news = announcements.poll(POLL);
                decide(() -> news.forEach(board()::announced));
                if (!caughtUp && announcements.caughtUp()) {
                    caughtUp = true;
                    decide(() -> board().caughtUp());
                }
                decide(() -> board().tick());
            }
        }
    }

    private void writeEvents() throws InterruptedException {
        try (ModelTopics.Events sink = topics.events()) {
            for (ModelEvent event = next(); event != null; event = next()) {
                try {
                    sink.write(event);
                } catch (ModelTopics.UnavailableException e) {
                    unwritten = event; // goes first when the topic is there again
                    throw e;
                }
            }
        }
    }

    private ModelEvent next() throws InterruptedException {
        ModelEvent event = unwritten == null ? events.take() : unwritten;
        unwritten = null;
        return event;
    }

    @Override
    public synchronized void close() {
        closed = true; // the threads see it within a poll; an interrupt would break Kafka's clients off
        notifyAll();
        events.close();
        stop.countDown();
    }

    @Override
    public void handleEventFromOperator(int subtask, int attempt, OperatorEvent event) {
        decide(() -> board().received(subtask, (ModelMessage) event));
    }

    @Override
    public synchronized void checkpointCoordinator(long checkpointId, CompletableFuture<byte[]> result) {
        decide(() -> result.complete(board().beforeCheckpoint().toBytes()));
        if (!result.isDone()) {
            result.completeExceptionally(failure == null ? new CancellationException("closed") : failure);
        }
    }

    @Override
    public void notifyCheckpointComplete(long checkpointId) {
        decide(() -> board().completed(checkpointId));
    }

    @Override
    public synchronized void resetToCheckpoint(long checkpointId, byte[] bytes) throws Exception {
        gateways.clear();
        board().restore(SwapState.of(bytes));
        failure = null;
        notifyAll();
    }

    @Override
    public void subtaskReset(int subtask, long checkpointId) {
        lost(subtask);
    }

    @Override
    public void executionAttemptFailed(int subtask, int attempt, Throwable reason) {
        lost(subtask);
    }

    private synchronized void lost(int subtask) {
        gateways.remove(subtask);
        decide(() -> board().lost(subtask));
    }

    @Override
    public synchronized void executionAttemptReady(int subtask, int attempt, SubtaskGateway gateway) {
        gateways.put(subtask, gateway);
        decide(() -> board().ready(subtask));
    }
}
