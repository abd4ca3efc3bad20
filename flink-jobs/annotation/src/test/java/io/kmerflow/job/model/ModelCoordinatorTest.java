package io.kmerflow.job.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kmerflow.job.model.ModelMessage.Commit;
import io.kmerflow.job.model.ModelMessage.Prepare;
import io.kmerflow.job.model.ModelMessage.Serving;
import io.kmerflow.job.model.ModelMessage.Switched;
import io.kmerflow.job.model.ModelMessage.Vote;
import io.kmerflow.schema.ModelAnnouncement;
import io.kmerflow.schema.ModelEvent;
import io.kmerflow.schema.ModelOutcome;
import io.kmerflow.schema.ModelSlot;
import java.net.URL;
import java.net.URLClassLoader;
import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.flink.api.common.JobID;
import org.apache.flink.metrics.Counter;
import org.apache.flink.metrics.MetricGroup;
import org.apache.flink.metrics.SimpleCounter;
import org.apache.flink.metrics.groups.OperatorCoordinatorMetricGroup;
import org.apache.flink.metrics.groups.UnregisteredMetricsGroup;
import org.apache.flink.runtime.checkpoint.CheckpointCoordinator;
import org.apache.flink.runtime.executiongraph.ExecutionAttemptID;
import org.apache.flink.runtime.jobgraph.OperatorID;
import org.apache.flink.runtime.messages.Acknowledge;
import org.apache.flink.runtime.operators.coordination.CoordinatorStore;
import org.apache.flink.runtime.operators.coordination.OperatorCoordinator;
import org.apache.flink.runtime.operators.coordination.OperatorEvent;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The coordinator with its threads, without a cluster and Kafka. */
@Timeout(60)
class ModelCoordinatorTest {
    private static final ModelRef OLD = new ModelRef("m", "1", "sha256:old", "/1");
    private static final ModelRef NEW = new ModelRef("m", "2", "sha256:new", "/2");
    private static final Duration AT_ONCE = Duration.ofMillis(1);
    private static final Duration NEVER = Duration.ofDays(1_000);

    private record Sent(int subtask, OperatorEvent event) {}

    private final FakeModelTopics topics = new FakeModelTopics();
    private final BlockingQueue<Sent> sent = new LinkedBlockingQueue<>();
    private final BlockingQueue<Throwable> failures = new LinkedBlockingQueue<>();
    private final Map<String, Counter> counters = new ConcurrentHashMap<>();
    private final AtomicLong clock = new AtomicLong(1_000);
    private final ClassLoader loader = new URLClassLoader(new URL[0]);
    private ModelCoordinator coordinator = coordinator(AT_ONCE);

    private ModelCoordinator coordinator(Duration retry) {
        return new ModelCoordinator(new TestContext(), topics, Duration.ofMillis(100), retry, clock::get);
    }

    @AfterEach
    void end() {
        coordinator.close();
    }

    private final class Counters extends UnregisteredMetricsGroup implements OperatorCoordinatorMetricGroup {
        private final String path;

        private Counters(String path) {
            this.path = path;
        }

        @Override
        public MetricGroup addGroup(String name) {
            return new Counters(path + name + "/");
        }

        @Override
        public MetricGroup addGroup(String key, String value) {
            return new Counters(path + key + "=" + value + "/");
        }

        @Override
        public Counter counter(String name) {
            Counter counter = new SimpleCounter();
            assertThat(counters.put(path + name, counter)).as("registered once").isNull();
            return counter;
        }
    }

    private final class TestContext implements OperatorCoordinator.Context {
        @Override
        public JobID getJobID() {
            return new JobID();
        }

        @Override
        public OperatorID getOperatorId() {
            return new OperatorID();
        }

        @Override
        public OperatorCoordinatorMetricGroup metricGroup() {
            return new Counters("");
        }

        @Override
        public void failJob(Throwable cause) {
            failures.add(cause);
        }

        @Override
        public int currentParallelism() {
            return 2;
        }

        @Override
        public ClassLoader getUserCodeClassloader() {
            return loader;
        }

        @Override
        public CoordinatorStore getCoordinatorStore() {
            return null;
        }

        @Override
        public boolean isConcurrentExecutionAttemptsSupported() {
            return false;
        }

        @Override
        public CheckpointCoordinator getCheckpointCoordinator() {
            return null;
        }
    }

    private record Gateway(int subtask, BlockingQueue<Sent> sent) implements OperatorCoordinator.SubtaskGateway {
        @Override
        public CompletableFuture<Acknowledge> sendEvent(OperatorEvent event) {
            sent.add(new Sent(subtask, event));
            return CompletableFuture.completedFuture(Acknowledge.get());
        }

