package io.kmerflow.cli.serving;

import static org.assertj.core.api.Assertions.assertThat;

import io.kmerflow.bundle.ModelBundle;
import io.kmerflow.cli.CommandRun;
import io.kmerflow.cli.RunningCommand;
import io.kmerflow.cli.SourceTree;
import io.kmerflow.cli.base.ExitCode;
import io.kmerflow.job.model.TinyBundle;
import io.kmerflow.kafka.EmbeddedKafka;
import io.kmerflow.schema.ReadAnnotation;
import io.kmerflow.schema.codec.RecordCodec;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.regex.Pattern;
import org.apache.flink.util.FileUtils;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** Bundles at URIs: of this machine's disk, and of a file system of Flink's that the tests of the job bring. */
@ExtendWith(SourceTree.class)
@Timeout(300)
class ModelStoreITCase {
    @TempDir
    Path folder;

    private ModelBundle first;
    private ModelBundle second;
    private String store;

    @BeforeEach
    void twoVersions() throws Exception {
        first = TinyBundle.write(folder.resolve("v1"), "1", 3, "a", "b");
        second = TinyBundle.write(folder.resolve("v2"), "2", 3, "a", "b");
        store = "faulty://" + folder.resolve("store");
    }

    /** Copies a bundle to the store, as somebody else's tool would. */
    private String stored(ModelBundle bundle) throws Exception {
        Path place = folder.resolve("store").resolve(bundle.version());
        FileUtils.copy(
                new org.apache.flink.core.fs.Path(bundle.directory().toUri()),
                new org.apache.flink.core.fs.Path(place.toUri()),
                false);
        return "faulty://" + place;
    }

    private static String fasta(int from, int to) {
        StringBuilder text = new StringBuilder();
        for (int read = from; read < to; read++) {
            Random random = new Random(read);
            text.append(">r").append(read).append('\n');
            for (int i = 0; i < 30; i++) {
                text.append("ACGT".charAt(random.nextInt(4)));
            }
            text.append('\n');
        }
        return text.toString();
    }

    private void ingest(String servers, int from, int to) throws Exception {
        Path file = Files.writeString(folder.resolve(from + ".fa"), fasta(from, to));
        CommandRun run = CommandRun.of("ingest", "--bootstrap-servers", servers, "--input", file);
        assertThat(run.exitCode()).as(run.err()).isEqualTo(ExitCode.FINE);
    }

