package io.kmerflow.job.model;

import static org.assertj.core.api.Assertions.assertThat;

import io.kmerflow.bundle.ModelBundle;
import io.kmerflow.bundle.SigningKey;
import io.kmerflow.job.JobConfig;
import io.kmerflow.job.JobOptions;
import io.kmerflow.job.kafka.KafkaModelTopics;
import io.kmerflow.job.kafka.KafkaModelTopics.Tail;
import io.kmerflow.schema.ModelAnnouncement;
import io.kmerflow.schema.ModelEvent;
import io.kmerflow.schema.ModelOutcome;
import io.kmerflow.schema.ModelSlot;
import io.kmerflow.schema.ReadAnnotation;
import io.kmerflow.scoring.SessionRegistry;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.apache.flink.connector.base.DeliveryGuarantee;
import org.apache.flink.core.execution.JobClient;
import org.apache.flink.runtime.minicluster.MiniCluster;
import org.apache.flink.test.junit5.InjectMiniCluster;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The model changes in the running job: real broker, real bundles, two subtasks. */
@Timeout(300)
class ModelChangeITCase extends ModelChangeFixture {
    /** Done: announced models load. Not yet: they wait. Static, as factories are copied. */
    private static volatile CompletableFuture<Void> loading;

    /** Refuses, or waits, where a test says so. */
    private record Faulty(BundleSessionFactory real, int refusingSubtask) implements SessionFactory {
        @Override
        public OpenModel open(int subtask) {
            return real.open(subtask);
        }

        @Override
        public OpenModel open(int subtask, ModelRef model, Succession served) throws Exception {
            if (subtask == refusingSubtask) {
                throw new ModelRefusedException(Refusal.Code.NOT_LOADABLE, "Expected memory, got none", null);
            }
            loading.get();
            return real.open(subtask, model, served);
        }
    }

    @BeforeEach
    void holdNothing() {
        loading = CompletableFuture.completedFuture(null);
    }

    @AfterEach
    void letGo() {
        loading.complete(null);
    }

    @Test
    void theModelChangesUnderLoadAndEveryReadIsAnnotatedOnce() throws Exception {
        JobConfig config = JobConfig.from(options(2));
        JobClient job = start(config);
        produce(0, 200);
        digests(200);
        Thread feeder = new Thread(() -> {
            for (int i = 200; i < 1_200; i += 20) {
                produce(i, i + 20);
            }
        });
        feeder.start();
        List<ModelEvent> events = announce(config, second, 1);
        feeder.join();
        produce(1_200, 1_300);
        Map<String, String> digests = digests(1_300);
        cancel(job);

        assertThat(verdict(events).getOutcome()).isEqualTo(ModelOutcome.COMMITTED);
        assertThat(events.stream().filter(event -> event.getOutcome() == ModelOutcome.PREPARED))
                .hasSize(2);
        assertThat(events.stream()
                        .filter(event -> event.getOutcome() == ModelOutcome.COMMITTED && event.getSubtask() >= 0)
                        .map(event -> event.getMeasures().get("checkpoint"))
                        .distinct())
                .as("the barrier of the change")
                .hasSize(1);
        for (int i = 0; i < 200; i++) {
            assertThat(digests.get("r" + i)).isEqualTo(first.digest());
        }
        for (int i = 1_200; i < 1_300; i++) {
            assertThat(digests.get("r" + i)).isEqualTo(second.digest());
        }
        assertThat(new TreeSet<>(digests.values())).isEqualTo(new TreeSet<>(List.of(first.digest(), second.digest())));
    }

