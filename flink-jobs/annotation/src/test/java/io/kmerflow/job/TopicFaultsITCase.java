package io.kmerflow.job;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kmerflow.job.decode.ReadLimits;
import io.kmerflow.job.kafka.KafkaConfig;
import io.kmerflow.job.kafka.PreflightException;
import io.kmerflow.job.kafka.TopicRefusedException;
import io.kmerflow.job.metrics.MetricNames;
import io.kmerflow.job.scoring.TestModel;
import io.kmerflow.kafka.EmbeddedKafka;
import io.kmerflow.schema.DeadLetter;
import io.kmerflow.schema.DeadLetterStage;
import io.kmerflow.schema.ReadAnnotation;
import io.kmerflow.schema.SequencedRead;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.RestartStrategyOptions;
import org.apache.flink.connector.base.DeliveryGuarantee;
import org.apache.flink.core.execution.JobClient;
import org.apache.flink.metrics.Counter;
import org.apache.flink.runtime.testutils.InMemoryReporter;
import org.apache.flink.runtime.testutils.MiniClusterResourceConfiguration;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.test.junit5.MiniClusterExtension;
import org.apache.flink.util.ExceptionUtils;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.resource.ResourceType;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Records that a topic does not take and brokers that refuse: no read stops the job, and no refusal restarts it for ever. */
@Timeout(300)
class TopicFaultsITCase {
    private static final InMemoryReporter METRICS = InMemoryReporter.createWithRetainedMetrics();

    @RegisterExtension
    static final MiniClusterExtension CLUSTER = new MiniClusterExtension(new MiniClusterResourceConfiguration.Builder()
            .setNumberTaskManagers(1)
            .setNumberSlotsPerTaskManager(2)
            .setConfiguration(METRICS.addToConfiguration(new Configuration()))
            .build());

    private static final Map<String, String> LARGE = Map.of("max.message.bytes", Integer.toString(64 << 20));
    private static final CountDownLatch SCORING = new CountDownLatch(1);
    private static final CountDownLatch GATE = new CountDownLatch(1);
    private static final AtomicInteger TESTS = new AtomicInteger();
    private static GuardedKafka kafka;

    private String name;
    private JobClient running;

    @BeforeAll
    static void startBroker() throws Exception {
        kafka = new GuardedKafka();
    }

    @AfterAll
    static void stopBroker() {
        kafka.close();
    }

    /** Topics of the test's own, large ones, on which the job may do all. */
    @BeforeEach
    void topics(TestInfo test) throws Exception {
        name = test.getTestMethod().orElseThrow().getName() + TESTS.incrementAndGet();
        for (String topic : List.of(name + "-reads", name + "-annotations", name + "-dead-letters")) {
            kafka.topic(topic, LARGE);
            kafka.allow(ResourceType.TOPIC, topic, AclOperation.ALL);
        }
        kafka.allow(ResourceType.GROUP, name, AclOperation.ALL);
        kafka.allow(ResourceType.TRANSACTIONAL_ID, "*", AclOperation.ALL);
    }

    @AfterEach
    void stopTheJob() throws Exception {
        if (running != null && !running.getJobStatus().get().isGloballyTerminalState()) {
            running.cancel().get();
        }
    }

    private static TestTopics admin() {
        return new TestTopics(kafka.clients("admin"));
    }

    private Configuration options() {
        Map<String, String> client = new HashMap<>(kafka.login());
        client.put("linger.ms", "0");
        return new Configuration()
                .set(JobOptions.KAFKA_BOOTSTRAP_SERVERS, kafka.servers())
                .set(JobOptions.KAFKA_READS_TOPIC, name + "-reads")
                .set(JobOptions.KAFKA_ANNOTATIONS_TOPIC, name + "-annotations")
                .set(JobOptions.KAFKA_DEAD_LETTERS_TOPIC, name + "-dead-letters")
                .set(JobOptions.KAFKA_GROUP_ID, name)
                .set(JobOptions.KAFKA_PROPERTIES, client)
                .set(JobOptions.CHECKPOINT_INTERVAL, Duration.ofMillis(300))
                .set(JobOptions.MAX_BATCH_AGE, Duration.ofMillis(5))
                .set(JobOptions.PARALLELISM, 1);
    }

    /** To the end of what is on the topic, with no second try: a failure is one. */
    private void runOnce(Configuration options) throws Exception {
        JobConfig config = JobConfig.from(options.set(JobOptions.KAFKA_BOUNDED, true));
        StreamExecutionEnvironment environment = StreamExecutionEnvironment.getExecutionEnvironment();
        environment.configure(new Configuration().set(RestartStrategyOptions.RESTART_STRATEGY, "none"));
        ReadScoringJob.build(environment, config, new TestModel());
        environment.execute();
    }

