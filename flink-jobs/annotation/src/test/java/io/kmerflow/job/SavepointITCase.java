package io.kmerflow.job;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kmerflow.job.kafka.DeliveryPreflight;
import io.kmerflow.job.kafka.KafkaModelTopics;
import io.kmerflow.job.kafka.KafkaModelTopics.Tail;
import io.kmerflow.job.scoring.TestModel;
import io.kmerflow.kafka.EmbeddedKafka;
import io.kmerflow.schema.ModelAnnouncement;
import io.kmerflow.schema.ModelEvent;
import io.kmerflow.schema.ModelSlot;
import io.kmerflow.schema.ReadAnnotation;
import io.kmerflow.schema.SequencedRead;
import io.kmerflow.schema.codec.RecordCodec;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.StateRecoveryOptions;
import org.apache.flink.connector.base.DeliveryGuarantee;
import org.apache.flink.core.execution.JobClient;
import org.apache.flink.core.execution.SavepointFormatType;
import org.apache.flink.runtime.testutils.MiniClusterResourceConfiguration;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.test.junit5.MiniClusterExtension;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** The job goes on from savepoints: at another parallelism, and from one that an earlier version made. */
@Timeout(300)
class SavepointITCase {
    private static final String KEPT = "savepoint-0.1";
    private static final String KEPT_MODELS = "savepoint-0.1-models";
    private static final String KEPT_CONFIGURED = "savepoint-0.2-models";
    private static final String CHANGED_DIGEST = "sha256:" + "ef".repeat(32);
    private static final String LONG = "long";
    private static final int LONG_REPEATS = 400;
    private static final int KEPT_READS = 60;
    private static final int PARTITIONS = 2;

    @RegisterExtension
    static final MiniClusterExtension CLUSTER = new MiniClusterExtension(new MiniClusterResourceConfiguration.Builder()
            .setNumberTaskManagers(1)
            .setNumberSlotsPerTaskManager(2)
            .build());

    private static final AtomicInteger BATCHES = new AtomicInteger();

    private static EmbeddedKafka kafka;

    @TempDir
    private Path folder;

    @BeforeAll
    static void startBroker() throws Exception {
        kafka = EmbeddedKafka.start();
    }

    @AfterAll
    static void stopBroker() {
        kafka.close();
    }

    private static JobConfig config(String name, int parallelism) {
        return JobConfig.from(options(name, parallelism));
    }

    private static Configuration options(String name, int parallelism) {
        return new Configuration()
                .set(JobOptions.KAFKA_BOOTSTRAP_SERVERS, kafka.bootstrapServers())
                .set(JobOptions.KAFKA_READS_TOPIC, name + "-reads")
                .set(JobOptions.KAFKA_ANNOTATIONS_TOPIC, name + "-annotations")
                .set(JobOptions.KAFKA_DEAD_LETTERS_TOPIC, name + "-dead-letters")
                .set(JobOptions.KAFKA_GROUP_ID, name)
                .set(JobOptions.KAFKA_TRANSACTIONAL_ID_PREFIX, name)
                .set(JobOptions.KAFKA_DELIVERY, DeliveryGuarantee.EXACTLY_ONCE)
                .set(JobOptions.KAFKA_CREATE_TOPICS, true)
                .set(JobOptions.KAFKA_NEW_TOPIC_PARTITIONS, PARTITIONS)
                .set(JobOptions.KAFKA_PROPERTIES, Map.of("linger.ms", "0"))
                .set(JobOptions.CHECKPOINT_INTERVAL, Duration.ofMillis(300))
                .set(JobOptions.MAX_BATCH_AGE, Duration.ofMillis(5))
                .set(JobOptions.PARALLELISM, parallelism);
    }

    /** Of a job whose model may change, and that holds reads of more than 8 windows. */
    private static JobConfig configWithModels(int parallelism, boolean allowModelChange) {
        return JobConfig.from(options("kept-models", parallelism)
                .set(JobOptions.KAFKA_MODELS_TOPIC, "kept-models")
                .set(JobOptions.KAFKA_MODEL_EVENTS_TOPIC, "kept-model-events")
                .set(JobOptions.ALLOW_MODEL_CHANGE, allowModelChange)
                .set(JobOptions.MAX_BATCH_WINDOWS, 4)
                .set(JobOptions.MAX_WINDOWS_IN_FLIGHT, 8));
    }

