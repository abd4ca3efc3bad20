package io.kmerflow.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import io.kmerflow.schema.AnnotationStatus;
import io.kmerflow.schema.ReadAnnotation;
import io.kmerflow.schema.ReadCall;
import io.kmerflow.schema.SequencedRead;
import io.kmerflow.schema.codec.RecordCodec;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The snapshot job of the job jar on a cluster of processes, one of which is killed. Runs after the job jar is packaged. */
@Timeout(1_200)
class SnapshotClusterITCase {
    private static final Path HOME = Path.of("..");
    private static final int READS = 40_000;
    private static final int BASES = 300;
    private static final int PARTITIONS = 3;
    private static final int CLIENT_SECONDS = 300;

    @TempDir
    private Path work;

    private static SequencedRead read(int number, byte[] bases) {
        SequencedRead read = new SequencedRead();
        read.setReadId("r" + number);
        read.setMate(0);
        read.setRunId("run");
        read.setSampleId("s" + number % 3);
        read.setBases(ByteBuffer.wrap(bases));
        read.setFiltered(false);
        read.setAttributes(Map.of());
        return read;
    }

    private static ReadAnnotation annotation(int number) {
        return ReadAnnotation.newBuilder()
                .setAnnotationId("a" + number)
                .setReadId("r" + number)
                .setRunId("run")
                .setReadLength(BASES)
                .setStatus(AnnotationStatus.SCORED)
                .setReadCall(new ReadCall("call" + number % 5, 0.75f))
                .setModelName("m")
                .setModelVersion("1")
                .setModelDigest("sha256:a")
                .setVocabularyHash("v")
                .setAnnotatedTime(Instant.EPOCH)
                .build();
    }

    /** Every tenth read has the sequence of the one before; every fourth has no annotation. */
    private static void produce(String servers) throws Exception {
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", servers))) {
            admin.createTopics(List.of(
                            new NewTopic("reads", PARTITIONS, (short) 1),
                            new NewTopic("annotations", PARTITIONS, (short) 1)))
                    .all()
                    .get(30, TimeUnit.SECONDS);
        }
        RecordCodec<SequencedRead> reads = new RecordCodec<>(SequencedRead.class);
        RecordCodec<ReadAnnotation> annotations = new RecordCodec<>(ReadAnnotation.class);
        SplittableRandom random = new SplittableRandom(7);
        byte[] bases = new byte[BASES];
        try (KafkaProducer<byte[], byte[]> producer = new KafkaProducer<>(
                Map.of("bootstrap.servers", servers), new ByteArraySerializer(), new ByteArraySerializer())) {
            for (int i = 0; i < READS; i++) {
                if (i % 10 != 9) {
                    for (int b = 0; b < BASES; b++) {
                        bases[b] = (byte) "ACGT".charAt(random.nextInt(4));
                    }
                }
                producer.send(
                        new ProducerRecord<>("reads", i % PARTITIONS, null, reads.encode(read(i, bases.clone()))));
                if (i % 4 != 3) {
                    producer.send(new ProducerRecord<>(
                            "annotations", i % PARTITIONS, null, annotations.encode(annotation(i))));
                }
            }
            producer.flush();
        }
    }

    private List<String> arguments(String servers, String corpus, int parallelism, String... more) {
        List<String> arguments = new ArrayList<>(List.of(
                "--kafka.bootstrap-servers",
                servers,
                "--kafka.create-topics",
                "true",
                "--snapshot.output",
                work.resolve(corpus).toString(),
                "--snapshot.reads-per-group",
                "2000",
                "--job.parallelism",
                Integer.toString(parallelism)));
        arguments.addAll(List.of(more));
        return arguments;
    }

    @Test
    void manifestsAreTheSameForAnyParallelismAndWithATaskManagerKilled() throws Exception {
        Path logs = Files.createDirectory(work.resolve("logs"));
        try (BrokerProcess broker = new BrokerProcess(work.resolve("broker"), logs);
                FlinkCluster cluster = new FlinkCluster(
                        ClusterFiles.of(HOME),
                        work.resolve("flink"),
                        logs,
                        // keyed input of batch jobs is sorted in managed memory
                        Map.of("taskmanager.memory.managed.size", "64m"))) {
            broker.start();
            String servers = broker.bootstrapServers();
            produce(servers);
            cluster.startJobManager();
            cluster.startTaskManagers(2);
            Path output = logs.resolve("first.out");
            ChildJvm first =
                    cluster.runAttached("io.kmerflow.corpus.SnapshotJob", arguments(servers, "first", 1), output);
            assertThat(first.await(CLIENT_SECONDS)).as(output.toString()).isZero();

            Path manifest = work.resolve("first/manifest.json");
            Path killedOutput = logs.resolve("killed.out");
            ChildJvm killed = cluster.runAttached(
                    "io.kmerflow.corpus.SnapshotJob",
                    arguments(servers, "killed", 2, "--snapshot.same-range", manifest.toString()),
                    killedOutput);
            Await.until(
                    "a snapshot that runs on both task managers",
                    Duration.ofMinutes(2),
                    () -> {
                        killed.requireAlive();
                        String job = submittedBy(killedOutput);
                        return job != null
                                && cluster.rest().freeSlots() == 0
                                && cluster.rest().runningTasks(job) >= 2;
                    },
                    () -> "none; see " + logs);
            cluster.killTaskManager(0);
            cluster.restartTaskManager(0);
            assertThat(killed.await(CLIENT_SECONDS)).as(killedOutput.toString()).isZero();

            assertThat(cluster.restarts()).as("after the kill").isPositive();
            assertThat(work.resolve("killed/manifest.json")).hasContent(Files.readString(manifest));
            assertThat(manifest).content().contains("\"not-drawn\"", "\"duplicates\" : 4000");
        }
    }

    private static String submittedBy(Path output) {
        try {
            return FlinkCluster.submitted(output);
        } catch (java.io.IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }
}
