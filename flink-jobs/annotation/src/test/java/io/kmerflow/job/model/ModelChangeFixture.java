package io.kmerflow.job.model;

import static org.assertj.core.api.Assertions.assertThat;

import io.kmerflow.bundle.ModelBundle;
import io.kmerflow.job.Await;
import io.kmerflow.job.JobConfig;
import io.kmerflow.job.JobOptions;
import io.kmerflow.job.ReadScoringJob;
import io.kmerflow.job.kafka.KafkaModelTopics;
import io.kmerflow.job.kafka.KafkaModelTopics.Tail;
import io.kmerflow.kafka.EmbeddedKafka;
import io.kmerflow.schema.ModelAnnouncement;
import io.kmerflow.schema.ModelEvent;
import io.kmerflow.schema.ModelOutcome;
import io.kmerflow.schema.ModelSlot;
import io.kmerflow.schema.ReadAnnotation;
import io.kmerflow.schema.SequencedRead;
import io.kmerflow.schema.codec.RecordCodec;
import io.kmerflow.scoring.SessionRegistry;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.TimeUnit;
import org.apache.flink.configuration.CheckpointingOptions;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.StateRecoveryOptions;
import org.apache.flink.connector.base.DeliveryGuarantee;
import org.apache.flink.core.execution.JobClient;
import org.apache.flink.core.execution.SavepointFormatType;
import org.apache.flink.runtime.testutils.MiniClusterResourceConfiguration;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.test.junit5.MiniClusterExtension;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** A real broker, a mini cluster of two slots, and the annotation job whose model changes between two small bundles. */
abstract class ModelChangeFixture {
    @RegisterExtension
    static final MiniClusterExtension CLUSTER = new MiniClusterExtension(new MiniClusterResourceConfiguration.Builder()
            .setNumberTaskManagers(1)
            .setNumberSlotsPerTaskManager(2)
            .withHaLeadershipControl() // so that a test can take the job manager away
            // Flink reads it from the cluster's settings alone.
            .setConfiguration(new Configuration().set(CheckpointingOptions.MAX_RETAINED_CHECKPOINTS, 1_000))
            .build());

    /** Of reads in turn. */
    private static final String[] SAMPLES = {null, "amplicon", "other"};

    static EmbeddedKafka kafka;

    @TempDir
    Path folder;

    String name;
    ModelBundle first;
    ModelBundle second;

    @BeforeAll
    static void startBroker() throws Exception {
        kafka = EmbeddedKafka.start();
    }

    @AfterAll
    static void stopBroker() {
        kafka.close();
    }

    @BeforeEach
    void writeBundles(TestInfo test) throws Exception {
        name = test.getTestMethod().orElseThrow().getName();
        first = TinyBundle.write(folder.resolve("v1"), "1", 3, "a", "b");
        second = TinyBundle.write(folder.resolve("v2"), "2", 3, "a", "b");
        assertThat(first.digest()).isNotEqualTo(second.digest());
    }

    Configuration options(int parallelism) {
        Configuration options = new Configuration();
        options.set(JobOptions.KAFKA_BOOTSTRAP_SERVERS, kafka.bootstrapServers());
        options.set(JobOptions.KAFKA_READS_TOPIC, name + "-reads");
        options.set(JobOptions.KAFKA_ANNOTATIONS_TOPIC, name + "-annotations");
        options.set(JobOptions.KAFKA_DEAD_LETTERS_TOPIC, name + "-dead-letters");
        options.set(JobOptions.KAFKA_MODELS_TOPIC, name + "-models");
        options.set(JobOptions.KAFKA_MODEL_EVENTS_TOPIC, name + "-events");
        options.set(JobOptions.KAFKA_GROUP_ID, name);
        options.set(JobOptions.KAFKA_TRANSACTIONAL_ID_PREFIX, name);
        options.set(JobOptions.KAFKA_CREATE_TOPICS, true);
        options.set(JobOptions.KAFKA_NEW_TOPIC_PARTITIONS, 2);
        options.set(JobOptions.KAFKA_DELIVERY, DeliveryGuarantee.EXACTLY_ONCE);
        options.set(JobOptions.MODEL_BUNDLE, first.directory().toString());
        options.set(JobOptions.MODEL_DEVICE, "cpu");
        options.set(JobOptions.MODEL_THREADS, "1");
        options.set(JobOptions.CHECKPOINT_INTERVAL, Duration.ofMillis(300));
        options.set(JobOptions.MAX_BATCH_AGE, Duration.ofMillis(5));
        options.set(JobOptions.PARALLELISM, parallelism);
        return options;
    }

    static JobClient start(JobConfig config, SessionFactory sessions, String savepoint) throws Exception {
        return start(config, sessions, savepoint, new Configuration());
    }

    /**
     * Starts the job.
     *
     * @param savepoint to begin with; null for none
     * @param flink settings over those of the job itself
     */
    static JobClient start(JobConfig config, SessionFactory sessions, String savepoint, Configuration flink)
            throws Exception {
        StreamExecutionEnvironment environment = StreamExecutionEnvironment.getExecutionEnvironment();
        if (savepoint != null) {
            environment.configure(new Configuration().set(StateRecoveryOptions.SAVEPOINT_PATH, savepoint));
        }
        ReadScoringJob.build(environment, config, sessions);
        environment.configure(flink);
        return environment.executeAsync();
    }

