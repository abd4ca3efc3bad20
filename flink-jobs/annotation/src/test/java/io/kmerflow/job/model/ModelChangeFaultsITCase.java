package io.kmerflow.job.model;

import static org.assertj.core.api.Assertions.assertThat;

import io.kmerflow.bundle.ModelBundle;
import io.kmerflow.job.Await;
import io.kmerflow.job.JobConfig;
import io.kmerflow.job.JobOptions;
import io.kmerflow.job.kafka.KafkaModelTopics.Tail;
import io.kmerflow.schema.ModelEvent;
import io.kmerflow.schema.ModelOutcome;
import io.kmerflow.scoring.ScoredBatch;
import io.kmerflow.scoring.ScoringException;
import io.kmerflow.scoring.ScoringSession;
import io.kmerflow.token.TokenBatch;
import java.io.BufferedInputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.stream.Stream;
import org.apache.flink.api.common.typeutils.base.StringSerializer;
import org.apache.flink.configuration.CheckpointingOptions;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.ExternalizedCheckpointRetention;
import org.apache.flink.core.execution.CheckpointType;
import org.apache.flink.core.execution.JobClient;
import org.apache.flink.core.fs.FSDataInputStream;
import org.apache.flink.core.memory.DataInputViewStreamWrapper;
import org.apache.flink.runtime.checkpoint.Checkpoints;
import org.apache.flink.runtime.checkpoint.OperatorState;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.apache.flink.runtime.minicluster.MiniCluster;
import org.apache.flink.runtime.state.OperatorStateHandle;
import org.apache.flink.test.junit5.InjectMiniCluster;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Changes of the model that something comes between: an aborted checkpoint, a failure behind half of the switches, a savepoint
 * and another parallelism. Checkpoints are triggered by the tests alone, so that each falls where it is meant to.
 */
@Timeout(300)
class ModelChangeFaultsITCase extends ModelChangeFixture {
    private static final int HELD_SUBTASK = 1;
    private static final Duration NEVER = Duration.ofDays(10_000);

    /** Done: subtask 1 scores. Not yet: its batches wait. Failed: they fail with that. Static, as factories are copied. */
    private static volatile CompletableFuture<Void> scoring;

    /** Done: announced models load. Not yet: they wait. */
    private static volatile CompletableFuture<Void> loading;

    private static volatile CompletableFuture<Void> loadingBegun;

    /** Holds the batches of one subtask, and the loading of all. */
    private record Held(BundleSessionFactory real) implements SessionFactory {
        @Override
        public OpenModel open(int subtask) {
            return held(subtask, real.open(subtask));
        }

        @Override
        public OpenModel open(int subtask, ModelRef model, Succession served) throws Exception {
            if (served != null) { // an announced model, not that of a checkpoint
                loadingBegun.complete(null);
                loading.get();
            }
            return held(subtask, real.open(subtask, model, served));
        }

        private static OpenModel held(int subtask, OpenModel model) {
            return subtask == HELD_SUBTASK
                    ? new OpenModel(model.identity(), new HeldSession(model.session()), model.uri())
                    : model;
        }
    }

    private record HeldSession(ScoringSession real) implements ScoringSession {
        @Override
        public CompletableFuture<ScoredBatch> submit(TokenBatch batch) {
            return scoring.thenCompose(open -> real.submit(batch));
        }

        @Override
        public void close() {
            real.close();
        }
    }

    @BeforeEach
    void holdNothing() {
        scoring = CompletableFuture.completedFuture(null);
        loading = CompletableFuture.completedFuture(null);
        loadingBegun = new CompletableFuture<>();
    }

    @AfterEach
    void letGo() {
        scoring.complete(null);
        loading.complete(null);
    }

    private JobConfig config(int parallelism) {
        return JobConfig.from(
                options(parallelism).set(JobOptions.MAX_BATCH_WINDOWS, 4).set(JobOptions.MAX_WINDOWS_IN_FLIGHT, 8));
    }

