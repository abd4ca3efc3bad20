package io.kmerflow.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import io.kmerflow.schema.ReadAnnotation;
import io.kmerflow.schema.SequencedRead;
import io.kmerflow.schema.codec.RecordCodec;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * The steps of docs/upgrade.md with the job jar on a cluster of processes: on from a savepoint of version 0.1, stop, and on from today's.
 * Runs after the job jar is packaged.
 */
@Timeout(900)
class UpgradeITCase {
    private static final Path HOME = Path.of("..").toAbsolutePath().normalize();
    /** Of the topic kept-reads with two partitions, after 60 reads; README.md beside it has its options. */
    private static final Path SAVEPOINT_OF_0_1 =
            HOME.resolve("flink-jobs/annotation/src/test/resources/io/kmerflow/job/savepoint-0.1");

    private static final int PARTITIONS = 2;
    private static final int BEHIND_THE_SAVEPOINT = 60;

    @TempDir
    private Path work;

    @Test
    void aJobOfVersion01GoesOnWithThisVersionAndItsOwnSavepoints() throws Exception {
        Path logs = Files.createDirectory(work.resolve("logs"));
        try (BrokerProcess broker = new BrokerProcess(work.resolve("broker"), logs);
                FlinkCluster cluster = new FlinkCluster(ClusterFiles.of(HOME), work.resolve("flink"), logs)) {
            broker.start();
            String servers = broker.bootstrapServers();
            topics(servers);
            produce(servers, 0, 100);
            cluster.startJobManager();
            cluster.startTaskManagers(1);

            String job = cluster.submit(SAVEPOINT_OF_0_1, arguments(servers));
            assertThat(annotated(cluster, job, servers, 40)).containsExactlyInAnyOrder(ids(BEHIND_THE_SAVEPOINT, 100));
            Path savepoint = cluster.stop(job, work.resolve("savepoints"));
            produce(servers, 100, 120);
            cluster.awaitFreeSlots();
            job = cluster.submit(savepoint, arguments(servers));

            assertThat(annotated(cluster, job, servers, 60)).containsExactlyInAnyOrder(ids(BEHIND_THE_SAVEPOINT, 120));
        }
    }

    /** The savepoint's model was that of a test: the configured one takes its place. */
    private static List<String> arguments(String servers) {
        return List.of(
                "--kafka.bootstrap-servers",
                servers,
                "--kafka.topic.reads",
                "kept-reads",
                "--kafka.topic.annotations",
                "kept-annotations",
                "--kafka.topic.dead-letters",
                "kept-dead-letters",
                "--kafka.group-id",
                "kept",
                "--kafka.transactional-id-prefix",
                "kept",
                "--kafka.delivery",
                "exactly-once",
                "--kafka.create-topics",
                "true",
                "--job.checkpoint-interval",
                "1 s",
                "--job.parallelism",
                "1",
                "--model.device",
                "cpu",
                "--model.bundle",
                HOME.resolve("models/species").toString(),
                "--scoring.allow-model-change",
                "true");
    }

    private static void topics(String servers) throws Exception {
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", servers))) {
            admin.createTopics(List.of(
                            new NewTopic("kept-reads", PARTITIONS, (short) 1)
                                    .configs(Map.of("max.message.bytes", "33554432")),
                            new NewTopic("kept-annotations", PARTITIONS, (short) 1)
                                    .configs(Map.of("max.message.bytes", "33554432")),
                            new NewTopic("kept-dead-letters", PARTITIONS, (short) 1)
                                    .configs(Map.of("max.message.bytes", "33554432"))))
                    .all()
                    .get();
        }
    }

    /** Reads r(from) to r(to - 1), in turn onto the two partitions. */
    private static void produce(String servers, int from, int to) {
        RecordCodec<SequencedRead> codec = new RecordCodec<>(SequencedRead.class);
        try (KafkaProducer<byte[], byte[]> producer = new KafkaProducer<>(
                Map.of("bootstrap.servers", servers), new ByteArraySerializer(), new ByteArraySerializer())) {
            for (int i = from; i < to; i++) {
                SequencedRead read = SequencedRead.newBuilder()
                        .setReadId("r" + i)
                        .setRunId("run")
                        .setBases(ByteBuffer.wrap("ACGTTGCA".repeat(25).getBytes(StandardCharsets.US_ASCII)))
                        .build();
                producer.send(new ProducerRecord<>("kept-reads", i % PARTITIONS, null, codec.encode(read)));
            }
        }
    }

    /** Reads with a committed annotation, once there are that many. */
    private static List<String> annotated(FlinkCluster cluster, String job, String servers, int atLeast)
            throws Exception {
        List<String> reads = new ArrayList<>();
        RecordCodec<ReadAnnotation> codec = new RecordCodec<>(ReadAnnotation.class);
        try (KafkaConsumer<byte[], byte[]> consumer = new KafkaConsumer<>(
                Map.of("bootstrap.servers", servers, "isolation.level", "read_committed"),
                new ByteArrayDeserializer(),
                new ByteArrayDeserializer())) {
            List<TopicPartition> partitions = IntStream.range(0, PARTITIONS)
                    .mapToObj(partition -> new TopicPartition("kept-annotations", partition))
                    .toList();
            consumer.assign(partitions);
            consumer.seekToBeginning(partitions);
            while (reads.size() < atLeast) {
                assertThat(cluster.rest().jobState(job)).isNotEqualTo("FAILED");
                for (ConsumerRecord<byte[], byte[]> record : consumer.poll(Duration.ofMillis(200))) {
                    reads.add(codec.decode(record.value()).getReadId());
                }
            }
        }
        return reads;
    }

    private static String[] ids(int from, int to) {
        return IntStream.range(from, to).mapToObj(i -> "r" + i).toArray(String[]::new);
    }
}