    @Test
    void aTaskManagerLostBetweenVoteAndBarrierEndsInOneModelForAll(@InjectMiniCluster MiniCluster cluster)
            throws Exception {
        JobConfig config = JobConfig.from(options(2).set(JobOptions.CHECKPOINT_INTERVAL, Duration.ofSeconds(4)));
        JobClient job = start(config);
        produce(0, 50);
        digests(50); // seen with a checkpoint: the next one is seconds away
        KafkaModelTopics topics = config.modelChange().topics();
        topics.announce(announcement(second, 1));
        List<ModelEvent> events = new ArrayList<>();
        try (Tail<ModelEvent> tail = topics.eventTail(true)) {
            while (count(events, ModelOutcome.PREPARED) < 2) {
                events.addAll(tail.poll(Duration.ofMillis(20)));
            }
            assertThat(count(events, ModelOutcome.COMMITTED))
                    .as("no barrier came before the loss")
                    .isZero();
            cluster.terminateTaskManager(0).get(60, TimeUnit.SECONDS);
            cluster.startTaskManager();
            produce(50, 100);
            while (events.stream().noneMatch(event -> event.getSubtask() < 0)) {
                events.addAll(tail.poll(Duration.ofMillis(100)));
            }
        }
        digests(100);
        produce(100, 150);
        Map<String, String> digests = digests(150);
        cancel(job);

        assertThat(verdict(events).getOutcome()).isEqualTo(ModelOutcome.COMMITTED);
        for (int i = 0; i < 50; i++) {
            assertThat(digests.get("r" + i)).isEqualTo(first.digest());
        }
        for (int i = 100; i < 150; i++) {
            assertThat(digests.get("r" + i)).isEqualTo(second.digest());
        }
    }

    @Test
    void brokenTamperedAndMismatchingBundlesAreRefusedAndTheOldModelServes() throws Exception {
        ModelBundle tampered = TinyBundle.write(folder.resolve("v3"), "3", 3, "a", "b");
        TinyBundle.tamper(folder.resolve("v3"));
        ModelBundle otherVocabulary = TinyBundle.write(folder.resolve("v4"), "4", 4, "a", "b");
        ModelBundle otherLabels = TinyBundle.write(folder.resolve("v5"), "5", 3, "a", "c");
        JobConfig config = JobConfig.from(options(2));
        JobClient job = start(config);

        assertRefused(announce(config, tampered, 1), "BROKEN_BUNDLE", "a file of the bundle was changed");
        assertRefused(announce(config, otherVocabulary, 2), "WRONG_CONTRACT", "vocabulary");
        assertRefused(announce(config, otherLabels, 3), "WRONG_CONTRACT", "labels");
        ModelBundle lying = new ModelBundle(
                second.directory(), "tiny", "2", "fp32", first.digest(), second.contract(), second.golden());
        assertRefused(announce(config, lying, 4), "WRONG_BUNDLE", second.digest());
        produce(0, 50);
        assertThat(digests(50).values()).containsOnly(first.digest());
        assertThat(verdict(announce(config, second, 5)).getOutcome()).isEqualTo(ModelOutcome.COMMITTED);
        cancel(job);
    }

    @Test
    void labelsChangeWhereThatIsAnnouncedAndTheAnswerListsThem() throws Exception {
        ModelBundle otherLabels = TinyBundle.write(folder.resolve("v5"), "5", 3, "a", "c");
        JobConfig config = JobConfig.from(options(2));
        JobClient job = start(config);
        ModelAnnouncement described = announcement(otherLabels, 1);
        described.setSlot(ModelSlot.VERSION);
        config.modelChange().topics().describe(described); // fills no slot
        ModelAnnouncement allowed = announcement(otherLabels, 2);
        allowed.setAllowLabelChange(true);
        ModelEvent committed = verdict(announce(config, allowed));
        produce(0, 50);
        Map<String, String> digests = digests(50);
        Map<String, String> labels = labels(otherLabels);
        assertRefused(announce(config, first, 3), "WRONG_CONTRACT", "--allow-label-change");
        cancel(job);

        assertThat(committed.getOutcome()).isEqualTo(ModelOutcome.COMMITTED);
        assertThat(committed.getAddedLabels()).containsExactly("c");
        assertThat(committed.getRemovedLabels()).containsExactly("b");
        assertThat(digests.values()).containsOnly(otherLabels.digest());
        assertThat(labels.values()).isSubsetOf("a", "c").contains("c");
    }