    private static JobClient start(JobConfig config, String savepoint) throws Exception {
        return start(config, savepoint, new TestModel());
    }

    private static JobClient start(JobConfig config, String savepoint, TestModel model) throws Exception {
        StreamExecutionEnvironment environment = StreamExecutionEnvironment.getExecutionEnvironment();
        if (savepoint != null) {
            environment.configure(new Configuration().set(StateRecoveryOptions.SAVEPOINT_PATH, savepoint));
        }
        ReadScoringJob.build(environment, config, model);
        return environment.executeAsync();
    }

    private static String stop(JobClient job, Path savepoints) throws Exception {
        return job.stopWithSavepoint(false, savepoints.toUri().toString(), SavepointFormatType.CANONICAL)
                .get(60, TimeUnit.SECONDS);
    }

    /** Reads r(from) to r(to - 1), in turn onto the two partitions. */
    private static void produce(JobConfig config, int from, int to) {
        send(config, IntStream.range(from, to).mapToObj(i -> read("r" + i, 2)).toList());
    }

    /** In turn onto the two partitions. */
    private static void send(JobConfig config, List<SequencedRead> reads) {
        Properties properties = new Properties();
        properties.put("bootstrap.servers", kafka.bootstrapServers());
        RecordCodec<SequencedRead> codec = new RecordCodec<>(SequencedRead.class);
        try (KafkaProducer<byte[], byte[]> producer =
                new KafkaProducer<>(properties, new ByteArraySerializer(), new ByteArraySerializer())) {
            for (int i = 0; i < reads.size(); i++) {
                producer.send(new ProducerRecord<>(
                        config.kafka().readsTopic(), i % PARTITIONS, null, codec.encode(reads.get(i))));
            }
        }
    }

    private static SequencedRead read(String id, int repeats) {
        SequencedRead read = new SequencedRead();
        read.setReadId(id);
        read.setMate(0);
        read.setRunId("run");
        read.setBases(ByteBuffer.wrap("ACGTACGTGGGACGT".repeat(repeats).getBytes(StandardCharsets.US_ASCII)));
        read.setFiltered(false);
        read.setAttributes(Map.of());
        return read;
    }

    /** Ids of the reads of {@link #annotations}. */
    private static List<String> annotated(JobConfig config, int atLeast, JobClient job) throws Exception {
        return annotations(config, atLeast, job).stream()
                .map(ReadAnnotation::getReadId)
                .toList();
    }