    JobClient start(JobConfig config) throws Exception {
        return start(config, config.requireModel(), null);
    }

    static void cancel(JobClient job) throws Exception {
        job.cancel().get();
        awaitLoadedSessions(0);
    }

    /** Waits until no more models than that are loaded. */
    static void awaitLoadedSessions(int most) throws Exception {
        Await.until(
                String.format(Locale.ROOT, "at most %d loaded models", most),
                () -> SessionRegistry.process().loadedSessions() <= most);
    }

    void produce(int from, int to) {
        RecordCodec<SequencedRead> codec = new RecordCodec<>(SequencedRead.class);
        Properties properties = new Properties();
        properties.put("bootstrap.servers", kafka.bootstrapServers());
        try (KafkaProducer<byte[], byte[]> producer =
                new KafkaProducer<>(properties, new ByteArraySerializer(), new ByteArraySerializer())) {
            for (int i = from; i < to; i++) {
                SequencedRead read = new SequencedRead();
                read.setReadId("r" + i);
                read.setMate(0);
                read.setRunId("run");
                read.setBases(ByteBuffer.wrap(TinyBundle.bases(i)));
                read.setSampleId(SAMPLES[i % SAMPLES.length]);
                read.setBarcodeName(i % SAMPLES.length == 2 ? "barcode07" : null);
                read.setFiltered(false);
                read.setAttributes(Map.of());
                byte[] key = ("r" + i).getBytes(StandardCharsets.UTF_8);
                producer.send(new ProducerRecord<>(name + "-reads", key, codec.encode(read)));
            }
        }
    }

    /** All that are committed now. */
    List<ReadAnnotation> annotations() throws Exception {
        return annotations(0);
    }

    /** All that are committed now; waits until there is at least that number. */
    List<ReadAnnotation> annotations(int atLeast) throws Exception {
        String topic = name + "-annotations";
        RecordCodec<ReadAnnotation> codec = new RecordCodec<>(ReadAnnotation.class);
        List<ReadAnnotation> annotations = new ArrayList<>();
        Properties properties = new Properties();
        properties.put("bootstrap.servers", kafka.bootstrapServers());
        properties.put("isolation.level", "read_committed");
        properties.put("fetch.max.wait.ms", "50"); // an open fetch holds back the close
        try (KafkaConsumer<byte[], byte[]> consumer =
                new KafkaConsumer<>(properties, new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
            List<TopicPartition> partitions = consumer.partitionsFor(topic).stream()
                    .map(info -> new TopicPartition(topic, info.partition()))
                    .toList();
            consumer.assign(partitions);
            consumer.seekToBeginning(partitions);
            boolean atEnd = false;
            while (!atEnd || annotations.size() < atLeast) {
                for (var record : consumer.poll(Duration.ofMillis(200))) {
                    annotations.add(codec.decode(record.value()));
                }
                Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
                atEnd = partitions.stream().allMatch(p -> consumer.position(p) >= ends.get(p));
            }
        }
        return annotations;
    }

    /** Waits for that number of annotations and returns their digests by read; a read annotated twice is a failure. */
    Map<String, String> digests(int reads) throws Exception {
        Map<String, String> digests = new HashMap<>();
        for (ReadAnnotation annotation : annotations(reads)) {
            assertThat(digests.put(annotation.getReadId(), annotation.getModelDigest()))
                    .as("an earlier annotation of %s", annotation.getReadId())
                    .isNull();
        }
        assertThat(digests).hasSize(reads);
        return digests;
    }

    static ModelAnnouncement announcement(ModelBundle bundle, long revision) {
        return ModelAnnouncement.newBuilder()
                .setModelName(bundle.name())
                .setSlot(ModelSlot.ACTIVE)
                .setRevision(revision)
                .setModelVersion(bundle.version())
                .setBundleUri(bundle.directory().toString())
                .setBundleDigest(bundle.digest())
                .setAnnouncedTime(Instant.now())
                .build();
    }

    /** Announces and waits for the job's word on it; returns all events of that revision. */
    static List<ModelEvent> announce(JobConfig config, ModelBundle bundle, long revision) {
        return announce(config, announcement(bundle, revision));
    }

    static List<ModelEvent> announce(JobConfig config, ModelAnnouncement announcement) {
        long revision = announcement.getRevision();
        KafkaModelTopics topics = config.modelChange().topics();
        topics.announce(announcement);
        List<ModelEvent> events = new ArrayList<>();
        try (Tail<ModelEvent> tail = topics.eventTail(true)) {
            while (events.stream().noneMatch(event -> event.getSubtask() < 0)) {
                tail.poll(Duration.ofMillis(100)).stream()
                        .filter(event -> event.getRevision() == revision)
                        .forEach(events::add);
            }
        }
        return events;
    }

    static ModelEvent verdict(List<ModelEvent> events) {
        return events.get(events.size() - 1);
    }

    static long count(List<ModelEvent> events, ModelOutcome outcome) {
        return events.stream().filter(event -> event.getOutcome() == outcome).count();
    }

    String stop(JobClient job) throws Exception {
        return job.stopWithSavepoint(
                        false, folder.resolve("savepoints").toUri().toString(), SavepointFormatType.CANONICAL)
                .get(60, TimeUnit.SECONDS);
    }
}
