package io.kmerflow.cli.serving;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.kmerflow.cli.CommandLines;
import io.kmerflow.cli.CommandRun;
import io.kmerflow.cli.SourceTree;
import io.kmerflow.cli.base.ExitCode;
import io.kmerflow.kafka.EmbeddedKafka;
import io.kmerflow.schema.ReadAnnotation;
import io.kmerflow.schema.codec.RecordCodec;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
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
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** A range of a topic annotated again, and compared with what was there. */
@ExtendWith(SourceTree.class)
@Timeout(900)
class BackfillITCase {
    private static EmbeddedKafka kafka;

    @TempDir
    Path folder;

    @BeforeAll
    static void startBroker() throws Exception {
        kafka = EmbeddedKafka.start();
    }

    @AfterAll
    static void stopBroker() {
        kafka.close();
    }

    private static String bases(int seed, int length) {
        Random random = new Random(seed);
        StringBuilder bases = new StringBuilder();
        for (int i = 0; i < length; i++) {
            bases.append("ACGT".charAt(random.nextInt(4)));
        }
        return bases.toString();
    }

    /** Reads of 200 bases onto a topic. */
    private void ingest(String topic, int first, int reads) throws Exception {
        StringBuilder text = new StringBuilder();
        for (int i = first; i < first + reads; i++) {
            text.append(">r").append(i).append('\n').append(bases(i, 200)).append('\n');
        }
        Path file = Files.writeString(folder.resolve(topic + first + ".fa"), text);
        CommandRun run = CommandRun.of(
                "ingest",
                "--bootstrap-servers",
                kafka.bootstrapServers(),
                "--reads-topic",
                topic,
                "--run-id",
                "run",
                "--input",
                file);
        assertThat(run.exitCode()).as(run.err()).isEqualTo(ExitCode.FINE);
    }

    private static List<Object> words(String reads, String annotations, Path work, Object... more) {
        List<Object> words = new ArrayList<>(List.of(
                "backfill",
                "--bootstrap-servers",
                kafka.bootstrapServers(),
                "--reads-topic",
                reads,
                "--annotations-topic",
                annotations,
                "--dead-letters-topic",
                annotations + "-dead",
                "--work",
                work,
                "--checkpoint-interval",
                1));
        words.addAll(List.of(more));
        return words;
    }

    private static CommandRun run(List<Object> words) {
        return CommandRun.of(words.toArray());
    }

    private static List<ReadAnnotation> annotations(String topic) throws Exception {
        List<ReadAnnotation> annotations = new ArrayList<>();
        RecordCodec<ReadAnnotation> codec = new RecordCodec<>(ReadAnnotation.class);
        try (KafkaConsumer<byte[], byte[]> consumer = new KafkaConsumer<>(
                Map.of(
                        "bootstrap.servers",
                        kafka.bootstrapServers(),
                        "isolation.level",
                        "read_committed",
                        "fetch.max.wait.ms",
                        "50"),
                new ByteArrayDeserializer(),
                new ByteArrayDeserializer())) {
            List<TopicPartition> partitions = consumer.partitionsFor(topic).stream()
                    .map(info -> new TopicPartition(topic, info.partition()))
                    .toList();
            consumer.assign(partitions);
            consumer.seekToBeginning(partitions);
            Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
            while (partitions.stream().anyMatch(p -> consumer.position(p) < ends.get(p))) {
                for (ConsumerRecord<byte[], byte[]> record : consumer.poll(Duration.ofMillis(200))) {
                    annotations.add(codec.decode(record.value()));
                }
            }
        }
        return annotations;
    }

