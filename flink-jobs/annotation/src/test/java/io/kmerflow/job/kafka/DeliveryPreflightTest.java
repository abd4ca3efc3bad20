package io.kmerflow.job.kafka;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kmerflow.job.JobConfig;
import io.kmerflow.job.JobOptions;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.connector.base.DeliveryGuarantee;
import org.junit.jupiter.api.Test;

/** What is refused without asking a broker: nobody listens where these go. */
class DeliveryPreflightTest {
    private static final String NOBODY = "127.0.0.1:1";

    private static Configuration options(DeliveryGuarantee delivery) {
        return new Configuration()
                .set(JobOptions.KAFKA_BOOTSTRAP_SERVERS, NOBODY)
                .set(JobOptions.KAFKA_DELIVERY, delivery)
                .set(JobOptions.CHECKPOINT_INTERVAL, Duration.ofMillis(300));
    }

    private static void assertRefused(Configuration options, String... words) {
        JobConfig config = JobConfig.from(options);
        assertThatThrownBy(() -> new DeliveryPreflight(config.kafka(), config.checkpointInterval())
                        .check(List.of("reads"), List.of("annotations")))
                .isInstanceOf(PreflightException.class)
                .hasMessageContainingAll(words);
    }

    @Test
    void exactlyOnceNeedsCheckpoints() {
        assertRefused(
                options(DeliveryGuarantee.EXACTLY_ONCE).set(JobOptions.CHECKPOINT_INTERVAL, Duration.ZERO),
                "Expected a checkpoint interval with exactly-once delivery");
    }

    @Test
    void transactionsOutliveTheCheckpointInterval() {
        for (int millis : new int[] {1, 300}) {
            assertRefused(
                    options(DeliveryGuarantee.EXACTLY_ONCE)
                            .set(JobOptions.KAFKA_TRANSACTION_TIMEOUT, Duration.ofMillis(millis)),
                    "above the checkpoint interval of 300 ms",
                    String.format(Locale.ROOT, "got %d ms", millis));
        }
        assertRefused(
                options(DeliveryGuarantee.EXACTLY_ONCE)
                        .set(JobOptions.KAFKA_TRANSACTION_TIMEOUT, Duration.ofMillis(301))
                        .set(
                                JobOptions.KAFKA_PROPERTIES,
                                Map.of("default.api.timeout.ms", "500", "request.timeout.ms", "500")),
                "no Kafka broker answers at " + NOBODY); // past this check, and on to the broker
    }

    @Test
    void clientPropertiesThatUndoTheGuaranteeAreRefused() {
        for (String acks : List.of("0", "1")) {
            assertRefused(
                    options(DeliveryGuarantee.AT_LEAST_ONCE).set(JobOptions.KAFKA_PROPERTIES, Map.of("acks", acks)),
                    "the client property acks to be 'all'",
                    String.format(Locale.ROOT, "got '%s'", acks));
        }
        assertRefused(
                options(DeliveryGuarantee.EXACTLY_ONCE)
                        .set(JobOptions.KAFKA_PROPERTIES, Map.of("transaction.timeout.ms", "200")),
                "transaction.timeout.ms=200");
    }

    @Test
    void clientPropertiesThatLeaveNoRoomForADeadLetterAreRefused() {
        assertRefused(
                options(DeliveryGuarantee.AT_LEAST_ONCE)
                        .set(JobOptions.KAFKA_PROPERTIES, Map.of("max.request.size", "16383")),
                "16384 bytes for a record",
                "got 16383");
    }

    @Test
    void aBrokerThatDoesNotAnswerIsNamed() {
        assertRefused(
                options(DeliveryGuarantee.AT_LEAST_ONCE)
                        .set(
                                JobOptions.KAFKA_PROPERTIES,
                                Map.of("default.api.timeout.ms", "500", "request.timeout.ms", "500")),
                "no Kafka broker answers at " + NOBODY);
    }

    @Test
    void aPropertyThatCannotBeIsOneSentence() {
        assertRefused(
                options(DeliveryGuarantee.AT_LEAST_ONCE)
                        .set(JobOptions.KAFKA_PROPERTIES, Map.of("security.protocol", "NONE")),
                "Expected Kafka at " + NOBODY,
                "security.protocol");
    }
}
