package io.kmerflow.corpus.label;

import static org.assertj.core.api.Assertions.assertThat;

import io.kmerflow.job.JobConfig;
import io.kmerflow.job.JobOptions;
import io.kmerflow.job.TestTopics;
import io.kmerflow.job.kafka.DeliveryPreflight;
import io.kmerflow.job.kafka.KafkaConfig;
import io.kmerflow.job.kafka.LabelTopic;
import io.kmerflow.kafka.EmbeddedKafka;
import io.kmerflow.schema.ReadLabel;
import io.kmerflow.schema.codec.RecordCodec;
import io.kmerflow.sequence.identity.ReadIdentity;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.apache.flink.configuration.Configuration;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.config.ConfigResource;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(300)
class LabelTopicITCase {
    private static ReadLabel label(String run, String read, String source) {
        return ReadLabel.newBuilder()
                .setRunId(run)
                .setReadId(read)
                .setLabel("E. coli")
                .setSource(source)
                .setLabelledTime(Instant.EPOCH)
                .build();
    }

    @Test
    void labelsAreKeyedByReadAndSourceOnACompactedTopicAndCanBeWithdrawn() throws Exception {
        try (EmbeddedKafka kafka = EmbeddedKafka.start()) {
            Configuration options = new Configuration();
            options.set(JobOptions.KAFKA_BOOTSTRAP_SERVERS, kafka.bootstrapServers());
            options.set(JobOptions.KAFKA_CREATE_TOPICS, true);
            options.set(JobOptions.KAFKA_NEW_TOPIC_PARTITIONS, 2);
            KafkaConfig config = JobConfig.from(options).requireKafka();
            new DeliveryPreflight(config, Duration.ZERO).checkLabelsTopic("labels", true);
            ConfigResource resource = new ConfigResource(ConfigResource.Type.TOPIC, "labels");
            try (Admin admin = Admin.create(Map.of("bootstrap.servers", kafka.bootstrapServers()))) {
                assertThat(admin.describeConfigs(List.of(resource))
                                .all()
                                .get()
                                .get(resource)
                                .get("cleanup.policy")
                                .value())
                        .isEqualTo("compact");
            }
            try (LabelTopic topic = new LabelTopic(config, "labels")) {
                topic.send(label("run", "r1", "curator"));
                topic.send(label("run", "r1", "minimap2\t2.30"));
                topic.send(label("run", "r2", "curator"));
                topic.send(label("other", "r1", "curator"));
                topic.flush();

                ReadIdentity first = new ReadIdentity("run", "r1", 0);
                assertThat(topic.withdraw(first::equals)).isEqualTo(2);
                assertThat(topic.withdraw(first::equals)).as("withdrawn before").isZero();
            }
            List<ConsumerRecord<byte[], byte[]>> records =
                    TestTopics.at(kafka.bootstrapServers()).consume("labels");
            assertThat(records.stream().filter(record -> record.value() == null))
                    .extracting(record -> new String(record.key(), StandardCharsets.UTF_8))
                    .containsExactlyInAnyOrder("run\tr1\t0\tcurator", "run\tr1\t0\tminimap2\\t2.30");
            for (ConsumerRecord<byte[], byte[]> record : records) {
                if (record.value() != null) {
                    ReadLabel label = new RecordCodec<>(ReadLabel.class).decode(record.value());
                    assertThat(LabelTopic.readOf(record.key()))
                            .isEqualTo(new ReadIdentity(label.getRunId(), label.getReadId(), 0));
                    assertThat(LabelTopic.sourceOf(record.key())).isEqualTo(label.getSource());
                }
            }
            assertThat(LabelTopic.readOf(null)).isNull();
            assertThat(LabelTopic.readOf(new byte[] {'x'})).isNull();
        }
    }
}
