package io.kmerflow.job.model;

import static org.assertj.core.api.Assertions.assertThat;

import io.kmerflow.bundle.ModelBundle;
import io.kmerflow.job.JobConfig;
import io.kmerflow.job.JobOptions;
import io.kmerflow.job.kafka.KafkaModelTopics.Tail;
import io.kmerflow.schema.ModelEvent;
import io.kmerflow.schema.ModelOutcome;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.apache.flink.configuration.CheckpointingOptions;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.core.execution.CheckpointType;
import org.apache.flink.core.execution.JobClient;
import org.apache.flink.runtime.highavailability.nonha.embedded.HaLeadershipControl;
import org.apache.flink.runtime.minicluster.MiniCluster;
import org.apache.flink.test.junit5.InjectMiniCluster;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The job manager is lost, and another one goes on from the last checkpoint; then a task manager is. */
@Timeout(300)
class ModelFailoverITCase extends ModelChangeFixture {
    private static final Duration NEVER = Duration.ofDays(10_000);

    private static void loseJobManager(MiniCluster cluster, JobClient job) throws Exception {
        HaLeadershipControl leaders = cluster.getHaLeadershipControl().orElseThrow();
        leaders.revokeJobMasterLeadership(job.getJobID()).get();
        leaders.grantJobMasterLeadership(job.getJobID()).get();
    }

    private static void loseTaskManager(MiniCluster cluster) throws Exception {
        cluster.terminateTaskManager(0).get(60, TimeUnit.SECONDS);
        cluster.startTaskManager();
    }

    private JobConfig allowed(ModelBundle bundle) {
        return JobConfig.from(options(2)
                .set(JobOptions.MODEL_BUNDLE, bundle.directory().toString())
                .set(JobOptions.ALLOW_MODEL_CHANGE, true));
    }

    @Test
    void aPublishedModelStaysWhereTheConfiguredOneMayWinButHasNotChanged(@InjectMiniCluster MiniCluster cluster)
            throws Exception {
        JobConfig config = allowed(first);
        JobClient job = start(config);
        assertThat(verdict(announce(config, second, 1)).getOutcome()).isEqualTo(ModelOutcome.COMMITTED);
        produce(0, 40);
        assertThat(digests(40).values()).containsOnly(second.digest());

        loseJobManager(cluster, job);
        produce(40, 80);
        assertThat(digests(80).values()).containsOnly(second.digest());
        loseTaskManager(cluster);
        produce(80, 120);
        assertThat(digests(120).values()).containsOnly(second.digest());
        loseJobManager(cluster, job); // a checkpoint that was made after a restore says the same
        produce(120, 160);
        assertThat(digests(160).values()).containsOnly(second.digest());
        String savepoint = stop(job);

        job = start(config, config.requireModel(), savepoint);
        produce(160, 200);
        assertThat(digests(200).values()).containsOnly(second.digest());
        assertThat(verdict(announce(config, first, 2)).getOutcome()).isEqualTo(ModelOutcome.COMMITTED);
        savepoint = stop(job);

        ModelBundle third = TinyBundle.write(folder.resolve("v3"), "3", 3, "a", "b");
        JobConfig changed = allowed(third);
        job = start(changed, changed.requireModel(), savepoint);
        produce(200, 240);
        assertThat(digests(240).get("r239")).isEqualTo(third.digest());
        assertThat(verdict(announce(changed, second, 3)).getOutcome()).isEqualTo(ModelOutcome.COMMITTED);
        loseJobManager(cluster, job);
        produce(240, 280);
        Map<String, String> digests = digests(280);
        cancel(job);
        assertThat(digests.get("r239")).isEqualTo(third.digest());
        assertThat(digests.get("r279")).isEqualTo(second.digest());
    }

    @Test
    void aJobManagerLostBetweenVoteAndBarrierEndsInOneModelForAll(@InjectMiniCluster MiniCluster cluster)
            throws Exception {
        JobConfig config = allowed(first);
        JobClient job = start(
                config,
                config.requireModel(),
                null,
                new Configuration().set(CheckpointingOptions.CHECKPOINTING_INTERVAL, NEVER));
        produce(0, 40);
        digests(cluster, job, 40);
        List<ModelEvent> events = new ArrayList<>();
        try (Tail<ModelEvent> tail = config.modelChange().topics().eventTail(true)) {
            config.modelChange().topics().announce(announcement(second, 1));
            while (count(events, ModelOutcome.PREPARED) < 2) {
                events.addAll(tail.poll(Duration.ofMillis(20)));
            }
            assertThat(count(events, ModelOutcome.COMMITTED))
                    .as("no checkpoint came")
                    .isZero();
            loseJobManager(cluster, job);
            produce(40, 80);
            assertThat(digests(cluster, job, 80)).hasSize(80);
            while (events.stream().noneMatch(event -> event.getSubtask() < 0)) {
                tryCheckpoint(cluster, job);
                events.addAll(tail.poll(Duration.ofMillis(20)));
            }
        }
        assertThat(verdict(events).getOutcome()).isEqualTo(ModelOutcome.COMMITTED);
        produce(80, 120);
        Map<String, String> digests = digests(cluster, job, 120);
        cancel(job);
        for (int i = 80; i < 120; i++) {
            assertThat(digests).containsEntry("r" + i, second.digest());
        }
    }

    /** Reads annotated once all are in completed checkpoints, by digest. */
    private Map<String, String> digests(MiniCluster cluster, JobClient job, int reads) throws Exception {
        while (annotations().size() < reads) {
            tryCheckpoint(cluster, job);
        }
        return digests(reads);
    }

    /** Completes, unless not all tasks run yet. */
    private static void tryCheckpoint(MiniCluster cluster, JobClient job) throws Exception {
        cluster.triggerCheckpoint(job.getJobID(), CheckpointType.CONFIGURED)
                .handle((id, error) -> null)
                .get();
    }
}
