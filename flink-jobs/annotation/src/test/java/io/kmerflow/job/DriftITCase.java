package io.kmerflow.job;

import static org.assertj.core.api.Assertions.assertThat;

import io.kmerflow.bundle.BundleProfile;
import io.kmerflow.job.kafka.DeliveryPreflight;
import io.kmerflow.job.model.OpenModel;
import io.kmerflow.job.model.SessionFactory;
import io.kmerflow.job.scoring.TestModel;
import io.kmerflow.kafka.EmbeddedKafka;
import io.kmerflow.schema.DriftReport;
import io.kmerflow.schema.SequencedRead;
import io.kmerflow.schema.codec.RecordCodec;
import io.kmerflow.sequence.profile.DriftThresholds;
import io.kmerflow.sequence.profile.Outcome;
import io.kmerflow.sequence.profile.ReadFeatures;
import io.kmerflow.sequence.profile.ReadProfile;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.runtime.testutils.MiniClusterResourceConfiguration;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.test.junit5.MiniClusterExtension;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

@Timeout(300)
class DriftITCase {
    @RegisterExtension
    static final MiniClusterExtension CLUSTER = new MiniClusterExtension(new MiniClusterResourceConfiguration.Builder()
            .setNumberTaskManagers(1)
            .setNumberSlotsPerTaskManager(1)
            .build());

    /** The test model, made for reads such as {@link TestTopics#read} gives. */
    private record Profiled(TestModel model) implements SessionFactory {
        private static final long serialVersionUID = 1L;

        @Override
        public OpenModel open(int subtask) {
            OpenModel open = model.open(subtask);
            List<ReadFeatures> reads = new ArrayList<>();
            ReadProfile counts = new ReadProfile(2);
            for (int i = 0; i < 200; i++) {
                byte[] bases = TestTopics.read("r", 2 + i % 3).getBases().array();
                ReadFeatures read = new ReadFeatures(bases, null, 2, Outcome.CALLED, i % 2, 0.9);
                reads.add(read);
                counts.add(read);
            }
            return new OpenModel(
                    open.identity(),
                    open.session(),
                    open.uri(),
                    new BundleProfile(
                            counts, new TreeMap<>(Map.of(20, DriftThresholds.resample(reads, 2, 20, 1_000, 1)))));
        }
    }

    private static byte[] read(int number, String sample, String unit) {
        SequencedRead read = TestTopics.read("r" + sample + number);
        read.setSampleId(sample);
        read.setBases(ByteBuffer.wrap(unit.repeat(2 + number % 3).getBytes(StandardCharsets.US_ASCII)));
        return TestTopics.bytes(read);
    }

    @Test
    void reportsOfEverySampleAreOnTheirTopic() throws Exception {
        try (EmbeddedKafka kafka = EmbeddedKafka.start()) {
            Configuration options = new Configuration();
            options.set(JobOptions.KAFKA_BOOTSTRAP_SERVERS, kafka.bootstrapServers());
            options.set(JobOptions.KAFKA_CREATE_TOPICS, true);
            options.set(JobOptions.KAFKA_NEW_TOPIC_PARTITIONS, 1);
            options.set(JobOptions.KAFKA_BOUNDED, true);
            options.set(JobOptions.KAFKA_DRIFT_TOPIC, "drift");
            options.set(JobOptions.DRIFT_WINDOW_READS, 20);
            JobConfig config = JobConfig.from(options);
            new DeliveryPreflight(config.kafka(), Duration.ZERO)
                    .check(List.of(config.kafka().readsTopic()), List.of());
            List<byte[]> reads = new ArrayList<>();
            for (int i = 0; i < 50; i++) {
                reads.add(read(i, "known", "ACGTACGTGGGACGT"));
                reads.add(read(i, "other", "ATTATATTTAATATT"));
            }
            TestTopics topics = TestTopics.at(kafka.bootstrapServers());
            topics.produce(config.kafka().readsTopic(), reads);

            StreamExecutionEnvironment environment = StreamExecutionEnvironment.getExecutionEnvironment();
            ReadScoringJob.build(environment, config, new Profiled(new TestModel()));
            environment.execute();

            List<DriftReport> reports = new ArrayList<>();
            for (ConsumerRecord<byte[], byte[]> record : topics.consume("drift")) {
                reports.add(new RecordCodec<>(DriftReport.class).decode(record.value()));
            }
            assertThat(reports)
                    .extracting(DriftReport::getSampleId)
                    .containsExactlyInAnyOrder("known", "known", "other", "other");
            assertThat(reports).allSatisfy(report -> {
                if (report.getSampleId().equals("other")) {
                    assertThat(report.getExceeded()).contains("gc", "kmers").doesNotContain("length", "unknown");
                } else {
                    assertThat(report.getExceeded()).doesNotContain("gc", "kmers", "length", "unknown");
                }
            });
            assertThat(topics.annotations(config)).hasSize(100);
        }
    }
}