    /** The committed annotations, once there is that number, or more; fails if the job ends before. */
    private static List<ReadAnnotation> annotations(JobConfig config, int atLeast, JobClient job) throws Exception {
        Properties properties = new Properties();
        properties.put("bootstrap.servers", kafka.bootstrapServers());
        properties.put("isolation.level", "read_committed");
        properties.put("fetch.max.wait.ms", "50"); // an open fetch holds back the close
        RecordCodec<ReadAnnotation> codec = new RecordCodec<>(ReadAnnotation.class);
        List<ReadAnnotation> annotations = new ArrayList<>();
        try (KafkaConsumer<byte[], byte[]> consumer =
                new KafkaConsumer<>(properties, new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
            List<TopicPartition> partitions = IntStream.range(0, PARTITIONS)
                    .mapToObj(i -> new TopicPartition(config.kafka().annotationsTopic(), i))
                    .toList();
            consumer.assign(partitions);
            consumer.seekToBeginning(partitions);
            while (annotations.size() < atLeast) {
                if (job.getJobStatus().get().isGloballyTerminalState()) {
                    job.getJobExecutionResult().get();
                }
                for (var record : consumer.poll(Duration.ofMillis(100))) {
                    annotations.add(codec.decode(record.value()));
                }
            }
            Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
            while (partitions.stream().anyMatch(partition -> consumer.position(partition) < ends.get(partition))) {
                for (var record : consumer.poll(Duration.ofMillis(100))) {
                    annotations.add(codec.decode(record.value()));
                }
            }
        }
        return annotations;
    }

    private static String[] ids(int from, int to) {
        return IntStream.range(from, to).mapToObj(i -> "r" + i).toArray(String[]::new);
    }

    @Test
    void everyReadIsAnnotatedOnceThroughRescaling() throws Exception {
        JobConfig one = config("rescale", 1);
        JobConfig two = config("rescale", 2);
        JobClient job = start(one, null);
        produce(one, 0, 300);
        annotated(one, 50, job); // so that the savepoint falls into the stream
        String savepoint = stop(job, folder);

        job = start(two, savepoint);
        produce(two, 300, 600);
        annotated(two, 350, job);
        savepoint = stop(job, folder);

        job = start(one, savepoint);
        produce(one, 600, 900);
        annotated(one, 900, job);
        stop(job, folder);

        assertThat(annotated(one, 900, job)).containsExactlyInAnyOrder(ids(0, 900));
    }

    /** A changed operator uid or an incompatible serializer fails here: such a change takes running jobs their state. */
    @Test
    void aSavepointOfVersion01GoesOnWithTodaysCode() throws Exception {
        JobConfig config = config("kept", 1);
        topics(config);
        produce(config, 0, KEPT_READS); // which the savepoint has behind it
        produce(config, KEPT_READS, KEPT_READS + 40);
        JobClient job = start(config, kept(KEPT).toUri().toString());
        annotated(config, 40, job);
        stop(job, folder);

        assertThat(annotated(config, 40, job)).containsExactlyInAnyOrder(ids(KEPT_READS, KEPT_READS + 40));
    }

    @Test
    void aSavepointOfAnotherModelIsNotGoneOnWithUnasked() throws Exception {
        JobConfig config = config("kept", 1);
        StreamExecutionEnvironment environment = StreamExecutionEnvironment.getExecutionEnvironment();
        environment.configure(new Configuration()
                .set(StateRecoveryOptions.SAVEPOINT_PATH, kept(KEPT).toUri().toString()));
        environment.configure(new Configuration()
                .set(org.apache.flink.configuration.RestartStrategyOptions.RESTART_STRATEGY, "none"));
        ReadScoringJob.build(environment, config, new TestModel(batch -> {}, "sha256:" + "cd".repeat(32)));

        assertThatThrownBy(() -> environment.execute()).hasStackTraceContaining(TestModel.DIGEST);
    }

    private static Path kept(String name) {
        return Path.of("src/test/resources/io/kmerflow/job", name).toAbsolutePath();
    }

    private static void topics(JobConfig config) {
        DeliveryPreflight preflight = new DeliveryPreflight(config.kafka(), config.checkpointInterval());
        preflight.check(
                List.of(config.kafka().readsTopic()),
                List.of(config.kafka().annotationsTopic(), config.kafka().deadLettersTopic()));
        if (config.modelChange() != null) {
            KafkaModelTopics models = config.modelChange().topics();
            preflight.checkModelTopics(models.modelsTopic(), models.eventsTopic());
        }
    }

    /** State that came after the first kept savepoint: a changed model, at the coordinator too, and a held read. */
    @Test
    void aSavepointOfVersion01WithAChangedModelAndAHeldReadGoesOnAtAnotherParallelism() throws Exception {
        goOn(configWithModels(2, false), KEPT_MODELS, CHANGED_DIGEST);
    }

    /** State that came after that: what was configured when the savepoint was made. */
    @Test
    void aSavepointThatSaysWhatWasConfiguredKeepsThePublishedModelWhereThatHasNotChanged() throws Exception {
        goOn(configWithModels(2, true), KEPT_CONFIGURED, CHANGED_DIGEST);
    }

    @Test
    void aSavepointOfVersion01GoesOnWithTheConfiguredModelWhereThatIsAllowed() throws Exception {
        goOn(configWithModels(2, true), KEPT_MODELS, TestModel.DIGEST);
    }

    private void goOn(JobConfig config, String savepoint, String digest) throws Exception {
        deleteTopics();
        topics(config);
        produce(config, 0, KEPT_READS); // which the savepoint has behind it, the long read too
        send(config, List.of(read(LONG, 1)));
        produce(config, KEPT_READS, KEPT_READS + 40);
        KafkaModelTopics models = config.modelChange().topics();
        models.announce(changed());
        JobClient job = start(config, kept(savepoint).toUri().toString());
        annotated(config, 41, job);
        stop(job, folder);

        List<ReadAnnotation> annotations = annotations(config, 41, job);
        String[] expected = Stream.concat(Stream.of(LONG), Stream.of(ids(KEPT_READS, KEPT_READS + 40)))
                .toArray(String[]::new);
        assertThat(annotations).extracting(ReadAnnotation::getReadId).containsExactlyInAnyOrder(expected);
        assertThat(annotations).extracting(ReadAnnotation::getModelDigest).containsOnly(digest);
        assertThat(annotations)
                .filteredOn(annotation -> annotation.getReadId().equals(LONG))
                .extracting(ReadAnnotation::getReadLength)
                .containsExactly(15 * LONG_REPEATS); // as it is in the savepoint, not on today's topic
        try (Tail<ModelEvent> events = models.eventTail(true)) {
            assertThat(events.poll(Duration.ofSeconds(5)))
                    .as("what a job says that has seen the announcement before")
                    .isEmpty();
        }
    }

    /** The savepoints name their topics, so each test makes them anew. */
    private static void deleteTopics() throws Exception {
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", kafka.bootstrapServers()))) {
            List<String> topics = admin.listTopics().names().get().stream()
                    .filter(topic -> topic.startsWith("kept-models"))
                    .toList();
            admin.deleteTopics(topics).all().get();
            Await.until(
                    "no topics of an earlier test",
                    () -> admin.listTopics().names().get().stream()
                            .noneMatch(topic -> topic.startsWith("kept-models")));
        }
    }

