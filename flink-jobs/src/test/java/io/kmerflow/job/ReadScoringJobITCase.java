package io.kmerflow.job;

import static org.assertj.core.api.Assertions.assertThat;

import io.kmerflow.job.scoring.TestModel;
import io.kmerflow.kafka.EmbeddedKafka;
import io.kmerflow.schema.DeadLetter;
import io.kmerflow.schema.ReadAnnotation;
import io.kmerflow.schema.SequencedRead;
import io.kmerflow.schema.codec.RecordCodec;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.connector.base.DeliveryGuarantee;
import org.apache.flink.core.execution.JobClient;
import org.apache.flink.runtime.testutils.MiniClusterResourceConfiguration;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.test.junit5.MiniClusterExtension;
import org.apache.kafka.clients.consumer.ConsumerRecord;
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
import org.junit.jupiter.api.extension.RegisterExtension;

@Timeout(240)
class ReadScoringJobITCase {
    @RegisterExtension
    static final MiniClusterExtension CLUSTER = new MiniClusterExtension(new MiniClusterResourceConfiguration.Builder()
            .setNumberTaskManagers(1)
            .setNumberSlotsPerTaskManager(2)
            .build());

    private static final AtomicInteger BATCHES = new AtomicInteger();
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
        Configuration options = new Configuration();
        options.set(JobOptions.KAFKA_BOOTSTRAP_SERVERS, kafka.bootstrapServers());
        options.set(JobOptions.KAFKA_READS_TOPIC, name + "-reads");
        options.set(JobOptions.KAFKA_ANNOTATIONS_TOPIC, name + "-annotations");
        options.set(JobOptions.KAFKA_DEAD_LETTERS_TOPIC, name + "-dead-letters");
        options.set(JobOptions.KAFKA_GROUP_ID, name);
        options.set(JobOptions.KAFKA_TRANSACTIONAL_ID_PREFIX, name);
        options.set(JobOptions.KAFKA_DELIVERY, delivery);
        options.set(JobOptions.KAFKA_CREATE_TOPICS, true);
        options.set(JobOptions.KAFKA_NEW_TOPIC_PARTITIONS, 2);
        options.set(JobOptions.KAFKA_PROPERTIES, Map.of("linger.ms", "0"));
        options.set(JobOptions.CHECKPOINT_INTERVAL, Duration.ofMillis(300));
        options.set(JobOptions.MAX_BATCH_WINDOWS, 16);
        options.set(JobOptions.MAX_BATCH_AGE, Duration.ofMillis(5));
        options.set(JobOptions.MAX_WINDOWS_IN_FLIGHT, 64);
        options.set(JobOptions.PARALLELISM, 2);
        return JobConfig.from(options);
    }

    private static byte[] read(String id) {
        SequencedRead read = new SequencedRead();
        read.setReadId(id);
        read.setMate(0);
        read.setRunId("run");
        read.setBases(ByteBuffer.wrap("ACGTACGTGGGACGT".repeat(2).getBytes(StandardCharsets.US_ASCII)));
        read.setFiltered(false);
        read.setAttributes(Map.of());
        return new RecordCodec<>(SequencedRead.class).encode(read);
    }

    private static void produce(String topic, List<byte[]> values) {
        Properties properties = new Properties();
        properties.put("bootstrap.servers", kafka.bootstrapServers());
        try (KafkaProducer<byte[], byte[]> producer =
                new KafkaProducer<>(properties, new ByteArraySerializer(), new ByteArraySerializer())) {
            for (byte[] value : values) {
                producer.send(new ProducerRecord<>(topic, value));
            }
        }
    }

    /** Everything on the topic that is committed now. */
    private static List<ConsumerRecord<byte[], byte[]>> consume(String topic) {
        Properties properties = new Properties();
        properties.put("bootstrap.servers", kafka.bootstrapServers());
        properties.put("isolation.level", "read_committed");
        List<ConsumerRecord<byte[], byte[]>> records = new ArrayList<>();
        try (KafkaConsumer<byte[], byte[]> consumer =
                new KafkaConsumer<>(properties, new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
            List<TopicPartition> partitions = consumer.partitionsFor(topic).stream()
                    .map(info -> new TopicPartition(topic, info.partition()))
                    .toList();
            consumer.assign(partitions);
            consumer.seekToBeginning(partitions);
            Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
            while (partitions.stream().anyMatch(p -> consumer.position(p) < ends.get(p))) {
                consumer.poll(Duration.ofMillis(200)).forEach(records::add);
            }
        }
        return records;
    }

    private static List<ReadAnnotation> annotations(JobConfig config) throws Exception {
        RecordCodec<ReadAnnotation> codec = new RecordCodec<>(ReadAnnotation.class);
        List<ReadAnnotation> annotations = new ArrayList<>();
        for (ConsumerRecord<byte[], byte[]> record : consume(config.kafka().annotationsTopic())) {
            annotations.add(codec.decode(record.value()));
        }
        return annotations;
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
            for (int j = i; j < Math.min(reads, i + 40); j++) {
                portion.add(read("r" + j));
            }
            produce(config.kafka().readsTopic(), portion);
            Thread.sleep(50);
        }
        List<ReadAnnotation> annotations = annotations(config);
        while (annotations.stream().map(ReadAnnotation::getReadId).distinct().count() < reads) {
            Thread.sleep(200);
            annotations = annotations(config);
        }
        client.cancel().get();
        assertThat(BATCHES).as("batches, so that the failure was met").hasValueGreaterThan(60);
        return annotations;
    }

    @Test
    void exactlyOnceAnnotatesEveryReadOnceAcrossAFailure() throws Exception {
        int reads = 1_200;
        List<ReadAnnotation> annotations = runWithOneFailure(config("eos", DeliveryGuarantee.EXACTLY_ONCE), reads);

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
    void undecodableBytesBecomeADeadLetterWithTheirPlace() throws Exception {
        Configuration options = new Configuration();
        JobConfig config = config("bad", DeliveryGuarantee.AT_LEAST_ONCE);
        options.set(JobOptions.KAFKA_BOOTSTRAP_SERVERS, kafka.bootstrapServers());
        options.set(JobOptions.KAFKA_READS_TOPIC, config.kafka().readsTopic());
        options.set(JobOptions.KAFKA_ANNOTATIONS_TOPIC, config.kafka().annotationsTopic());
        options.set(JobOptions.KAFKA_DEAD_LETTERS_TOPIC, config.kafka().deadLettersTopic());
        options.set(JobOptions.KAFKA_BOUNDED, true);
        options.set(JobOptions.KAFKA_CREATE_TOPICS, true);
        options.set(JobOptions.KAFKA_NEW_TOPIC_PARTITIONS, 1);
        JobConfig bounded = JobConfig.from(options);
        new io.kmerflow.job.kafka.DeliveryPreflight(bounded.kafka(), Duration.ZERO)
                .check(List.of(bounded.kafka().readsTopic()));
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
