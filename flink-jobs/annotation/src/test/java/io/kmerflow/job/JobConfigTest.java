package io.kmerflow.job;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.HashMap;
import java.util.Map;
import org.apache.flink.configuration.Configuration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class JobConfigTest {
    private static JobConfig config(Map<String, String> options) {
        Map<String, String> all = new HashMap<>(options);
        all.put("kafka.bootstrap-servers", "h:1");
        return JobConfig.from(Configuration.fromMap(all));
    }

    @ParameterizedTest
    @CsvSource({
        "kafka.topic.annotations, reads, kafka.topic.reads",
        "kafka.topic.dead-letters, annotations, kafka.topic.annotations",
        "kafka.topic.drift, dead-letters, kafka.topic.dead-letters",
        "kafka.topic.models, model-events, kafka.topic.models"
    })
    void oneTopicForTwoKindsOfRecordsIsRefused(String key, String topic, String other) {
        assertThatThrownBy(() -> config(Map.of(key, topic)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("Expected different topics for ")
                .hasMessageContaining(key)
                .hasMessageContaining(other)
                .hasMessageEndingWith("got " + topic + " for both");
    }

    @Test
    void topicsThatAreNotUsedMayHaveAnyName() {
        assertThat(config(Map.of("kafka.topic.model-events", "reads"))
                        .requireKafka()
                        .readsTopic())
                .isEqualTo("reads");
    }
}