    private List<String> annotated(Configuration options) throws Exception {
        return admin().annotations(JobConfig.from(options)).stream()
                .map(ReadAnnotation::getReadId)
                .toList();
    }

    private List<DeadLetter> letters(Configuration options) throws Exception {
        return admin().deadLetters(JobConfig.from(options));
    }

    private static byte[] read(String id) {
        return TestTopics.bytes(TestTopics.read(id));
    }

    @Test
    void aNameOfMegabytesIsPutAsideAndItsNeighboursAreAnnotated() throws Exception {
        SequencedRead sample = TestTopics.read("r1");
        sample.setSampleId("s".repeat(20 << 20));
        byte[] run = TestTopics.bytes(TestTopics.read("r2"));
        SequencedRead longest = TestTopics.read("n".repeat(ReadLimits.MAX_NAME_BYTES));
        admin().produce(
                        name + "-reads",
                        List.of(
                                read("r0"),
                                read("n".repeat(20 << 20)),
                                TestTopics.bytes(sample),
                                run,
                                TestTopics.bytes(longest)));

        runOnce(options());

        assertThat(annotated(options()))
                .containsExactly("r0", "r2", longest.getReadId().toString());
        assertThat(letters(options()))
                .extracting(letter -> letter.getOffset() + " " + letter.getStage() + " " + letter.getReason())
                .containsExactly("1 DECODE NAME_TOO_LONG", "2 DECODE NAME_TOO_LONG");
        assertThat(letters(options()).get(0).getReadId())
                .hasSizeLessThan(5_000)
                .endsWith("nn... (20971520 characters)");
        assertThat(letters(options()).get(0).getMessage())
                .isEqualTo("Expected a read id of at most 65536 bytes, got 20971520");
    }

    @Test
    void aDeadLetterLargerThanItsTopicLeavesOutTheInputAndSaysSo() throws Exception {
        kafka.set(name + "-dead-letters", "max.message.bytes", "65536");
        kafka.set(name + "-annotations", "max.message.bytes", "65536");
        Configuration options =
                options().set(JobOptions.DEAD_LETTER_PAYLOAD, true).set(JobOptions.KAFKA_MAX_MESSAGE_BYTES, 65_536);
        byte[] random = new byte[1 << 20]; // which no compression makes fit
        new java.util.Random(1).nextBytes(random);
        byte[] justOver = new byte[65_536];
        new java.util.Random(2).nextBytes(justOver);
        admin().produce(name + "-reads", List.of(random, read("r0"), new byte[] {1, 2, 3}, justOver));

        runOnce(options);

        assertThat(annotated(options)).containsExactly("r0");
        List<DeadLetter> letters = letters(options);
        assertThat(letters).extracting(DeadLetter::getOffset).containsExactly(0L, 2L, 3L);
        assertThat(letters).extracting(DeadLetter::getReason).containsOnly("UNDECODABLE");
        assertThat(letters.get(0).getPayload()).isNull();
        assertThat(letters.get(0).getMessage())
                .contains("the input of 1048576 bytes is left out: the topic takes records of 65536 bytes");
        assertThat(letters.get(1).getPayload().remaining()).isEqualTo(3);
        assertThat(letters.get(2).getPayload()).isNull();
    }

    @Test
    void anAnnotationLargerThanItsTopicIsADeadLetter() throws Exception {
        kafka.set(name + "-annotations", "max.message.bytes", "65536");
        Configuration options = options().set(JobOptions.KAFKA_MAX_MESSAGE_BYTES, 65_536);
        String large = "n".repeat(40_000); // in key and value
        String fits = "m".repeat(30_000);
        admin().produce(name + "-reads", List.of(read(large), read(fits), read("r0")));

        runOnce(options);

        assertThat(annotated(options)).containsExactly(fits, "r0");
        assertThat(letters(options)).singleElement().satisfies(letter -> {
            assertThat(letter.getStage()).isEqualTo(DeadLetterStage.SINK);
            assertThat(letter.getReason()).isEqualTo("ANNOTATION_TOO_LARGE");
            assertThat(letter.getOffset()).isZero();
        });
    }

    @Test
    void aTopicThatIsDeniedIsOneSentenceBeforeTheStart() throws Exception {
        kafka.deny(ResourceType.TOPIC, name + "-annotations", AclOperation.WRITE);
        assertThatThrownBy(() -> runOnce(options()))
                .isInstanceOf(PreflightException.class)
                .hasMessage(String.format(
                        Locale.ROOT,
                        "Expected permission to write to topic %s-annotations at %s, the broker denies it",
                        name,
                        kafka.servers()));
        kafka.deny(ResourceType.TOPIC, name + "-reads", AclOperation.READ);
        assertThatThrownBy(() -> runOnce(options()))
                .isInstanceOf(PreflightException.class)
                .hasMessageContaining(String.format(Locale.ROOT, "permission to read topic %s-reads", name));
        kafka.deny(ResourceType.TOPIC, name + "-reads", AclOperation.DESCRIBE);
        assertThatThrownBy(() -> runOnce(options()))
                .isInstanceOf(PreflightException.class)
                .hasMessageContaining(String.format(Locale.ROOT, "permission to see topic %s-reads", name));
    }