    private JobClient start(JobConfig config, String savepoint, Duration checkpointTimeout) throws Exception {
        Configuration flink = new Configuration()
                .set(CheckpointingOptions.CHECKPOINTING_INTERVAL, NEVER)
                .set(CheckpointingOptions.CHECKPOINTING_TIMEOUT, checkpointTimeout)
                .set(CheckpointingOptions.TOLERABLE_FAILURE_NUMBER, 1_000)
                .set(
                        CheckpointingOptions.EXTERNALIZED_CHECKPOINT_RETENTION,
                        ExternalizedCheckpointRetention.RETAIN_ON_CANCELLATION)
                .set(
                        CheckpointingOptions.CHECKPOINTS_DIRECTORY,
                        checkpoints().toUri().toString());
        return start(config, new Held(config.requireModel()), savepoint, flink);
    }

    private Path checkpoints() {
        return folder.resolve("checkpoints");
    }

    /** Whether a checkpoint that is triggered now completes. */
    private static boolean checkpoint(MiniCluster cluster, JobClient job) throws InterruptedException {
        try {
            cluster.triggerCheckpoint(job.getJobID(), CheckpointType.CONFIGURED).get();
            return true;
        } catch (ExecutionException e) {
            return false; // not all tasks run yet, or it was aborted
        }
    }

    /** Reads annotated once all are in completed checkpoints, by digest. */
    private Map<String, String> digests(MiniCluster cluster, JobClient job, int reads) throws Exception {
        while (annotations().size() < reads) {
            checkpoint(cluster, job);
        }
        return digests(reads);
    }

    /** Digests of the active model that a checkpoint or savepoint holds, of all subtasks; one, or something is wrong. */
    private static Set<String> digestsIn(Path checkpoint) throws IOException {
        Set<String> digests = new TreeSet<>();
        try (DataInputStream in =
                new DataInputStream(new BufferedInputStream(Files.newInputStream(checkpoint.resolve("_metadata"))))) {
            var metadata = Checkpoints.loadCheckpointMetadata(
                    in,
                    ModelChangeFaultsITCase.class.getClassLoader(),
                    checkpoint.toUri().toString());
            for (OperatorState operator : metadata.getOperatorStates()) {
                for (OperatorSubtaskState subtask : operator.getStates()) {
                    for (OperatorStateHandle handle : subtask.getManagedOperatorState()) {
                        read(handle, digests);
                    }
                }
            }
        }
        return digests;
    }

    private static void read(OperatorStateHandle handle, Set<String> digests) throws IOException {
        var state = handle.getStateNameToPartitionOffsets().get("active-model-digest");
        if (state == null) {
            return;
        }
        try (FSDataInputStream in = handle.openInputStream()) {
            for (long offset : state.getOffsets()) {
                in.seek(offset);
                digests.add(StringSerializer.INSTANCE.deserialize(new DataInputViewStreamWrapper(in)));
            }
        }
    }

    /** The one digest of each completed checkpoint, in their order. */
    private List<String> oneDigestEach() throws IOException {
        List<Path> completed;
        try (Stream<Path> files = Files.walk(checkpoints())) {
            completed = files.filter(file -> file.endsWith("_metadata"))
                    .map(Path::getParent)
                    .sorted(Comparator.comparingInt(ModelChangeFaultsITCase::number))
                    .toList();
        }
        List<String> digests = new ArrayList<>();
        for (Path checkpoint : completed) {
            assertThat(digestsIn(checkpoint)).as("models in %s", checkpoint).hasSize(1);
            digests.addAll(digestsIn(checkpoint));
        }
        return digests;
    }

    private static int number(Path checkpoint) {
        return Integer.parseInt(checkpoint.getFileName().toString().substring("chk-".length()));
    }

