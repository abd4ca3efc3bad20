package io.kmerflow.job.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kmerflow.job.JobConfig;
import io.kmerflow.job.JobOptions;
import io.kmerflow.job.model.ModelTopics;
import io.kmerflow.kafka.EmbeddedKafka;
import io.kmerflow.schema.ModelAnnouncement;
import io.kmerflow.schema.ModelEvent;
import io.kmerflow.schema.ModelOutcome;
import io.kmerflow.schema.ModelSlot;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.apache.flink.configuration.Configuration;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.api.Timeout;

@Timeout(120)
class KafkaModelTopicsITCase {
    private static EmbeddedKafka kafka;

    private KafkaModelTopics topics;

    @BeforeAll
    static void startBroker() throws Exception {
        kafka = EmbeddedKafka.start();
    }

    @AfterAll
    static void stopBroker() {
        kafka.close();
    }

    @BeforeEach
    void makeTopics(TestInfo test) {
        topics = topics(test.getTestMethod().orElseThrow().getName());
        new DeliveryPreflight(topics.kafka(), Duration.ZERO)
                .checkModelTopics(topics.modelsTopic(), topics.eventsTopic());
    }

    private static KafkaModelTopics topics(String name) {
        KafkaConfig config = JobConfig.from(new Configuration()
                        .set(JobOptions.KAFKA_BOOTSTRAP_SERVERS, kafka.bootstrapServers())
                        .set(JobOptions.KAFKA_CREATE_TOPICS, true))
                .kafka();
        return new KafkaModelTopics(config, name + "-models", name + "-events");
    }

    private static ModelAnnouncement announcement(String digest, long revision) {
        return ModelAnnouncement.newBuilder()
                .setModelName("m")
                .setSlot(ModelSlot.ACTIVE)
                .setRevision(revision)
                .setModelVersion("1")
                .setBundleUri("/" + digest)
                .setBundleDigest(digest)
                .setAnnouncedTime(Instant.EPOCH)
                .build();
    }

    private static ModelAnnouncement shadow(String digest, long revision, float share) {
        ModelAnnouncement shadow = announcement(digest, revision);
        shadow.setSlot(ModelSlot.SHADOW);
        shadow.setSampledShare(share);
        return shadow;
    }

    @Test
    void whoIsNotTheFirstWithARevisionIsToldWhoIs() {
        assertThat(topics.announce(announcement("a", 5))).isEmpty();
        assertThat(topics.announce(announcement("b", 5))).contains(announcement("a", 5));
        assertThat(topics.announce(announcement("a", 5)))
                .as("the same model by two")
                .isEmpty();
        assertThat(topics.announce(announcement("a", 4))).contains(announcement("a", 5));
        assertThat(topics.announce(announcement("c", 6))).isEmpty();
        assertThat(topics.announce(announcement("a", 5))).contains(announcement("c", 6));
        assertThat(topics.announce(shadow("a", 1, 0.1f))).as("another slot").isEmpty();
        assertThat(topics.announce(shadow("a", 1, 0.5f))).contains(shadow("a", 1, 0.1f));
        ModelAnnouncement otherModel = announcement("a", 1);
        otherModel.setModelName("n");
        assertThat(topics.announce(otherModel)).isEmpty();
        assertThat(topics.lastRevision(announcement("x", 0))).isEqualTo(6);
    }

    @Test
    void ofPublishersAtOnceOnlyOneHasEachRevision() {
        List<CompletableFuture<Boolean>> publishers = IntStream.range(0, 4)
                .mapToObj(i -> CompletableFuture.supplyAsync(() -> {
                    ModelAnnouncement mine = announcement("digest" + i, 0);
                    mine.setRevision(topics.lastRevision(mine) + 1);
                    return topics.announce(mine).isEmpty();
                }))
                .toList();
        long heeded = publishers.stream().filter(CompletableFuture::join).count();
        List<ModelAnnouncement> inOrder = new ArrayList<>();
        try (ModelTopics.Announcements announcements = topics.announcements()) {
            while (!announcements.caughtUp()) {
                inOrder.addAll(announcements.poll(Duration.ofMillis(100)));
            }
        }
        long rising = 0;
        long last = 0;
        for (ModelAnnouncement each : inOrder) {
            rising += each.getRevision() > last ? 1 : 0;
            last = Math.max(last, each.getRevision());
        }
        assertThat(inOrder).hasSize(4);
        assertThat(heeded).as("publishers that were told that theirs counts").isEqualTo(rising);
    }

    @Test
    void revisionsOutOfBoundsCountForNothing() {
        topics.announce(announcement("a", 7));
        topics.announce(announcement("poison", Long.MAX_VALUE));
        topics.announce(announcement("poison", -3));
        assertThat(topics.lastRevision(announcement("x", 0))).isEqualTo(7);
        assertThat(topics.announce(announcement("b", 8))).isEmpty();
    }

    @Test
    void whereTheTopicWasMadeAnewTheNextRevisionIsAboveWhatTheJobHasSeen() {
        ModelAnnouncement mine = announcement("a", 0);
        try (ModelTopics.Events events = topics.events()) {
            ModelEvent of12 = event("told");
            of12.setRevision(12);
            events.write(of12);
            assertThat(topics.lastRevision(mine)).isEqualTo(12);
            assertThat(topics.lastRevision(shadow("a", 0, 0.1f)))
                    .as("another slot")
                    .isZero();
            for (long seen : new long[] {57, (1L << 53) + 1, 1_795_780_000_123_456_789L}) {
                ModelEvent stale = event("STALE_REVISION: told");
                stale.setMeasures(Map.of("seenRevision", (double) seen));
                events.write(stale);
                assertThat(topics.lastRevision(mine)).isBetween(seen, seen + 1_000);
            }
            ModelEvent poison = event("BAD_ANNOUNCEMENT: told");
            poison.setRevision(Long.MAX_VALUE);
            events.write(poison);
            assertThat(topics.lastRevision(mine)).isLessThan(1_795_780_000_123_458_000L);
        }
    }

    @Test
    void aTopicThatIsNotThereIsUnavailable() {
        KafkaModelTopics missing = topics("missing");
        assertThatThrownBy(missing::announcements)
                .isInstanceOf(ModelTopics.UnavailableException.class)
                .hasMessageContaining("missing-models");
    }

    @Test
    void anEventTooLargeForItsTopicDoesNotHoldUpTheNext() {
        try (ModelTopics.Events events = topics.events()) {
            events.write(event("x".repeat(40 << 20)));
            events.write(event("small"));
        }
        try (KafkaModelTopics.Tail<ModelEvent> tail = topics.eventTail(true)) {
            List<ModelEvent> read = new ArrayList<>();
            while (read.isEmpty()) {
                read.addAll(tail.poll(Duration.ofMillis(100)));
            }
            assertThat(read).extracting(ModelEvent::getReason).containsExactly("small");
        }
    }

    private static ModelEvent event(String reason) {
        return ModelEvent.newBuilder()
                .setModelName("m")
                .setSlot(ModelSlot.ACTIVE)
                .setRevision(1)
                .setSubtask(-1)
                .setOutcome(ModelOutcome.ABORTED)
                .setReason(reason)
                .setMeasures(Map.of())
                .setEventTime(Instant.EPOCH)
                .build();
    }
}