    @Test
    void aRangeThatIsFixedAtTheStartIsAnnotatedOnce() throws Exception {
        ingest("fixed", 0, 30);
        try (KafkaProducer<byte[], byte[]> producer = new KafkaProducer<>(
                Map.of("bootstrap.servers", kafka.bootstrapServers()),
                new ByteArraySerializer(),
                new ByteArraySerializer())) {
            producer.send(new ProducerRecord<>("fixed", new byte[] {1, 2, 3})).get();
        }
        Path work = folder.resolve("work");
        List<Object> words = words("fixed", "fixed-a", work, "--precision", "fp32");

        CommandRun first = run(words);
        assertThat(first.exitCode()).as(first.err()).isEqualTo(ExitCode.DEAD_LETTERS);
        assertThat(first.out()).contains("finished: 30 reads annotated", "1 dead letters", "topic fixed-a");
        ingest("fixed", 30, 5); // is not part of it
        CommandRun second = run(words);
        assertThat(second.exitCode()).as(second.err()).isEqualTo(ExitCode.DEAD_LETTERS);
        assertThat(second.out()).startsWith("was finished before: 30 reads annotated");
        assertThat(annotations("fixed-a")).hasSize(30);
        assertThat(work.resolve("checkpoints")).doesNotExist();
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(work)))
                .isEqualTo("rwx------");

        CommandRun other = run(words("fixed", "fixed-b", work, "--precision", "fp32"));
        assertThat(other.exitCode()).isEqualTo(ExitCode.USAGE);
        assertThat(other.err())
                .contains("Expected kafka.topic.annotations 'fixed-a', as the backfill was begun, got 'fixed-b'")
                .hasLineCount(1);
        assertThat(run(words("fixed", "fixed-a", work, "--precision", "int8")).err())
                .contains("Expected model 'species");
        assertThat(run(words("fixed", "x", folder)).err()).contains("Expected a new folder");
    }

    @Test
    void annotationsOfTwoModelsOfOneTopicAreCompared() throws Exception {
        ingest("both", 0, 30);
        for (String precision : List.of("fp32", "int8")) {
            CommandRun backfill = run(words("both", "both-a", folder.resolve(precision), "--precision", precision));
            assertThat(backfill.exitCode()).as(backfill.err()).isEqualTo(ExitCode.FINE);
        }
        List<ReadAnnotation> annotations = annotations("both-a");
        assertThat(annotations).hasSize(60);
        assertThat(annotations.stream().map(ReadAnnotation::getAnnotationId).distinct())
                .as("ids differ by digest")
                .hasSize(60);
        List<String> digests = annotations.stream()
                .map(ReadAnnotation::getModelDigest)
                .distinct()
                .toList();
        CommandRun diff = CommandRun.of(
                "diff",
                "topic:both-a",
                "topic:both-a",
                "--model-a",
                digests.get(0),
                "--model-b",
                digests.get(1).substring("sha256:".length(), "sha256:".length() + 12),
                "--bootstrap-servers",
                kafka.bootstrapServers(),
                "--json");
        assertThat(diff.exitCode()).as(diff.err()).isEqualTo(ExitCode.FINE);
        JsonNode json = new ObjectMapper().readTree(diff.out());
        assertThat(json.path("reads").asInt()).isEqualTo(30);
        assertThat(json.at("/a/ofOtherModels").asInt()).isEqualTo(30);
        assertThat(json.path("same").asInt()).isGreaterThan(20);
    }

    @Test
    void aKilledBackfillGoesOnWithoutLossOrRepetition() throws Exception {
        ingest("killed", 0, 120);
        Path work = folder.resolve("work");
        List<Object> words = words("killed", "killed-a", work, "--delivery", "exactly-once", "--parallelism", 2);
        List<Object> throttled = new ArrayList<>(words);
        throttled.addAll(List.of("--rate", 4, "--status-interval", 1));
        Process process = start(throttled);
        try {
            while (process.isAlive() && !hasAnnotations("killed-a")) {
                TimeUnit.MILLISECONDS.sleep(200);
            }
            assertThat(process.isAlive())
                    .as(Files.readString(folder.resolve("backfill.log")))
                    .isTrue();
            assertThat(run(words).err()).contains("no other backfill works in");
        } finally {
            process.destroyForcibly().waitFor();
        }
        int before = annotations("killed-a").size();
        assertThat(before).isPositive().isLessThan(120);

        CommandRun resumed = run(words);

        assertThat(resumed.exitCode()).as(resumed.err()).isEqualTo(ExitCode.FINE);
        assertThat(resumed.err()).contains(", continued; stop with Ctrl-C");
        List<ReadAnnotation> annotations = annotations("killed-a");
        assertThat(annotations).hasSize(120);
        assertThat(annotations.stream().map(ReadAnnotation::getReadId).distinct())
                .hasSize(120);
    }

    @Test
    void aStoppedBackfillGoesOnFromItsSavepoint() throws Exception {
        ingest("stopped", 0, 150);
        Path work = folder.resolve("work");
        List<Object> words = words("stopped", "stopped-a", work);
        List<Object> throttled = new ArrayList<>(words);
        throttled.addAll(List.of("--rate", 4, "--status-interval", 1));
        Process process = start(throttled);
        Path log = folder.resolve("backfill.log");
        Pattern progress = Pattern.compile("\\b[1-9]\\d* of 150 offsets");
        while (process.isAlive() && !progress.matcher(Files.readString(log)).find()) {
            TimeUnit.MILLISECONDS.sleep(200);
        }
        process.destroy(); // SIGTERM
        assertThat(process.waitFor(2, TimeUnit.MINUTES)).isTrue();
        assertThat(Files.readString(log)).contains("Stopped; the same command continues");
        assertThat(annotations("stopped-a")).hasSizeLessThan(150);

        CommandRun resumed = run(words);

        assertThat(resumed.exitCode()).as(resumed.err()).isEqualTo(ExitCode.FINE);
        assertThat(resumed.out()).contains("finished: 150 reads annotated");
        assertThat(annotations("stopped-a")).hasSize(150);
    }

    private static boolean hasAnnotations(String topic) throws Exception {
        try {
            return !annotations(topic).isEmpty();
        } catch (NullPointerException e) {
            return false; // no such topic yet
        }
    }

    private Process start(List<Object> words) throws IOException {
        return new ProcessBuilder(CommandLines.ofJvm(List.of(), words))
                .redirectErrorStream(true)
                .redirectOutput(folder.resolve("backfill.log").toFile())
                .start();
    }

    @Test
    void whatCannotBeIsRefusedInOneSentence() throws Exception {
        CommandRun rate = run(words("none", "a", folder.resolve("w1"), "--rate", "-1"));
        assertThat(rate.exitCode()).isEqualTo(ExitCode.USAGE);
        assertThat(rate.err()).contains("Expected backfill.rate of 0 or more, got -1.0");
        List<Object> interval = words("none", "a", folder.resolve("w2"));
        interval.set(interval.size() - 1, 0);
        assertThat(run(interval).err()).contains("continues from its checkpoints");
        CommandRun bound = run(words("none", "a", folder.resolve("w3"), "--from", "yesterday"));
        assertThat(bound.exitCode()).isEqualTo(ExitCode.USAGE);
        assertThat(bound.err()).contains("got 'yesterday'");
        CommandRun status = run(words("none", "a", folder.resolve("w4"), "--status-interval", -1));
        assertThat(status.exitCode()).isEqualTo(ExitCode.USAGE);
        assertThat(status.err()).contains("Expected --status-interval of 0 or more, got -1");
        Path file = Files.writeString(folder.resolve("w5"), "");
        CommandRun work = run(words("none", "a", file));
        assertThat(work.exitCode()).isEqualTo(ExitCode.USAGE);
        assertThat(work.err()).contains("Expected a folder at " + file + ", got a file");
        Files.writeString(Files.createDirectories(folder.resolve("w6")).resolve("backfill.json"), "{");
        CommandRun journal = run(words("none", "a", folder.resolve("w6")));
        assertThat(journal.exitCode()).isEqualTo(ExitCode.USAGE);
        assertThat(journal.err())
                .contains("Expected the journal of a backfill at ")
                .hasLineCount(1);
        CommandRun topic = run(words("none", "a", folder.resolve("w7")));
        assertThat(topic.exitCode()).isEqualTo(ExitCode.FAILED);
        assertThat(topic.err()).contains("none").hasLineCount(1);
        assertThat(folder.resolve("w7/backfill.json")).doesNotExist();
    }
}