        @Override
        public ExecutionAttemptID getExecution() {
            return ExecutionAttemptID.randomId();
        }

        @Override
        public int getSubtask() {
            return subtask;
        }
    }

    private static ModelAnnouncement announcement(ModelRef model, long revision) {
        return ModelAnnouncement.newBuilder()
                .setModelName(model.name())
                .setSlot(ModelSlot.ACTIVE)
                .setRevision(revision)
                .setModelVersion(model.version())
                .setBundleUri(model.uri())
                .setBundleDigest(model.digest())
                .setAnnouncedTime(Instant.EPOCH)
                .build();
    }

    private void subtasksServe(ModelRef model) {
        for (int subtask = 0; subtask < 2; subtask++) {
            coordinator.handleEventFromOperator(subtask, 0, new Serving(model, OLD));
            coordinator.executionAttemptReady(subtask, 0, new Gateway(subtask, sent));
        }
    }

    private void awaitPrepare(long revision) throws InterruptedException {
        for (int subtask = 0; subtask < 2; subtask++) {
            assertThat(sent.take()).isEqualTo(new Sent(subtask, new Prepare(revision, NEW)));
        }
    }

    private void voteForAndCommit(long revision, long checkpointId) throws Exception {
        for (int subtask = 0; subtask < 2; subtask++) {
            coordinator.handleEventFromOperator(subtask, 0, new Vote(revision, null, 1));
        }
        checkpoint(checkpointId);
        for (int subtask = 0; subtask < 2; subtask++) {
            assertThat(sent.take()).isEqualTo(new Sent(subtask, new Commit(revision, NEW)));
            coordinator.handleEventFromOperator(subtask, 0, new Switched(revision, checkpointId));
        }
        coordinator.notifyCheckpointComplete(checkpointId);
    }

    private ModelEvent awaitVerdict() throws InterruptedException {
        ModelEvent event = topics.written.take();
        while (event.getSubtask() >= 0) {
            event = topics.written.take();
        }
        return event;
    }

    private byte[] checkpoint(long id) throws Exception {
        CompletableFuture<byte[]> result = new CompletableFuture<>();
        coordinator.checkpointCoordinator(id, result);
        assertThat(result).isDone();
        return result.get();
    }

