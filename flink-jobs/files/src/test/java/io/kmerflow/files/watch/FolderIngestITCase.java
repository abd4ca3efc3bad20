package io.kmerflow.files.watch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kmerflow.files.WatchIngest;
import io.kmerflow.job.JobConfig;
import io.kmerflow.job.JobOptions;
import io.kmerflow.kafka.EmbeddedKafka;
import io.kmerflow.schema.DeadLetter;
import io.kmerflow.schema.SequencedRead;
import io.kmerflow.schema.codec.RecordCodec;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Properties;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import java.util.zip.GZIPOutputStream;
import org.apache.flink.configuration.Configuration;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A run folder that grows, against a real broker. */
class FolderIngestITCase {
    private static EmbeddedKafka kafka;

    @TempDir
    Path folder;

    private String topic;
    private final List<String> lines = new ArrayList<>();

    @BeforeAll
    static void startKafka() throws Exception {
        kafka = EmbeddedKafka.start();
    }

    @AfterAll
    static void stopKafka() {
        kafka.close();
    }

    @BeforeEach
    void nameTopics() {
        topic = "reads-" + UUID.randomUUID();
    }

    private FolderIngest.Summary watch(BooleanSupplier stopped) throws Exception {
        Configuration options = new Configuration();
        options.set(JobOptions.KAFKA_BOOTSTRAP_SERVERS, kafka.bootstrapServers());
        options.set(JobOptions.KAFKA_READS_TOPIC, topic);
        options.set(JobOptions.KAFKA_DEAD_LETTERS_TOPIC, topic + "-dead");
        options.set(JobOptions.KAFKA_CREATE_TOPICS, true);
        options.set(JobOptions.KAFKA_NEW_TOPIC_PARTITIONS, 3);
        WatchSettings settings = new WatchSettings(
                folder,
                folder.resolve(".ledger"),
                WatchSettings.INCLUDE,
                List.of("fastq_fail/**"),
                WatchSettings.END_MARKERS,
                Duration.ofMillis(100),
                Duration.ofMillis(20),
                null,
                null,
                null);
        return WatchIngest.run(JobConfig.from(options), settings, lines::add, stopped);
    }

    private static String records(String name, int from, int to) {
        StringBuilder text = new StringBuilder();
        for (int i = from; i < to; i++) {
            text.append(String.format(Locale.ROOT, "@%s-%d%nACGTACGTAC%n+%nIIIIIIIIII%n", name, i));
        }
        return text.toString();
    }