    private static ModelAnnouncement changed() {
        return ModelAnnouncement.newBuilder()
                .setModelName("test")
                .setSlot(ModelSlot.ACTIVE)
                .setRevision(7)
                .setModelVersion("2")
                .setBundleUri("/models/test-2")
                .setBundleDigest(CHANGED_DIGEST)
                .setAnnouncedTime(Instant.EPOCH)
                .build();
    }

    /** Makes the first kept savepoint; the command is in README.md beside it. */
    @Test
    @EnabledIfSystemProperty(named = "kmerflow.keep-savepoint", matches = ".+")
    void keepASavepoint() throws Exception {
        JobConfig config = config("kept", 1);
        topics(config);
        JobClient job = start(config, null);
        produce(config, 0, KEPT_READS);
        annotated(config, KEPT_READS, job);
        keep(stop(job, folder));
    }

    /** Makes the kept savepoint of a job whose model has changed and that holds a long read. */
    @Test
    @EnabledIfSystemProperty(named = "kmerflow.keep-savepoint", matches = ".+")
    void keepASavepointWithModels() throws Exception {
        JobConfig config = configWithModels(1, false);
        topics(config);
        JobClient job = start(config, null, new TestModel(batch -> {
            BATCHES.incrementAndGet();
            LockSupport.parkNanos(50_000_000);
        }));
        KafkaModelTopics models = config.modelChange().topics();
        models.announce(changed());
        List<ModelEvent> events = new ArrayList<>();
        try (Tail<ModelEvent> tail = models.eventTail(true)) {
            while (events.stream().noneMatch(event -> event.getSubtask() < 0)) {
                events.addAll(tail.poll(Duration.ofMillis(100)));
            }
        }
        produce(config, 0, KEPT_READS);
        annotated(config, KEPT_READS, job);
        int before = BATCHES.get();
        send(config, List.of(read(LONG, LONG_REPEATS))); // 599 windows, 150 batches
        Await.until("three batches of the long read", () -> BATCHES.get() >= before + 3);
        keep(stop(job, folder));
        assertThat(annotated(config, KEPT_READS, job)).doesNotContain(LONG);
    }

    private static void keep(String savepoint) throws Exception {
        Path kept = kept(System.getProperty("kmerflow.keep-savepoint"));
        Files.createDirectories(kept);
        try (var files = Files.list(Path.of(java.net.URI.create(savepoint)))) {
            for (Path file : files.toList()) {
                Files.copy(file, kept.resolve(file.getFileName()));
            }
        }
    }
}