    /** Whether the held subtask's thread waits for its model in the middle of a read. */
    private static boolean waitsInTheMiddleOfARead() {
        return Thread.getAllStackTraces().entrySet().stream()
                .filter(thread ->
                        thread.getKey().getName().contains(String.format(Locale.ROOT, "(%d/2)", HELD_SUBTASK + 1)))
                .map(Map.Entry::getValue)
                .anyMatch(stack ->
                        in(stack, "ScoringOperator", "processElement") && in(stack, "MailboxExecutorImpl", "yield"));
    }

    private static boolean in(StackTraceElement[] stack, String simpleClass, String method) {
        return Arrays.stream(stack)
                .anyMatch(frame -> frame.getClassName().endsWith("." + simpleClass)
                        && frame.getMethodName().equals(method));
    }

    /** Announces, and waits until both subtasks have voted for it. */
    private static void announceAndAwaitVotes(
            JobConfig config, Tail<ModelEvent> tail, ModelBundle bundle, long revision) {
        config.modelChange().topics().announce(announcement(bundle, revision));
        List<ModelEvent> events = new ArrayList<>();
        while (count(events, ModelOutcome.PREPARED) < config.parallelism()) {
            tail.poll(Duration.ofMillis(20)).stream()
                    .filter(event -> event.getRevision() == revision)
                    .forEach(events::add);
        }
    }

    /** Checkpoints of the switches seen, by subtask; the whole job is -1. */
    private static void noteSwitches(Tail<ModelEvent> tail, Map<Integer, Double> switches) {
        for (ModelEvent event : tail.poll(Duration.ofMillis(20))) {
            if (event.getOutcome() == ModelOutcome.COMMITTED) {
                switches.put(event.getSubtask(), event.getMeasures().getOrDefault("checkpoint", 0.0));
            }
        }
    }

    @Test
    void checkpointsAbortedBetweenTheSwitchesAreNoneThatHoldTwoModels(@InjectMiniCluster MiniCluster cluster)
            throws Exception {
        JobConfig config = config(2);
        JobClient job = start(config, null, Duration.ofSeconds(2));
        produce(0, 40);
        digests(cluster, job, 40);
        Map<Integer, Double> switches = new HashMap<>();
        Map<String, String> digests;
        try (Tail<ModelEvent> tail = config.modelChange().topics().eventTail(true)) {
            announceAndAwaitVotes(config, tail, second, 1);
            scoring = new CompletableFuture<>();
            produce(40, 100); // more on each partition than may be in flight
            Await.until("a read in the middle", ModelChangeFaultsITCase::waitsInTheMiddleOfARead);
            while (!switches.containsKey(0)) {
                assertThat(checkpoint(cluster, job)).isFalse(); // its barrier never comes to subtask 1
                noteSwitches(tail, switches);
            }
            // Whether the notice of the abort comes first or not: with it subtask 1 passes over that barrier and
            // switches at
            // a later one, without it only late.
            assertThat(switches).containsOnlyKeys(0);
            produce(100, 140);

            scoring.complete(null);
            while (!switches.containsKey(-1)) {
                checkpoint(cluster, job);
                noteSwitches(tail, switches);
            }
            digests = digests(cluster, job, 140);
        }
        produce(140, 180);
        Map<String, String> after = digests(cluster, job, 180);
        cancel(job);

        assertThat(switches.get(1)).as("barrier of the later switch").isGreaterThanOrEqualTo(switches.get(0));
        List<String> between = new ArrayList<>();
        for (int i = 0; i < 180; i++) {
            if (i < 40) {
                assertThat(digests).containsEntry("r" + i, first.digest());
            } else if (i < 140) {
                between.add(digests.get("r" + i));
            } else {
                assertThat(after).containsEntry("r" + i, second.digest());
            }
        }
        assertThat(between).contains(first.digest(), second.digest());
        assertThat(oneDigestEach()).startsWith(first.digest()).endsWith(second.digest());
    }