    /** Digests of the models by read; waits until there are that many annotations. */
    private static Map<String, String> models(String servers, int reads) throws Exception {
        RecordCodec<ReadAnnotation> codec = new RecordCodec<>(ReadAnnotation.class);
        Map<String, String> models = new HashMap<>();
        try (KafkaConsumer<byte[], byte[]> consumer = new KafkaConsumer<>(
                Map.of("bootstrap.servers", servers), new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
            List<TopicPartition> partitions = consumer.partitionsFor("annotations").stream()
                    .map(partition -> new TopicPartition("annotations", partition.partition()))
                    .toList();
            consumer.assign(partitions);
            consumer.seekToBeginning(partitions);
            while (models.size() < reads) {
                for (ConsumerRecord<byte[], byte[]> record : consumer.poll(Duration.ofMillis(100))) {
                    ReadAnnotation annotation = codec.decode(record.value());
                    models.put(annotation.getReadId(), annotation.getModelDigest());
                }
            }
        }
        return models;
    }

    @Test
    void aRunningJobFollowsTheStoreThroughPublishAndRollback() throws Exception {
        String place = stored(first);
        try (EmbeddedKafka kafka = EmbeddedKafka.start()) {
            String servers = kafka.bootstrapServers();
            try (RunningCommand serve = RunningCommand.start(
                    "serve",
                    "--bootstrap-servers",
                    servers,
                    "--models-topic",
                    "models",
                    "--model",
                    place,
                    "--device",
                    "cpu",
                    "--checkpoint-interval",
                    1)) {
                serve.await(Pattern.compile("(model tiny 1), fp32, on cpu"));
                ingest(servers, 0, 20);
                assertThat(models(servers, 20)).containsValue(first.digest()).doesNotContainValue(second.digest());

                CommandRun same = CommandRun.of("publish", place, "--bootstrap-servers", servers);
                assertThat(same.exitCode()).as(same.err() + serve.text()).isEqualTo(ExitCode.FINE);
                CommandRun publish =
                        CommandRun.of("publish", second.directory(), "--upload", store, "--bootstrap-servers", servers);
                assertThat(publish.exitCode()).as(publish.err() + serve.text()).isEqualTo(ExitCode.FINE);
                assertThat(publish.out())
                        .contains("uploaded to " + store + "/tiny-2-", "activated: the whole job serves it");
                FileUtils.deleteDirectory(second.directory().toFile());
                ingest(servers, 20, 40);
                assertThat(models(servers, 40)).containsEntry("r39", second.digest());

                CommandRun back = CommandRun.of("models", "rollback", "--bootstrap-servers", servers);
                assertThat(back.exitCode()).as(back.err() + serve.text()).isEqualTo(ExitCode.FINE);
                assertThat(back.out()).contains("from 2 to 1", "activated: the whole job serves it");
                ingest(servers, 40, 60);
                assertThat(models(servers, 60)).containsEntry("r59", first.digest());
                CommandRun list = CommandRun.of("models", "--bootstrap-servers", servers);
                assertThat(list.out()).contains(place, store + "/tiny-2-");
            }
        }
    }

    @Test
    void filesAreAnnotatedByABundleAtAUri() throws Exception {
        Path reads = Files.writeString(folder.resolve("reads.fa"), fasta(0, 10));
        for (String model : new String[] {
            first.directory().toString(), first.directory().toUri().toString(), stored(first)
        }) {
            Path output = folder.resolve("out.jsonl");
            CommandRun run = CommandRun.of("annotate", "--input", reads, "--model", model, "--output", output);
            assertThat(run.exitCode()).as(run.err()).isEqualTo(ExitCode.FINE);
            assertThat(Files.readAllLines(output)).hasSize(10).allMatch(line -> line.contains(first.digest()));
        }
    }

    @Test
    void aPlaceThatCannotBeReachedIsOneSentence() throws Exception {
        Path reads = Files.writeString(folder.resolve("reads.fa"), fasta(0, 1));
        Map<String, String> sentences = Map.of(
                "s3://models/species",
                "put flink-s3-fs-hadoop or flink-s3-fs-presto into a folder of Flink's plugins (FLINK_PLUGINS_DIR)",
                "nofs://models/species",
                "Expected one of Flink's file systems for nofs:, got none",
                store + "/none",
                "Could not fetch the bundle " + store + "/none",
                "file:///none",
                "there is no file or folder /none",
                "file:none",
                "Expected the place of a model bundle");
        for (Map.Entry<String, String> sentence : sentences.entrySet()) {
            CommandRun run = CommandRun.of(
                    "annotate",
                    "--input",
                    reads,
                    "--model",
                    sentence.getKey(),
                    "--output",
                    folder.resolve("none.jsonl"));
            assertThat(run.exitCode()).as(run.err()).isEqualTo(ExitCode.FAILED);
            assertThat(run.err()).hasLineCount(1).contains(sentence.getValue());
            CommandRun publish =
                    CommandRun.of("publish", sentence.getKey(), "--bootstrap-servers", "127.0.0.1:1", "--wait", 0);
            assertThat(publish.exitCode()).as(publish.err()).isEqualTo(ExitCode.FAILED);
            assertThat(publish.err()).hasLineCount(1).contains(sentence.getValue());
        }
        CommandRun upload = CommandRun.of(
                "publish", first.directory(), "--upload", "s3://models", "--bootstrap-servers", "127.0.0.1:1");
        assertThat(upload.exitCode()).isEqualTo(ExitCode.FAILED);
        assertThat(upload.err()).hasLineCount(1).contains("Expected one of Flink's file systems for s3:, got none");
    }
}