    private List<Thread> threads() {
        return Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> thread.getContextClassLoader() == loader && thread.isAlive())
                .toList();
    }

    private void awaitLife(String what) throws InterruptedException {
        while (!topics.life.take().equals(what)) {}
    }

    @Test
    void anAnnouncementBecomesTheModelOfEverySubtask() throws Exception {
        coordinator.start();
        subtasksServe(OLD);
        topics.announce(announcement(NEW, 7));
        awaitPrepare(7);
        voteForAndCommit(7, 3);

        ModelEvent verdict = awaitVerdict();
        assertThat(verdict.getOutcome()).isEqualTo(ModelOutcome.COMMITTED);
        assertThat(verdict.getEventTime()).isEqualTo(Instant.ofEpochMilli(1_000));
        assertThat(counters).containsOnlyKeys("kmerflow/outcome=COMMITTED/model_changes");
        assertThat(counters.values().iterator().next().getCount()).isEqualTo(1);
        assertThat(SwapState.of(checkpoint(4))).isEqualTo(new SwapState(7, NEW, 7, true, OLD));
        assertThat(failures).isEmpty();
    }

    @Test
    void aJobManagerThatTakesOverKeepsThePublishedModel() throws Exception {
        coordinator.start();
        subtasksServe(OLD);
        topics.announce(announcement(NEW, 7));
        awaitPrepare(7);
        voteForAndCommit(7, 3);
        awaitVerdict();
        byte[] state = checkpoint(4);
        coordinator.close();

        coordinator = coordinator(AT_ONCE);
        coordinator.resetToCheckpoint(4, state);
        coordinator.start();
        subtasksServe(NEW);
        for (int subtask = 0; subtask < 2; subtask++) {
            assertThat(sent.take()).isEqualTo(new Sent(subtask, new Commit(7, NEW)));
        }
        assertThat(checkpoint(5)).isEqualTo(state);
        topics.announce(announcement(NEW, 8));
        awaitPrepare(8); // and nothing before it: the one that was seen is not taken again
    }

    @Test
    void aSubtaskThatIsAwayIsNotTalkedToAndIsToldWhenItIsBack() throws Exception {
        coordinator.start();
        subtasksServe(OLD);
        topics.announce(announcement(NEW, 7));
        awaitPrepare(7);
        coordinator.executionAttemptFailed(1, 0, new IllegalStateException("gone"));
        coordinator.handleEventFromOperator(0, 0, new Vote(7, new Refusal(Refusal.Code.NOT_LOADABLE, "no"), 1));
        assertThat(sent.take()).isEqualTo(new Sent(0, new ModelMessage.Abort(7)));
        assertThat(sent).isEmpty();
        assertThat(awaitVerdict().getReason()).isEqualTo("NOT_LOADABLE: subtask 0 refused: no");
        assertThat(counters).containsOnlyKeys("kmerflow/outcome=NOT_LOADABLE/model_changes");

        coordinator.handleEventFromOperator(1, 1, new Serving(OLD, OLD));
        coordinator.executionAttemptReady(1, 1, new Gateway(1, sent));
        topics.announce(announcement(NEW, 8));
        awaitPrepare(8);
        coordinator.handleEventFromOperator(0, 0, new Vote(8, null, 1));
        coordinator.handleEventFromOperator(1, 0, new Vote(8, null, 1));
        coordinator.subtaskReset(1, 2);
        assertThat(SwapState.of(checkpoint(3)).model()).as("its vote is void").isNull();
        coordinator.handleEventFromOperator(1, 1, new Serving(OLD, OLD));
        coordinator.executionAttemptReady(1, 1, new Gateway(1, sent));
        assertThat(sent.take()).isEqualTo(new Sent(1, new Prepare(8, NEW)));
        coordinator.subtaskReset(1, 2);
        coordinator.handleEventFromOperator(0, 0, new Vote(8, new Refusal(Refusal.Code.NOT_LOADABLE, "no"), 1));
        assertThat(sent.take()).isEqualTo(new Sent(0, new ModelMessage.Abort(8)));
        assertThat(sent).isEmpty();
        awaitVerdict();
        assertThat(counters.values().iterator().next().getCount()).isEqualTo(2);
    }

    @Test
    void silenceEndsAChange() throws Exception {
        coordinator.start();
        subtasksServe(OLD);
        topics.announce(announcement(NEW, 7));
        awaitPrepare(7);
        clock.set(1_101);

        assertThat(awaitVerdict().getReason()).startsWith("TIME_OUT: ");
    }

    @Test
    void aTopicThatCannotBeReadIsOpenedAgain() throws Exception {
        coordinator.start();
        subtasksServe(OLD);
        topics.announce(announcement(NEW, 7));
        awaitPrepare(7);
        topics.life.clear();
        topics.failReading(new ModelTopics.UnavailableException("gone", null));
        awaitLife("announcements closed");
        awaitLife("announcements opened");
        voteForAndCommit(7, 3);
        awaitVerdict();
        topics.announce(announcement(NEW, 8));
        awaitPrepare(8);

        assertThat(failures).isEmpty();
    }

    @Test
    void aTopicThatCannotBeWrittenLosesNoEvent() throws Exception {
        topics.failWriting(new ModelTopics.UnavailableException("gone", null));
        topics.failWriting(new ModelTopics.UnavailableException("gone", null));
        coordinator.start();
        subtasksServe(OLD);
        topics.announce(announcement(NEW, 7));
        awaitPrepare(7);
        voteForAndCommit(7, 3);

        for (int subtask : new int[] {0, 1, 0, 1, -1}) { // votes, switches, all
            assertThat(topics.written.take().getSubtask()).isEqualTo(subtask);
        }
        assertThat(failures).isEmpty();
    }

    @Test
    void aFaultOfTheProgramFailsTheJobUntilItIsRestored() throws Exception {
        coordinator.start();
        subtasksServe(OLD);
        byte[] state = checkpoint(1);
        for (Throwable fault : List.of(new NullPointerException("fault"), new OutOfMemoryError("fault"))) {
            topics.failReading(fault);
            assertThat(failures.take()).isSameAs(fault);
            CompletableFuture<byte[]> refused = new CompletableFuture<>();
            coordinator.checkpointCoordinator(2, refused);
            assertThatThrownBy(refused::get).hasCause(fault);
            topics.life.clear();
            coordinator.resetToCheckpoint(1, state);
            awaitLife("announcements opened");
            subtasksServe(OLD);
            assertThat(checkpoint(3)).isEqualTo(state);
        }
        topics.announce(announcement(NEW, 7));
        awaitPrepare(7);
        topics.failWriting(new IllegalArgumentException("fault"));
        coordinator.handleEventFromOperator(0, 0, new Vote(7, null, 1));
        assertThat(failures.take()).hasMessage("fault");
        coordinator.resetToCheckpoint(1, state);
        subtasksServe(OLD);
        awaitPrepare(7);
        coordinator.handleEventFromOperator(1, 0, new Vote(7, null, 1));
        assertThat(topics.written.take().getSubtask()).as("the one behind it").isEqualTo(1);
    }

    @Test
    void aBrokenRuleFailsTheJobOnceAndNothingIsDecidedUntilItIsRestored() throws Exception {
        coordinator.start();
        awaitLife("announcements opened");
        coordinator.handleEventFromOperator(0, 0, new Serving(OLD, OLD));
        coordinator.handleEventFromOperator(1, 0, new Serving(NEW, NEW));
        coordinator.handleEventFromOperator(1, 0, new Serving(NEW, NEW));

        assertThat(failures.take()).hasMessageStartingWith("Expected one configured model on all machines, got ");
        assertThat(failures).isEmpty();
        awaitLife("announcements closed");
        topics.announce(announcement(NEW, 7));
        coordinator.resetToCheckpoint(-1, null);
        subtasksServe(OLD);
        awaitPrepare(7);
    }

    @Test
    void anEventThatIsNoneOfTheProtocolFailsTheJob() throws Exception {
        coordinator.handleEventFromOperator(0, 0, new OperatorEvent() {
            private static final long serialVersionUID = 1L;
        });
        assertThat(failures.take()).isInstanceOf(ClassCastException.class);
    }

    @Test
    void closingEndsTheThreads() throws Exception {
        coordinator.start();
        Set<String> opened = new HashSet<>();
        while (!opened.containsAll(Set.of("announcements opened", "events opened"))) {
            opened.add(topics.life.take());
        }
        List<Thread> threads = threads();
        assertThat(threads)
                .extracting(Thread::getName)
                .containsExactlyInAnyOrder("kmerflow-model-announcements", "kmerflow-model-events");
        assertThat(threads).allMatch(Thread::isDaemon);
        coordinator.close();
        for (Thread thread : threads) {
            thread.join();
        }
        topics.life.add("end");
        assertThat(topics.life).contains("announcements closed", "events closed");
    }

    @Test
    void closingEndsTheWaitForAnotherTryAndForARestore() throws Exception {
        coordinator = coordinator(NEVER);
        coordinator.start();
        subtasksServe(OLD);
        topics.failReading(new ModelTopics.UnavailableException("gone", null));
        awaitLife("announcements closed");
        topics.failWriting(new IllegalStateException("fault"));
        coordinator.handleEventFromOperator(
                0, 0, new ModelMessage.ShadowReport(1, NEW, null, new java.util.TreeMap<>()));
        failures.take();
        List<Thread> threads = threads();
        coordinator.close();
        for (Thread thread : threads) {
            thread.join();
        }
        coordinator.handleEventFromOperator(0, 0, new Commit(1, NEW));
        assertThat(failures).as("nobody is there to be failed").isEmpty();
        ModelCoordinator closed = coordinator;
        coordinator = coordinator(NEVER);
        coordinator.close();
        assertThatThrownBy(() -> checkpoint(1)).isInstanceOf(CancellationException.class);
        coordinator = closed;
    }

    @Test
    void theFactoryMakesItForItsOperator() throws Exception {
        OperatorID id = new OperatorID();
        ModelCoordinator.Factory factory = new ModelCoordinator.Factory(id, topics, Duration.ofMillis(100));
        assertThat(factory.getOperatorId()).isEqualTo(id);
        OperatorCoordinator made = factory.create(new TestContext());
        CompletableFuture<byte[]> result = new CompletableFuture<>();
        made.checkpointCoordinator(1, result);
        assertThat(SwapState.of(result.get())).isEqualTo(SwapState.NONE);
        made.close();
    }

    /** A topic that is opened again is read from its start: what was passed over then is no stale announcement now. */
    @Test
    void announcementsThatComeAgainAreNotToldAsStale() throws Exception {
        topics.announce(announcement(OLD, 6));
        topics.announce(announcement(NEW, 7));
        coordinator.start();
        subtasksServe(OLD);
        awaitPrepare(7);
        voteForAndCommit(7, 3);
        awaitVerdict();
        topics.life.clear();
        topics.failReading(new ModelTopics.UnavailableException("gone", null));
        awaitLife("announcements opened");
        topics.announce(announcement(NEW, 8));
        awaitPrepare(8); // all before it have come again

        assertThat(counters).containsOnlyKeys("kmerflow/outcome=COMMITTED/model_changes");
        assertThat(failures).isEmpty();
    }
}