    @Test
    void aFailureBehindHalfOfTheSwitchesEndsInOneModelForAll(@InjectMiniCluster MiniCluster cluster) throws Exception {
        JobConfig config = config(2);
        JobClient job = start(config, null, Duration.ofMinutes(4));
        produce(0, 40);
        digests(cluster, job, 40);
        Map<Integer, Double> switches = new HashMap<>();
        try (Tail<ModelEvent> tail = config.modelChange().topics().eventTail(true)) {
            announceAndAwaitVotes(config, tail, second, 1);
            CompletableFuture<Void> held = new CompletableFuture<>();
            scoring = held;
            produce(40, 100);
            Await.until("a read in the middle", ModelChangeFaultsITCase::waitsInTheMiddleOfARead);
            CompletableFuture<Long> aborted = cluster.triggerCheckpoint(job.getJobID(), CheckpointType.CONFIGURED);
            while (!switches.containsKey(0)) {
                noteSwitches(tail, switches);
            }
            assertThat(switches).containsOnlyKeys(0);
            assertThat(aborted).isNotDone();
            scoring = CompletableFuture.completedFuture(null); // for the task that comes after
            held.completeExceptionally(new CompletionException(
                    new ScoringException(ScoringException.Kind.DEVICE_LOST, "Expected a device, it is gone", null)));
            assertThat(aborted.handle((id, error) -> error).get()).isNotNull();

            while (!switches.containsKey(-1)) {
                checkpoint(cluster, job);
                noteSwitches(tail, switches);
            }
        }
        digests(cluster, job, 100);
        produce(100, 140);
        Map<String, String> digests = digests(cluster, job, 140);
        cancel(job);

        for (int i = 0; i < 40; i++) {
            assertThat(digests).containsEntry("r" + i, first.digest());
            assertThat(digests).containsEntry("r" + (100 + i), second.digest());
        }
        assertThat(oneDigestEach()).startsWith(first.digest()).endsWith(second.digest());
    }

    @Test
    void savepointsInTheMiddleOfAChangeGoOnAtOtherParallelisms(@InjectMiniCluster MiniCluster cluster)
            throws Exception {
        ModelBundle third = TinyBundle.write(folder.resolve("v3"), "3", 3, "a", "b");
        JobConfig one = config(1);
        JobConfig two = config(2);
        JobClient job = start(one, null, Duration.ofMinutes(4));
        produce(0, 40);
        digests(cluster, job, 40);
        CompletableFuture<Void> held = new CompletableFuture<>();
        loading = held;
        one.modelChange().topics().announce(announcement(second, 1));
        loadingBegun.get();
        String savepoint = stop(job); // before the only vote
        assertThat(digestsIn(Path.of(URI.create(savepoint)))).containsExactly(first.digest());

        job = start(two, savepoint, Duration.ofMinutes(4));
        produce(40, 80);
        assertThat(digests(cluster, job, 80).values()).containsOnly(first.digest());
        Map<Integer, Double> switches = new HashMap<>();
        try (Tail<ModelEvent> tail = two.modelChange().topics().eventTail(true)) {
            held.complete(null); // the announcement was not lost
            while (!switches.containsKey(-1)) {
                checkpoint(cluster, job);
                noteSwitches(tail, switches);
            }
            assertThat(switches).containsOnlyKeys(-1, 0, 1);
            produce(80, 120);
            Map<String, String> digests = digests(cluster, job, 120);
            for (int i = 80; i < 120; i++) {
                assertThat(digests).containsEntry("r" + i, second.digest());
            }
            announceAndAwaitVotes(two, tail, third, 2);
        }
        savepoint = stop(job); // its own barrier is the common one
        assertThat(digestsIn(Path.of(URI.create(savepoint)))).containsExactly(third.digest());

        job = start(one, savepoint, Duration.ofMinutes(4));
        produce(120, 160);
        Map<String, String> digests = digests(cluster, job, 160);
        cancel(job);
        for (int i = 120; i < 160; i++) {
            assertThat(digests).containsEntry("r" + i, third.digest());
        }
    }
}
