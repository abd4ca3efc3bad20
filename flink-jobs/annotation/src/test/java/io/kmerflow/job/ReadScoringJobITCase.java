package io.kmerflow.job;

import static org.assertj.core.api.Assertions.assertThat;

import io.kmerflow.job.kafka.DeliveryPreflight;
import io.kmerflow.job.scoring.TestModel;
import io.kmerflow.kafka.EmbeddedKafka;
import io.kmerflow.schema.DeadLetter;
import io.kmerflow.schema.ReadAnnotation;
import io.kmerflow.schema.codec.RecordCodec;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Collectors;
import org.apache.flink.configuration.CheckpointingOptions;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.connector.base.DeliveryGuarantee;
import org.apache.flink.core.execution.JobClient;
import org.apache.flink.runtime.testutils.MiniClusterResourceConfiguration;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.test.junit5.MiniClusterExtension;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

@Timeout(600)
class ReadScoringJobITCase {
    @RegisterExtension
    static final MiniClusterExtension CLUSTER = new MiniClusterExtension(new MiniClusterResourceConfiguration.Builder()
            .setNumberTaskManagers(1)
            .setNumberSlotsPerTaskManager(2)
            .build());

    private static final AtomicInteger BATCHES = new AtomicInteger();
    private static final AtomicBoolean FAILS = new AtomicBoolean();
    private static final AtomicBoolean MAY_END = new AtomicBoolean();
    private static EmbeddedKafka kafka;

    @BeforeAll
    static void startBroker() throws Exception {
        kafka = EmbeddedKafka.start();
    }

    @AfterAll
    static void stopBroker() {
        kafka.close();
    }

    private static JobConfig config(String name, DeliveryGuarantee delivery) {
        return JobConfig.from(options(name).set(JobOptions.KAFKA_DELIVERY, delivery));
    }

    private static Configuration options(String name) {
        Configuration options = new Configuration();
        options.set(JobOptions.KAFKA_BOOTSTRAP_SERVERS, kafka.bootstrapServers());
        options.set(JobOptions.KAFKA_READS_TOPIC, name + "-reads");
        options.set(JobOptions.KAFKA_ANNOTATIONS_TOPIC, name + "-annotations");
        options.set(JobOptions.KAFKA_DEAD_LETTERS_TOPIC, name + "-dead-letters");
        options.set(JobOptions.KAFKA_GROUP_ID, name);
        options.set(JobOptions.KAFKA_TRANSACTIONAL_ID_PREFIX, name);
        options.set(JobOptions.KAFKA_CREATE_TOPICS, true);
        options.set(JobOptions.KAFKA_NEW_TOPIC_PARTITIONS, 2);
        options.set(JobOptions.KAFKA_PROPERTIES, Map.of("linger.ms", "0"));
        options.set(JobOptions.CHECKPOINT_INTERVAL, Duration.ofMillis(300));
        options.set(JobOptions.MAX_BATCH_WINDOWS, 16);
        options.set(JobOptions.MAX_BATCH_AGE, Duration.ofMillis(5));
        options.set(JobOptions.MAX_WINDOWS_IN_FLIGHT, 64);
        options.set(JobOptions.PARALLELISM, 2);
        return options;
    }

    private static byte[] read(String id) {
        return read(id, 2);
    }

    private static byte[] read(String id, int repeats) {
        return TestTopics.bytes(TestTopics.read(id, repeats));
    }

    private static void produce(String topic, List<byte[]> values) throws Exception {
        TestTopics.at(kafka.bootstrapServers()).produce(topic, values);
    }

    private static List<ConsumerRecord<byte[], byte[]>> consume(String topic) {
        return TestTopics.at(kafka.bootstrapServers()).consume(topic);
    }

    private static List<ReadAnnotation> annotations(JobConfig config) throws Exception {
        return TestTopics.at(kafka.bootstrapServers()).annotations(config);
    }

    private static List<DeadLetter> deadLetters(JobConfig config) throws Exception {
        return TestTopics.at(kafka.bootstrapServers()).deadLetters(config);
    }

    private static Set<String> ids(int reads) {
        Set<String> ids = new HashSet<>();
        for (int i = 0; i < reads; i++) {
            ids.add("r" + i);
        }
        return ids;
    }

    /** Feeds the running job in small portions, so that checkpoints fall in between, and waits for every read. */
    private static List<ReadAnnotation> runWithOneFailure(JobConfig config, int reads) throws Exception {
        BATCHES.set(0);
        TestModel failsOnce = new TestModel(batch -> {
            if (BATCHES.incrementAndGet() == 60) {
                throw new IllegalStateException("the device is gone, once");
            }
        });
        StreamExecutionEnvironment environment = StreamExecutionEnvironment.getExecutionEnvironment();
        ReadScoringJob.build(environment, config, failsOnce);
        JobClient client = environment.executeAsync();
        for (int i = 0; i < reads; i += 40) {
            List<byte[]> portion = new ArrayList<>();
            if (i % 400 == 0) {
                portion.add(new byte[] {1, 2, 3});
            }
            for (int j = i; j < Math.min(reads, i + 40); j++) {
                portion.add(read("r" + j));
            }
            produce(config.kafka().readsTopic(), portion); // a connection each, so checkpoints fall in between
        }
        awaitReads(config, ids(reads));
        Await.until(
                "every dead letter",
                () -> deadLetters(config).stream()
                                .map(DeadLetter::getDeadLetterId)
                                .distinct()
                                .count()
                        == (reads + 399) / 400);
        List<ReadAnnotation> annotations = annotations(config);
        client.cancel().get();
        Await.until("a cancelled task to close its session", () -> TestModel.OPEN_SESSIONS.get() == 0);
        assertThat(BATCHES).as("batches, so that the failure was met").hasValueGreaterThan(60);
        return annotations;
    }