    @Test
    void onlyModelsSignedByATrustedKeyServeAndKeysChangeWhileTheJobRuns() throws Exception {
        SigningKey old = SigningKey.generate();
        SigningKey next = SigningKey.generate();
        old.write(folder.resolve("old.key"), folder.resolve("old.pub"));
        next.write(folder.resolve("next.key"), folder.resolve("next.pub"));
        Path trusted = Files.copy(folder.resolve("old.pub"), folder.resolve("trusted.pub"));
        first.sign(old);
        JobConfig config = JobConfig.from(options(2).set(JobOptions.MODEL_REQUIRE_SIGNATURE, trusted.toString()));
        JobClient job = start(config);

        assertRefused(announce(config, second, 1), "NOT_TRUSTED", "got no signature");
        second.sign(next);
        assertRefused(announce(config, second, 2), "NOT_TRUSTED", "got a signature by " + next.id());
        produce(0, 50);
        assertThat(digests(50).values()).containsOnly(first.digest());

        Files.writeString(trusted, Files.readString(folder.resolve("next.pub")), StandardOpenOption.APPEND);
        assertThat(verdict(announce(config, second, 3)).getOutcome()).isEqualTo(ModelOutcome.COMMITTED);
        assertThat(verdict(announce(config, first, 4)).getOutcome()).isEqualTo(ModelOutcome.COMMITTED);
        Files.copy(folder.resolve("next.pub"), trusted, StandardCopyOption.REPLACE_EXISTING);
        assertThat(verdict(announce(config, second, 5)).getOutcome()).isEqualTo(ModelOutcome.COMMITTED);
        assertRefused(announce(config, first, 6), "NOT_TRUSTED", "got a signature by " + old.id());
        cancel(job);
    }

    private static void assertRefused(List<ModelEvent> events, String code, String part) {
        assertThat(verdict(events).getOutcome()).isEqualTo(ModelOutcome.ABORTED);
        assertThat(verdict(events).getReason()).startsWith(code + ": ").contains(part);
        assertThat(events.get(events.size() - 2).getOutcome()).isEqualTo(ModelOutcome.REJECTED);
    }

    @Test
    void oneSubtaskThatRefusesEndsTheChangeForAll() throws Exception {
        JobConfig config = JobConfig.from(options(2));
        JobClient job = start(config, new Faulty(config.requireModel(), 1), null);
        List<ModelEvent> events = announce(config, second, 1);
        produce(0, 100);
        assertThat(digests(100).values()).containsOnly(first.digest());
        awaitLoadedSessions(1); // the other subtask lets its candidate go
        cancel(job);

        assertRefused(events, "NOT_LOADABLE", "subtask 1 refused: Expected memory, got none");
    }

    @Test
    void aModelThatIsSlowToLoadIsRefusedAndLetGo() throws Exception {
        JobConfig config = JobConfig.from(options(2).set(JobOptions.MODEL_PREPARE_TIMEOUT, Duration.ofMillis(500)));
        loading = new CompletableFuture<>();
        JobClient job = start(config, new Faulty(config.requireModel(), -1), null);
        List<ModelEvent> events = announce(config, second, 1);
        produce(0, 50);
        assertThat(digests(50).values()).containsOnly(first.digest());
        loading.complete(null); // too late
        cancel(job);

        assertThat(verdict(events).getReason()).startsWith("TIME_OUT: ").contains("[0, 1]");
    }

    @Test
    void aSavepointHoldsTheModelAndServesOnAtAnotherParallelism() throws Exception {
        JobConfig one = JobConfig.from(options(1));
        JobConfig two = JobConfig.from(options(2));
        JobClient job = start(one);
        assertThat(verdict(announce(one, second, 1)).getOutcome()).isEqualTo(ModelOutcome.COMMITTED);
        produce(0, 50);
        digests(50);
        String savepoint = stop(job);

        job = start(two, two.requireModel(), savepoint); // whose options still name the first version
        produce(50, 100);
        assertThat(digests(100).values()).containsOnly(second.digest());
        assertThat(verdict(announce(two, first, 2)).getOutcome()).isEqualTo(ModelOutcome.COMMITTED);
        produce(100, 150);
        assertThat(digests(150).get("r149")).isEqualTo(first.digest());
        savepoint = stop(job);

        JobConfig won = JobConfig.from(options(1)
                .set(JobOptions.MODEL_BUNDLE, second.directory().toString())
                .set(JobOptions.ALLOW_MODEL_CHANGE, true));
        job = start(won, won.requireModel(), savepoint);
        produce(150, 200);
        assertThat(digests(200).get("r199")).isEqualTo(second.digest());
        cancel(job);
    }