    @Test
    void aGroupThatIsDeniedIsOneSentenceBeforeTheStart() throws Exception {
        kafka.deny(ResourceType.GROUP, name, AclOperation.ALL);
        assertThatThrownBy(() -> runOnce(options()))
                .isInstanceOf(PreflightException.class)
                .hasMessageContaining("the consumer group " + name);
    }

    /** Started with Flink's own restart strategy, which tries for ever. */
    private JobClient start(Configuration options) throws Exception {
        StreamExecutionEnvironment environment = StreamExecutionEnvironment.getExecutionEnvironment();
        ReadScoringJob.build(environment, JobConfig.from(options), new TestModel());
        JobClient job = environment.executeAsync();
        running = job;
        admin().produce(name + "-reads", List.of(read("r0")));
        Await.until("the first annotation", () -> annotated(options).contains("r0"));
        return job;
    }

    private TopicRefusedException refusal(JobClient job) {
        try {
            job.getJobExecutionResult().get(2, TimeUnit.MINUTES);
        } catch (ExecutionException e) {
            return ExceptionUtils.findThrowable(e, TopicRefusedException.class)
                    .orElseThrow(() -> new AssertionError("Expected a refusal, got another failure", e));
        } catch (Exception e) {
            throw new AssertionError("Expected the job to stop", e);
        }
        throw new AssertionError("Expected the job to fail");
    }

    @ParameterizedTest
    @EnumSource(
            value = DeliveryGuarantee.class,
            names = {"AT_LEAST_ONCE", "EXACTLY_ONCE"})
    void aTopicThatIsDeniedWhileTheJobRunsStopsItWithOneSentence(DeliveryGuarantee delivery) throws Exception {
        JobClient job = start(options().set(JobOptions.KAFKA_DELIVERY, delivery));
        kafka.deny(ResourceType.TOPIC, name + "-annotations", AclOperation.WRITE);
        admin().produce(name + "-reads", List.of(read("r1")));

        assertThat(refusal(job))
                .hasMessageStartingWith(String.format(
                        Locale.ROOT,
                        "Expected permission to write to topic %s-annotations at %s, the broker denies it",
                        name,
                        kafka.servers()));
    }

    @Test
    void aTopicThatMayNoLongerBeReadStopsTheJobWithOneSentence() throws Exception {
        JobClient job = start(options());
        kafka.deny(ResourceType.TOPIC, name + "-reads", AclOperation.READ);

        assertThat(refusal(job))
                .hasMessageStartingWith(String.format(
                        Locale.ROOT,
                        "Expected permission to read topic %s-reads at %s, the broker denies it",
                        name,
                        kafka.servers()));
    }

    @Test
    void aTopicThatTakesSmallerRecordsThanBeforeStopsTheJobWithOneSentence() throws Exception {
        JobClient job = start(options());
        kafka.set(name + "-annotations", "max.message.bytes", "100");
        admin().produce(name + "-reads", List.of(read("r1")));

        assertThat(refusal(job))
                .hasMessageStartingWith(String.format(
                        Locale.ROOT,
                        "Expected to write to topic %s-annotations at %s, a record is too large for it",
                        name,
                        kafka.servers()))
                .hasMessageContaining("max.message.bytes");
    }

    private static Configuration impatient(Configuration options) {
        Map<String, String> client = new HashMap<>(options.get(JobOptions.KAFKA_PROPERTIES));
        client.put(
                "delivery.timeout.ms",
                "2000"); // of a topic that is gone Kafka's client only says that the time is over
        client.put("request.timeout.ms", "1000");
        client.put("max.block.ms", "2000");
        client.put("partition.discovery.interval.ms", "500");
        return options.set(JobOptions.KAFKA_PROPERTIES, client);
    }

    @ParameterizedTest
    @EnumSource(
            value = DeliveryGuarantee.class,
            names = {"AT_LEAST_ONCE", "EXACTLY_ONCE"})
    void anOutputTopicThatIsDeletedWhileTheJobRunsStopsItWithOneSentence(DeliveryGuarantee delivery) throws Exception {
        JobClient job = start(impatient(options().set(JobOptions.KAFKA_DELIVERY, delivery)));
        kafka.delete(name + "-annotations");
        admin().produce(name + "-reads", List.of(read("r1")));

        assertThat(refusal(job))
                .hasMessage(String.format(
                        Locale.ROOT,
                        "Expected to write to topic %s-annotations at %s, it was deleted while the job ran",
                        name,
                        kafka.servers()));
    }