    @Test
    void exactlyOnceAnnotatesEveryReadOnceAcrossAFailure() throws Exception {
        int reads = 1_200;
        JobConfig config = config("eos", DeliveryGuarantee.EXACTLY_ONCE);
        List<ReadAnnotation> annotations = runWithOneFailure(config, reads);

        assertThat(deadLetters(config).stream().map(DeadLetter::getDeadLetterId))
                .hasSize(3)
                .doesNotHaveDuplicates();
        assertThat(annotations.stream().map(ReadAnnotation::getReadId)).doesNotHaveDuplicates();
        assertThat(annotations.stream().map(ReadAnnotation::getReadId).collect(Collectors.toSet()))
                .isEqualTo(ids(reads));
    }

    @Test
    void atLeastOnceAnnotatesEveryReadAndRepeatsUnderTheSameId() throws Exception {
        int reads = 1_200;
        List<ReadAnnotation> annotations = runWithOneFailure(config("alo", DeliveryGuarantee.AT_LEAST_ONCE), reads);

        assertThat(annotations.stream().map(ReadAnnotation::getReadId).collect(Collectors.toSet()))
                .isEqualTo(ids(reads));
        assertThat(annotations.stream().map(ReadAnnotation::getAnnotationId).distinct())
                .hasSize(reads);
    }

    @Test
    void aLongReadHoldsNoCheckpointAndIsAnnotatedOnceAcrossAFailure(@TempDir Path checkpoints) throws Exception {
        Configuration options = options("long").set(JobOptions.KAFKA_DELIVERY, DeliveryGuarantee.EXACTLY_ONCE);
        options.set(JobOptions.KAFKA_NEW_TOPIC_PARTITIONS, 1);
        options.set(JobOptions.PARALLELISM, 1);
        JobConfig config = JobConfig.from(options);
        TestModel model = new TestModel(batch -> {
            if (FAILS.compareAndSet(true, false)) {
                throw new IllegalStateException("the device is gone, once");
            }
            if (!MAY_END.get()) {
                LockSupport.parkNanos(2_000_000);
            }
        });
        StreamExecutionEnvironment environment = StreamExecutionEnvironment.getExecutionEnvironment();
        environment.configure(new Configuration()
                .set(
                        CheckpointingOptions.CHECKPOINTS_DIRECTORY,
                        checkpoints.toUri().toString()));
        ReadScoringJob.build(environment, config, model);
        JobClient client = environment.executeAsync();
        produce(config.kafka().readsTopic(), List.of(read("long", 60_000), read("r0")));

        awaitReads(config, Set.of("r0"));
        FAILS.set(true);
        produce(config.kafka().readsTopic(), List.of(read("r1")));
        awaitReads(config, Set.of("r0", "r1"));
        assertThat(FAILS).as("still to fail").isFalse();
        MAY_END.set(true);
        awaitReads(config, Set.of("r0", "r1", "long"));
        List<ReadAnnotation> annotations = annotations(config);
        client.cancel().get();
        Await.until(
                "the end of the job, which still writes into the folder",
                () -> client.getJobStatus().get().isGloballyTerminalState());

        assertThat(annotations).extracting(ReadAnnotation::getReadId).containsExactly("r0", "r1", "long");
        assertThat(annotations.get(2).getReadLength()).isEqualTo(900_000);
    }

    private static void awaitReads(JobConfig config, Set<String> reads) throws Exception {
        Await.until(
                "annotations of every read",
                () -> annotations(config).stream()
                        .map(ReadAnnotation::getReadId)
                        .collect(Collectors.toSet())
                        .containsAll(reads));
    }

    @Test
    void undecodableBytesBecomeADeadLetterWithTheirPlace() throws Exception {
        Configuration options = options("bad");
        options.set(JobOptions.KAFKA_BOUNDED, true);
        options.set(JobOptions.KAFKA_NEW_TOPIC_PARTITIONS, 1);
        options.set(JobOptions.PARALLELISM, 1);
        JobConfig bounded = JobConfig.from(options);
        new DeliveryPreflight(bounded.kafka(), Duration.ZERO)
                .check(List.of(bounded.kafka().readsTopic()), List.of());
        produce(bounded.kafka().readsTopic(), List.of(read("r0"), new byte[] {1, 2, 3}, read("r1")));

        StreamExecutionEnvironment environment = StreamExecutionEnvironment.getExecutionEnvironment();
        ReadScoringJob.build(environment, bounded, new TestModel());
        environment.execute();

        assertThat(annotations(bounded).stream().map(ReadAnnotation::getReadId)).containsExactly("r0", "r1");
        List<ConsumerRecord<byte[], byte[]>> letters = consume(bounded.kafka().deadLettersTopic());
        assertThat(letters).hasSize(1);
        DeadLetter letter =
                new RecordCodec<>(DeadLetter.class).decode(letters.get(0).value());
        assertThat(letter.getReason()).isEqualTo("UNDECODABLE");
        assertThat(letter.getOffset()).isEqualTo(1);
        assertThat(letter.getPayload()).isNull();
        assertThat(new String(
                        letters.get(0)
                                .headers()
                                .lastHeader("__connect.errors.offset")
                                .value(),
                        StandardCharsets.UTF_8))
                .isEqualTo("1");
    }
}
