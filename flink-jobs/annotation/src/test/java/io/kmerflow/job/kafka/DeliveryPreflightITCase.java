package io.kmerflow.job.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kmerflow.job.Await;
import io.kmerflow.job.JobConfig;
import io.kmerflow.job.JobOptions;
import io.kmerflow.kafka.EmbeddedKafka;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.connector.base.DeliveryGuarantee;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.Config;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.common.config.ConfigResource;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** What a broker that lets everybody in answers. */
class DeliveryPreflightITCase {
    private static EmbeddedKafka kafka;
    private static Admin admin;

    @BeforeAll
    static void startBroker() throws Exception {
        kafka = EmbeddedKafka.start();
        admin = Admin.create(Map.of("bootstrap.servers", kafka.bootstrapServers()));
    }

    @AfterAll
    static void stopBroker() {
        admin.close();
        kafka.close();
    }

    private static Configuration options(boolean create) {
        return new Configuration()
                .set(JobOptions.KAFKA_BOOTSTRAP_SERVERS, kafka.bootstrapServers())
                .set(JobOptions.KAFKA_CREATE_TOPICS, create)
                .set(JobOptions.KAFKA_NEW_TOPIC_PARTITIONS, 3);
    }

    private static DeliveryPreflight preflight(Configuration options) {
        JobConfig config = JobConfig.from(options);
        return new DeliveryPreflight(config.kafka(), config.checkpointInterval());
    }

    private static String setting(String topic, String key) throws Exception {
        ConfigResource resource = new ConfigResource(ConfigResource.Type.TOPIC, topic);
        Config config = admin.describeConfigs(List.of(resource)).all().get().get(resource);
        return config.get(key).value();
    }

    private static void create(String topic, String maxMessageBytes) throws Exception {
        admin.createTopics(List.of(
                        new NewTopic(topic, 1, (short) 1).configs(Map.of("max.message.bytes", maxMessageBytes))))
                .all()
                .get();
        Await.until(
                "topic " + topic + " to be listed",
                () -> admin.listTopics().names().get().contains(topic));
    }

    @Test
    void missingTopicsAreCreatedWhereThatWasAskedForOnly() throws Exception {
        assertThatThrownBy(() -> preflight(options(false)).check(List.of("new-in"), List.of("new-out")))
                .isInstanceOf(PreflightException.class)
                .hasMessage(String.format(
                        Locale.ROOT,
                        "Expected the topic new-in at %s, which does not exist; create it or ask for it",
                        kafka.bootstrapServers()));
        assertThat(admin.listTopics().names().get()).doesNotContain("new-in", "new-out");

        preflight(options(true)).check(List.of("new-in"), List.of("new-out"));

        for (String topic : List.of("new-in", "new-out")) {
            assertThat(setting(topic, "max.message.bytes")).isEqualTo(Integer.toString(32 << 20));
            assertThat(setting(topic, "compression.type")).isEqualTo("zstd");
            assertThat(admin.describeTopics(List.of(topic))
                            .allTopicNames()
                            .get()
                            .get(topic)
                            .partitions())
                    .hasSize(3);
        }
    }

    @Test
    void topicsThatAreThereStayAsTheyAre() throws Exception {
        create("kept", Integer.toString(64 << 20));
        preflight(options(true)).check(List.of(), List.of("kept"));
        assertThat(setting("kept", "max.message.bytes")).isEqualTo(Integer.toString(64 << 20));
    }

    @Test
    void onlyTopicsThatAreWrittenMustTakeTheLargestRecord() throws Exception {
        create("small", "1048588");

        assertThatCode(() -> preflight(options(false)).check(List.of("small"), List.of()))
                .doesNotThrowAnyException();
        assertThatThrownBy(() -> preflight(options(false)).check(List.of(), List.of("small")))
                .isInstanceOf(PreflightException.class)
                .hasMessageContaining("topic small to take records of 33554432 bytes, its max.message.bytes is 1048588")
                .hasMessageContaining("max-message-bytes");
        assertThatCode(() -> preflight(options(false).set(JobOptions.KAFKA_MAX_MESSAGE_BYTES, 1_048_588))
                        .check(List.of("small"), List.of("small")))
                .doesNotThrowAnyException();
    }

    @Test
    void transactionsAreHeldAgainstTheLimitOfTheBroker() {
        Configuration longer = options(true)
                .set(JobOptions.KAFKA_DELIVERY, DeliveryGuarantee.EXACTLY_ONCE)
                .set(JobOptions.KAFKA_TRANSACTION_TIMEOUT, Duration.ofMillis(900_001));
        assertThatThrownBy(() -> preflight(longer).check(List.of(), List.of("any")))
                .isInstanceOf(PreflightException.class)
                .hasMessageContaining("at most 900000 ms, the limit of broker 1")
                .hasMessageContaining("got 900001 ms");
        Configuration same = longer.set(JobOptions.KAFKA_TRANSACTION_TIMEOUT, Duration.ofMillis(900_000));
        assertThatCode(() -> preflight(same).check(List.of(), List.of("any"))).doesNotThrowAnyException();
        Configuration atLeastOnce = longer.set(JobOptions.KAFKA_TRANSACTION_TIMEOUT, Duration.ofMillis(900_001))
                .set(JobOptions.KAFKA_DELIVERY, DeliveryGuarantee.AT_LEAST_ONCE);
        assertThatCode(() -> preflight(atLeastOnce).check(List.of(), List.of("any")))
                .doesNotThrowAnyException();
    }

    @Test
    void theTopicsOfModelChangesHaveOnePartitionAndAnnouncementsAreCompacted() throws Exception {
        assertThatThrownBy(() -> preflight(options(false)).checkModelTopics("no-models", "no-events"))
                .isInstanceOf(PreflightException.class)
                .hasMessageContaining("no-events");

        preflight(options(true)).checkModelTopics("m", "e");

        assertThat(setting("m", "cleanup.policy")).isEqualTo("compact");
        assertThat(setting("e", "cleanup.policy")).isEqualTo("delete");
        admin.describeTopics(List.of("m", "e"))
                .allTopicNames()
                .get()
                .forEach(
                        (name, topic) -> assertThat(topic.partitions()).as(name).hasSize(1));
    }

    @Test
    void aNameThatNoTopicMayHaveIsOneSentence() {
        assertThatThrownBy(() -> preflight(options(true)).check(List.of(), List.of("my topic")))
                .isInstanceOf(PreflightException.class)
                .hasMessageContaining("my topic");
    }
}