    @Test
    void theTopicOfReadsThatIsDeletedWhileTheJobRunsStopsItWithOneSentence() throws Exception {
        JobClient job = start(impatient(options()));
        kafka.delete(name + "-reads");

        assertThat(refusal(job))
                .hasMessage(String.format(
                        Locale.ROOT,
                        "Expected to read topic %s-reads at %s, it was deleted while the job ran",
                        name,
                        kafka.servers()));
    }

    @Test
    void theTopicOfReadsThatIsCreatedAnewWhileTheJobRunsStopsItWithOneSentence() throws Exception {
        JobClient job = start(impatient(options()));
        kafka.recreate(name + "-reads", LARGE);
        admin().produce(name + "-reads", List.of(read("r1"), read("r2")));

        assertThat(refusal(job))
                .hasMessage(String.format(
                        Locale.ROOT,
                        "Expected to read topic %s-reads at %s, it was deleted and created anew while the job ran; start the job"
                                + " again without its checkpoint, from the earliest offset",
                        name,
                        kafka.servers()));
        Configuration again = options().set(JobOptions.KAFKA_START, KafkaConfig.Start.EARLIEST);
        runOnce(again);
        assertThat(annotated(again)).contains("r1", "r2");
    }

    @ParameterizedTest
    @EnumSource(
            value = DeliveryGuarantee.class,
            names = {"AT_LEAST_ONCE", "EXACTLY_ONCE"})
    void anOutputTopicThatIsCreatedAnewGetsTheAnnotationsFromThenOn(DeliveryGuarantee delivery) throws Exception {
        Configuration options = options().set(JobOptions.KAFKA_DELIVERY, delivery);
        JobClient job = start(options);
        kafka.recreate(name + "-annotations", LARGE);
        admin().produce(name + "-reads", List.of(read("r1")));

        Await.until("the annotation on the new topic", () -> {
            assertThat(job.getJobStatus().get().isGloballyTerminalState()).isFalse();
            return annotated(options).contains("r1");
        });
    }

    /** The client gives up after two seconds; the task restarts, counts that, and goes on when the broker is back. */
    @Test
    void aBrokerThatIsAwayRestartsTheTaskAndIsCounted(@TempDir Path log) throws Exception {
        int port;
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            port = socket.getLocalPort();
        }
        EmbeddedKafka broker = EmbeddedKafka.at(log, port);
        try {
            Configuration options = options()
                    .set(JobOptions.KAFKA_BOOTSTRAP_SERVERS, broker.bootstrapServers())
                    .set(JobOptions.KAFKA_CREATE_TOPICS, true)
                    .set(JobOptions.KAFKA_NEW_TOPIC_PARTITIONS, 1)
                    .set(
                            JobOptions.KAFKA_PROPERTIES,
                            Map.of(
                                    "linger.ms", "0",
                                    "delivery.timeout.ms", "2000",
                                    "request.timeout.ms", "1000",
                                    "max.block.ms", "2000",
                                    "default.api.timeout.ms", "2000"));
            JobConfig config = JobConfig.from(options);
            TestTopics topics = TestTopics.at(broker.bootstrapServers());
            StreamExecutionEnvironment environment = StreamExecutionEnvironment.getExecutionEnvironment();
            ReadScoringJob.build(environment, config, new TestModel(batch -> {
                SCORING.countDown();
                awaitGate();
            }));
            running = environment.executeAsync();
            topics.produce(config.kafka().readsTopic(), List.of(read("r0")));
            SCORING.await();
            assertThat(METRICS.findMetrics(running.getJobID(), "annotations: Writer.*record-retry-total"))
                    .as("what Kafka's client counts itself")
                    .isNotEmpty();
            broker.close();
            GATE.countDown();
            Await.until(
                    "a failed write",
                    () -> METRICS
                            .findMetrics(running.getJobID(), "topic.*-annotations." + MetricNames.FAILED_CALLS)
                            .values()
                            .stream()
                            .anyMatch(metric -> ((Counter) metric).getCount() > 0));

            broker = EmbeddedKafka.at(log, port);
            Await.until(
                    "the annotation",
                    () -> topics.annotations(config).stream()
                            .anyMatch(annotation -> annotation.getReadId().equals("r0")));
        } finally {
            GATE.countDown();
            stopTheJob();
            broker.close();
        }
    }

    private static void awaitGate() {
        try {
            GATE.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