    @Test
    void aJobStartsWithABundleOfAStoreAndASavepointKnowsWhereItLies() throws Exception {
        FaultyFileSystem.fault = FaultyFileSystem.Fault.NONE;
        String store = "faulty://" + folder.resolve("store");
        String place = BundleStore.upload(first.directory(), store, first);
        JobConfig config = JobConfig.from(options(2).set(JobOptions.MODEL_BUNDLE, place));
        JobClient job = start(config);
        produce(0, 50);
        assertThat(digests(50).values()).containsOnly(first.digest());
        ModelAnnouncement stored = announcement(second, 1);
        stored.setBundleUri(BundleStore.upload(second.directory(), store, second));
        assertThat(verdict(announce(config, stored)).getOutcome()).isEqualTo(ModelOutcome.COMMITTED);
        produce(50, 100);
        assertThat(digests(100).get("r99")).isEqualTo(second.digest());
        String savepoint = stop(job);

        FaultyFileSystem.fault = FaultyFileSystem.Fault.FAILS; // the machine has both of them
        job = start(config, config.requireModel(), savepoint);
        produce(100, 150);
        assertThat(digests(150).get("r149")).isEqualTo(second.digest());
        cancel(job);
        FaultyFileSystem.fault = FaultyFileSystem.Fault.NONE;
    }

    @Test
    void samplesAndBarcodesHaveModelsOfTheirOwnWhichChangeByName() throws Exception {
        ModelBundle amplicon = TinyBundle.named(folder.resolve("amplicon"), "panel", "1", 3, "x", "y");
        ModelBundle newAmplicon = TinyBundle.named(folder.resolve("amplicon2"), "panel", "2", 3, "x", "y");
        Map<String, String> routes = Map.of(
                "amplicon", amplicon.directory().toString(),
                "barcode07", second.directory().toString());
        JobConfig config = JobConfig.from(options(2).set(JobOptions.MODEL_ROUTES, routes));
        JobClient job = start(config);
        produce(0, 60);
        Map<String, String> digests = digests(60);
        assertThat(verdict(announce(config, newAmplicon, 1)).getOutcome()).isEqualTo(ModelOutcome.COMMITTED);
        produce(60, 120);
        Map<String, String> after = digests(120);
        cancel(job);

        String[] before = {first.digest(), amplicon.digest(), second.digest()};
        String[] later = {first.digest(), newAmplicon.digest(), second.digest()};
        for (int i = 0; i < 60; i++) {
            assertThat(digests.get("r" + i)).as("read %d", i).isEqualTo(before[i % 3]);
            assertThat(after.get("r" + (60 + i))).as("read %d", 60 + i).isEqualTo(later[i % 3]);
        }
    }