    private Path file(String name, String text) throws IOException {
        Path file = folder.resolve(name);
        Files.createDirectories(file.getParent());
        return Files.writeString(file, text, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
    }

    private List<byte[]> onTopic(String name) {
        Properties properties = new Properties();
        properties.put("bootstrap.servers", kafka.bootstrapServers());
        properties.put("fetch.max.wait.ms", "50"); // an open fetch holds back the close
        List<byte[]> values = new ArrayList<>();
        try (KafkaConsumer<byte[], byte[]> consumer =
                new KafkaConsumer<>(properties, new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
            List<TopicPartition> partitions = consumer.partitionsFor(name).stream()
                    .map(partition -> new TopicPartition(name, partition.partition()))
                    .toList();
            consumer.assign(partitions);
            consumer.seekToBeginning(partitions);
            long left = consumer.endOffsets(partitions).values().stream()
                    .mapToLong(end -> end)
                    .sum();
            while (values.size() < left) {
                consumer.poll(Duration.ofSeconds(1)).forEach(record -> values.add(record.value()));
            }
        }
        return values;
    }

    private List<String> readIds() throws Exception {
        RecordCodec<SequencedRead> codec = new RecordCodec<>(SequencedRead.class);
        List<String> ids = new ArrayList<>();
        for (byte[] value : onTopic(topic)) {
            ids.add(codec.decode(value).getReadId());
        }
        return ids;
    }

    private static List<String> ids(String name, int to) {
        List<String> ids = new ArrayList<>();
        for (int i = 0; i < to; i++) {
            ids.add(name + "-" + i);
        }
        return ids;
    }

    /** Stops after a number of questions; one is asked per record. */
    private static BooleanSupplier after(int questions) {
        AtomicInteger asked = new AtomicInteger();
        return () -> asked.incrementAndGet() > questions;
    }

    @Test
    void aNameThatNoTopicTakesIsADeadLetterOnce() throws Exception {
        file("fastq_pass/a.fastq", records("a", 0, 2) + records("n".repeat(70_000), 0, 1) + records("a", 2, 3));
        file("final_summary_X.txt", "done\n");
        assertThat(watch(() -> false).deadLetters()).isEqualTo(1);
        assertThat(watch(() -> false).newReads()).isZero();

        assertThat(readIds()).containsExactlyInAnyOrder("a-0", "a-1", "a-2");
        assertThat(onTopic(topic + "-dead"))
                .singleElement()
                .satisfies(bytes -> assertThat(new RecordCodec<>(DeadLetter.class)
                                .decode(bytes)
                                .getReason())
                        .isEqualTo("NAME_TOO_LONG"));
    }

    @Test
    void aRunThatGrowsAndAWatcherThatIsStoppedPutEveryRecordInOnce() throws Exception {
        file("fastq_pass/a.fastq", records("a", 0, 400));
        assertThat(watch(after(150)).ended()).isFalse();
        file("fastq_pass/a.fastq", records("a", 400, 500));
        file("fastq_pass/barcode07/b.fastq", records("b", 0, 300));
        file("fastq_fail/c.fastq", records("c", 0, 10));
        assertThat(watch(after(700)).ended()).isFalse();
        file("final_summary_X.txt", "done\n");
        FolderIngest.Summary summary = watch(() -> false);
        assertThat(summary).isEqualTo(new FolderIngest.Summary(true, 2, 800, 0, summary.newReads(), Set.of()));
        List<String> expected = ids("a", 500);
        expected.addAll(ids("b", 300));
        assertThat(readIds()).containsExactlyInAnyOrderElementsOf(expected);
        assertThat(lines).anyMatch(line -> line.startsWith("going on: "));
        FolderIngest.Summary again = watch(() -> false);
        assertThat(again).isEqualTo(new FolderIngest.Summary(true, 2, 800, 0, 0, Set.of()));
        assertThat(onTopic(topic)).hasSize(800);
    }

    @Test
    void recordsThatWentOutBeforeAKillAreReadBack() throws Exception {
        file("a.fastq", records("a", 0, 200));
        file("end-of-run", "");
        watch(() -> false);
        // As a kill leaves the ledger: the file begun, its records on the topic, nothing noted.
        Path ledger = folder.resolve(".ledger");
        List<String> noted = Files.readAllLines(ledger);
        assertThat(noted).hasSize(3);
        Files.writeString(
                ledger, noted.get(0) + "\n" + noted.get(1) + "\n" + noted.get(2).substring(0, 20));
        file("a.fastq", records("a", 200, 260));
        FolderIngest.Summary summary = watch(() -> false);
        assertThat(summary.reads()).isEqualTo(260);
        assertThat(readIds()).containsExactlyInAnyOrderElementsOf(ids("a", 260));
    }

    @Test
    void aHalfWrittenRecordWaitsAndACutFileIsReportedWhenTheRunIsOver() throws Exception {
        String whole = records("a", 0, 50);
        int half = whole.length() - 15;
        file("a.fastq", whole.substring(0, half));
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (GZIPOutputStream gzip = new GZIPOutputStream(bytes)) {
            gzip.write(records("z", 0, 2_000).getBytes(StandardCharsets.US_ASCII));
        }
        byte[] cut = Arrays.copyOf(bytes.toByteArray(), bytes.size() - 20);
        Files.write(folder.resolve("z.fastq.gz"), cut);
        // Stops once both files are in and waiting.
        watch(() ->
                lines.stream().filter(line -> line.endsWith("waits for more")).count() == 2);
        assertThat(onTopic(topic + "-dead")).isEmpty();
        assertThat(readIds()).contains("a-48").doesNotContain("a-49");
        file("a.fastq", whole.substring(half));
        file("RTAComplete.txt", "");
        FolderIngest.Summary summary = watch(() -> false);
        assertThat(summary.ended()).isTrue();
        assertThat(summary.deadLetters()).isPositive();
        List<String> ids = readIds();
        assertThat(ids).doesNotHaveDuplicates().hasSize((int) summary.reads()).containsAll(ids("a", 50));
        RecordCodec<DeadLetter> codec = new RecordCodec<>(DeadLetter.class);
        List<String> reasons = new ArrayList<>();
        for (byte[] value : onTopic(topic + "-dead")) {
            reasons.add(codec.decode(value).getReason());
        }
        assertThat(reasons).hasSize((int) summary.deadLetters()).contains("TRUNCATED_GZIP");
    }

    @Test
    void aFileOfUnclearQualitiesIsRefusedAndTheOthersGoIn() throws Exception {
        file("old.fastq", records("o", 0, 40).replace("IIIIIIIIII", "hhhhhhhhhh"));
        file("new.fastq", records("n", 0, 40));
        file("end-of-run", "");
        FolderIngest.Summary summary = watch(() -> false);
        assertThat(summary).isEqualTo(new FolderIngest.Summary(true, 2, 40, 0, 40, Set.of("old.fastq")));
        assertThat(readIds()).containsExactlyInAnyOrderElementsOf(ids("n", 40));
    }

    @Test
    void twoWatchersOrAnotherTopicAreRefused() throws Exception {
        file("a.fastq", records("a", 0, 3));
        watch(() -> !lines.isEmpty());
        topic = "reads-other";
        assertThatThrownBy(() -> watch(() -> false))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("give --ledger another file");
        try (IngestLedger held = IngestLedger.open(folder.resolve("held"), "x")) {
            assertThat(held.id()).isNotNull();
            assertThatThrownBy(() -> IngestLedger.open(folder.resolve("held"), "x"))
                    .hasMessageContaining("another process holds the ledger");
        }
    }
}