    @Test
    void aShadowIsComparedAndChangesNothing() throws Exception {
        JobConfig config = JobConfig.from(options(2));
        JobClient job = start(config);
        ModelBundle tampered = TinyBundle.write(folder.resolve("v3"), "3", 3, "a", "b");
        TinyBundle.tamper(folder.resolve("v3"));
        KafkaModelTopics topics = config.modelChange().topics();
        topics.announce(shadow(tampered, 1));
        topics.announce(shadow(second, 2));
        long compared = 0;
        Map<Integer, ModelEvent> reports = new HashMap<>();
        boolean refused = false;
        try (Tail<ModelEvent> tail = topics.eventTail(true)) {
            for (int prepared = 0; prepared < 2; ) {
                for (ModelEvent event : tail.poll(Duration.ofMillis(100))) {
                    refused |= event.getRevision() == 1 && event.getOutcome() == ModelOutcome.REJECTED;
                    prepared += event.getRevision() == 2 && event.getOutcome() == ModelOutcome.PREPARED ? 1 : 0;
                }
            }
            for (int i = 0; i < 300; i += 50) { // few enough at once that the shadow keeps up
                produce(i, i + 50);
                assertThat(digests(i + 50).values()).containsOnly(first.digest());
            }
            while (compared < 300) {
                tail.poll(Duration.ofMillis(100)).forEach(event -> reports.put(event.getSubtask(), event));
                compared = reports.values().stream()
                        .mapToLong(event -> sum(event, "sampledReads") + sum(event, "skippedReads"))
                        .sum();
            }
        }
        assertThat(compared).isEqualTo(300);
        assertThat(reports.values()).allMatch(event -> event.getSlot() == ModelSlot.SHADOW);
        long byLabel = reports.values().stream()
                .mapToLong(event -> sum(event, "a.sampledReads")
                        + sum(event, "b.sampledReads")
                        + sum(event, "(uncalled).sampledReads"))
                .sum();
        assertThat(byLabel)
                .isEqualTo(reports.values().stream()
                        .mapToLong(event -> sum(event, "sampledReads"))
                        .sum());
        assertThat(SessionRegistry.process().loadedSessions()).isEqualTo(2);
        assertThat(verdict(announce(config, second, 3)).getOutcome()).isEqualTo(ModelOutcome.COMMITTED);
        awaitLoadedSessions(1); // the change ends the comparison
        produce(0, 300); // now called by the candidate itself
        annotations(600);
        Map<String, String> active = labels(first);
        Map<String, String> candidate = labels(second);
        cancel(job);
        long skipped = sum(reports, "skippedReads");
        for (String label : List.of("a", "b")) {
            long called = active.values().stream().filter(label::equals).count();
            long agree = active.keySet().stream()
                    .filter(read -> label.equals(active.get(read)) && label.equals(candidate.get(read)))
                    .count();
            assertThat(agree).as("reads that tell agreement from its opposite").isBetween(1L, called - 1);
            assertThat(sum(reports, label + ".sampledReads")).as(label).isBetween(called - skipped, called);
            assertThat(sum(reports, label + ".agreeingReads")).as(label).isBetween(agree - skipped, agree);
        }
    }

    /** Labels that a model has given, by read. */
    private Map<String, String> labels(ModelBundle model) throws Exception {
        Map<String, String> labels = new HashMap<>();
        for (ReadAnnotation annotation : annotations()) {
            if (annotation.getModelDigest().equals(model.digest())) {
                labels.put(annotation.getReadId(), annotation.getReadCall().getLabel());
            }
        }
        return labels;
    }

    private static long sum(Map<Integer, ModelEvent> reports, String measure) {
        return reports.values().stream().mapToLong(event -> sum(event, measure)).sum();
    }

    private static long sum(ModelEvent event, String measure) {
        return Math.round(event.getMeasures().getOrDefault(measure, 0.0));
    }

    private static ModelAnnouncement shadow(ModelBundle bundle, long revision) {
        ModelAnnouncement announcement = announcement(bundle, revision);
        announcement.setSlot(ModelSlot.SHADOW);
        announcement.setSampledShare(1f);
        return announcement;
    }

    @Test
    void sessionsDoNotGatherOverFiftyChanges() throws Exception {
        JobConfig config = JobConfig.from(options(2)
                .set(JobOptions.CHECKPOINT_INTERVAL, Duration.ofMillis(100))
                .set(JobOptions.KAFKA_DELIVERY, DeliveryGuarantee.AT_LEAST_ONCE)); // no transactions to make at each
        JobClient job = start(config);
        for (int revision = 1; revision <= 50; revision++) {
            ModelBundle next = revision % 2 == 1 ? second : first;
            assertThat(verdict(announce(config, next, revision)).getOutcome()).isEqualTo(ModelOutcome.COMMITTED);
            assertThat(SessionRegistry.process().loadedSessions()).isEqualTo(1);
        }
        produce(0, 20);
        assertThat(digests(20).values()).containsOnly(first.digest());
        cancel(job);
    }
}
