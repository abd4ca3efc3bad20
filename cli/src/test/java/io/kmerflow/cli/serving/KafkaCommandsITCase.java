package io.kmerflow.cli.serving;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.kmerflow.bundle.ModelBundle;
import io.kmerflow.cli.Browser;
import io.kmerflow.cli.CommandRun;
import io.kmerflow.cli.RunningCommand;
import io.kmerflow.cli.SourceTree;
import io.kmerflow.cli.base.ExitCode;
import io.kmerflow.cli.base.Home;
import io.kmerflow.kafka.EmbeddedKafka;
import io.kmerflow.schema.ModelAnnouncement;
import io.kmerflow.schema.ModelSlot;
import io.kmerflow.schema.codec.RecordCodec;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.assertj.core.api.Assertions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** The commands around a real broker, with the bundled model and the shipped reads. */
@ExtendWith(SourceTree.class)
class KafkaCommandsITCase {
    @TempDir
    Path folder;

    /** Rows of the closing table, by call: the counts of each sample and of all. */
    private static Map<String, List<String>> closingTable(String text) {
        Map<String, List<String>> rows = new LinkedHashMap<>();
        String table = text.substring(text.indexOf("reads called"), text.indexOf(" reads, "));
        table.lines()
                .filter(line -> line.length() > 28)
                .forEach(line -> rows.put(
                        line.substring(0, 28).strip(),
                        List.of(line.substring(28).strip().split(" +"))));
        return rows;
    }

    @Test
    void quickstartAnnotatesEverySampleReadAndTheLivePageShowsTheSame() throws Exception {
        Path output = folder.resolve("annotations.jsonl");
        try (RunningCommand run = RunningCommand.start("quickstart", "--output", output, "--view", "--view-port", 0)) {
            String url = run.await(Pattern.compile("live page at (\\S+); stop"));
            assertThat(Files.readAllLines(output)).hasSize(2_100);
            assertThat(run.text()).contains("Homo sapiens", "(uncalled)", "reads/s", "2,100 reads");
            Map<String, List<String>> table = closingTable(run.text());
            assertThat(table.remove("reads called")).containsExactly("illumina", "nanopore", "all");

            JsonNode state;
            do {
                state = new ObjectMapper().readTree(URI.create(url + "state").toURL());
            } while (state.path("reads").asLong() < 2_100);
            Map<String, List<String>> onThePage = new HashMap<>();
            for (JsonNode call : state.path("calls")) {
                String label = call.path("label").asText();
                Map<String, Long> bySample = new HashMap<>();
                state.path("samples")
                        .forEach(sample -> bySample.merge(
                                sample.path("sample").asText(),
                                sample.path("calls").path(label).asLong(),
                                Long::sum));
                onThePage.put(
                        label,
                        Stream.of(
                                        bySample.get("illumina"),
                                        bySample.get("nanopore"),
                                        call.path("reads").asLong())
                                .map(reads -> String.format(Locale.ROOT, "%,d", reads))
                                .toList());
            }
            assertThat(onThePage).isEqualTo(table);
            try (Browser browser = Browser.start()) {
                browser.open(url, 1_360, false);
                browser.await("reads", "2,100");
                assertThat(browser.table("calls"))
                        .extracting(row -> row.get(0), row -> row.get(1))
                        .containsExactlyInAnyOrderElementsOf(table.entrySet().stream()
                                .map(row -> Assertions.tuple(
                                        row.getKey(), row.getValue().get(2)))
                                .toList());
                browser.picture("quickstart");
            }
        }
    }

    @Test
    void readsGoInThroughIngestAndComeOutThroughServeAndTail() throws Exception {
        Path reads = Files.writeString(
                folder.resolve("reads.fq"),
                "@r1\nACGT\n+\nIIII\n@r2\nACGTACGTAC\n+\nIIII\n@r3\nACG\n+\nIII\n@r4\nA\n+\nI\n");
        try (EmbeddedKafka kafka = EmbeddedKafka.start()) {
            String servers = kafka.bootstrapServers();
            CommandRun ingest = CommandRun.of("ingest", "--bootstrap-servers", servers, "--input", reads);
            assertThat(ingest.exitCode()).as(ingest.err()).isEqualTo(ExitCode.DEAD_LETTERS);
            assertThat(ingest.err()).contains("3 reads onto topic reads, 1 dead letters");

            CommandRun serve = CommandRun.of("serve", "--bootstrap-servers", servers, "--bounded");
            assertThat(serve.exitCode()).as(serve.err()).isEqualTo(ExitCode.FINE);

            CommandRun annotations =
                    CommandRun.of("tail", "--bootstrap-servers", servers, "--from-beginning", "--idle-seconds", 3);
            assertThat(annotations.out()).hasLineCount(4).contains(" r1 ", " r3 ", " r4 ", "(too short)");
            CommandRun lines = CommandRun.of(
                    "tail", "--bootstrap-servers", servers, "--from-beginning", "--idle-seconds", 3, "--json");
            assertThat(lines.out()).hasLineCount(3).contains("\"r1\"", "\"r3\"", "\"r4\"", "TOO_SHORT");
            CommandRun asJson = CommandRun.of(
                    "serve",
                    "--bootstrap-servers",
                    servers,
                    "--bounded",
                    "--group-id",
                    "json",
                    "--annotations-topic",
                    "annotations-json",
                    "--annotations-format",
                    "json");
            assertThat(asJson.exitCode()).as(asJson.err()).isEqualTo(ExitCode.FINE);
            assertThat(texts(servers, "annotations-json"))
                    .containsExactlyInAnyOrderElementsOf(lines.out().lines().toList());
            CommandRun deadLetters = CommandRun.of(
                    "tail",
                    "--bootstrap-servers",
                    servers,
                    "--topic",
                    "dead-letters",
                    "--from-beginning",
                    "--idle-seconds",
                    3);
            assertThat(deadLetters.out()).hasLineCount(2).contains("MALFORMED_RECORD", "reads.fq");
        }
    }

    @Test
    void createdTopicsHaveTheAskedPartitionsAndReplicas() throws Exception {
        Path reads = Files.writeString(folder.resolve("reads.fa"), ">r1\nACGT\n");
        try (EmbeddedKafka kafka = EmbeddedKafka.start();
                Admin admin = Admin.create(Map.of("bootstrap.servers", kafka.bootstrapServers()))) {
            Object[] ingest = {"ingest", "--bootstrap-servers", kafka.bootstrapServers(), "--input", reads};
            CommandRun tooMany = CommandRun.of(Stream.concat(Stream.of(ingest), Stream.of("--replication-factor", 2))
                    .toArray());
            assertThat(tooMany.exitCode()).isEqualTo(ExitCode.FAILED);
            assertThat(tooMany.err())
                    .hasLineCount(1)
                    .contains("with 4 partitions and replication factor 2, the broker refuses: ");

            CommandRun fine = CommandRun.of(
                    Stream.concat(Stream.of(ingest), Stream.of("--replication-factor", 1, "--partitions", 3))
                            .toArray());
            assertThat(fine.exitCode()).as(fine.err()).isEqualTo(ExitCode.FINE);
            assertThat(admin.describeTopics(List.of("reads", "dead-letters"))
                            .allTopicNames()
                            .get()
                            .values())
                    .allSatisfy(topic -> assertThat(topic.partitions()).hasSize(3));
        }
    }

    private static List<String> texts(String servers, String topic) {
        List<String> texts = new ArrayList<>();
        try (KafkaConsumer<byte[], byte[]> consumer = new KafkaConsumer<>(
                Map.of("bootstrap.servers", servers), new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
            List<TopicPartition> partitions = consumer.partitionsFor(topic).stream()
                    .map(partition -> new TopicPartition(topic, partition.partition()))
                    .toList();
            consumer.assign(partitions);
            consumer.seekToBeginning(partitions);
            Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
            while (partitions.stream().anyMatch(partition -> consumer.position(partition) < ends.get(partition))) {
                consumer.poll(Duration.ofMillis(100))
                        .forEach(record -> texts.add(new String(record.value(), StandardCharsets.UTF_8)));
            }
        }
        return texts;
    }

    private static ModelAnnouncement ofAnotherPublisher(ModelBundle bundle, long revision) {
        return ModelAnnouncement.newBuilder()
                .setModelName(bundle.name())
                .setSlot(ModelSlot.ACTIVE)
                .setRevision(revision)
                .setModelVersion("9")
                .setBundleUri("/models/another")
                .setBundleDigest("sha256:" + "ab".repeat(32))
                .setAnnouncedTime(Instant.now())
                .build();
    }

    private static ProducerRecord<byte[], byte[]> record(ModelAnnouncement announcement) {
        byte[] key = (announcement.getModelName() + "/active").getBytes(StandardCharsets.UTF_8);
        return new ProducerRecord<>("models", key, new RecordCodec<>(ModelAnnouncement.class).encode(announcement));
    }

    private static CommandRun publish(String servers) {
        return CommandRun.of("publish", Home.defaultModel(), "--bootstrap-servers", servers, "--wait", 0);
    }

    /** The other's announcement is written before and can be seen only after: as it is where two publish at once. */
    @Test
    void thePublisherThatIsNotTheFirstWithItsRevisionIsTold() throws Exception {
        ModelBundle bundle = ModelBundle.read(Home.defaultModel());
        try (EmbeddedKafka kafka = EmbeddedKafka.start()) {
            String servers = kafka.bootstrapServers();
            assertThat(publish(servers).out()).contains("revision 1");
            Map<String, Object> settings = Map.of("bootstrap.servers", servers, "transactional.id", "other");
            try (KafkaProducer<byte[], byte[]> other =
                            new KafkaProducer<>(settings, new ByteArraySerializer(), new ByteArraySerializer());
                    Admin admin = Admin.create(Map.of("bootstrap.servers", servers))) {
                other.initTransactions();
                other.beginTransaction();
                other.send(record(ofAnotherPublisher(bundle, 2))).get();
                CompletableFuture<CommandRun> slower = CompletableFuture.supplyAsync(() -> publish(servers));
                TopicPartition models = new TopicPartition("models", 0);
                long end = 0;
                while (end < 4 && !slower.isDone()) { // the first publication has also described its version
                    end = admin.listOffsets(Map.of(models, OffsetSpec.latest()))
                            .partitionResult(models)
                            .get()
                            .offset();
                }
                other.commitTransaction();

                CommandRun run = slower.get();
                assertThat(run.exitCode()).as(run.out()).isEqualTo(ExitCode.FAILED);
                assertThat(run.err())
                        .contains("Expected revision 2 of " + bundle.name() + " to be free on topic models")
                        .contains("another publisher has announced 9 (sha256:abab")
                        .contains("as revision 2; publish again");
            }
            CommandRun again = publish(servers);
            assertThat(again.exitCode()).as(again.err()).isEqualTo(ExitCode.FINE);
            assertThat(again.out()).contains("revision 3");
        }
    }

    @Test
    void modelsListsVersionsFromTheTopicsAlone() throws Exception {
        ModelBundle bundle = ModelBundle.read(Home.defaultModel());
        Path older = Home.directory().resolve("models/species-2.1");
        try (EmbeddedKafka kafka = EmbeddedKafka.start()) {
            String servers = kafka.bootstrapServers();
            CommandRun none = CommandRun.of("models", "--bootstrap-servers", servers);
            assertThat(none.exitCode()).isEqualTo(ExitCode.FAILED);
            assertThat(none.err()).contains("Expected a topic models at " + servers);
            assertThat(publish(servers).out()).contains("revision 1");
            CommandRun second = CommandRun.of("publish", older, "--bootstrap-servers", servers, "--wait", 0);
            assertThat(second.exitCode()).as(second.err()).isEqualTo(ExitCode.FINE);

            CommandRun list = CommandRun.of("models", "--bootstrap-servers", servers);
            assertThat(list.exitCode()).as(list.err()).isEqualTo(ExitCode.FINE);
            assertThat(list.out())
                    .contains("species " + bundle.version() + "  " + bundle.digest())
                    .contains("species 2.1  ")
                    .contains("validation.accuracy")
                    .contains("Escherichia coli")
                    .contains("answer                     none");
            CommandRun json = CommandRun.of("models", "--bootstrap-servers", servers, "--json");
            assertThat(json.out().lines()).hasSize(2).allMatch(line -> line.startsWith("{") && line.endsWith("}"));

            CommandRun diff = CommandRun.of("models", "diff", "2.1", bundle.version(), "--bootstrap-servers", servers);
            assertThat(diff.out())
                    .contains("species: 2.1  |  " + bundle.version())
                    .contains("labels added: ");
            CommandRun unknown = CommandRun.of("models", "diff", "2.1", "9", "--bootstrap-servers", servers);
            assertThat(unknown.err()).contains("Expected a version of species that was announced, got '9'");
            CommandRun rollback = CommandRun.of("models", "rollback", "--bootstrap-servers", servers);
            assertThat(rollback.exitCode()).isEqualTo(ExitCode.FAILED);
            assertThat(rollback.err()).contains("Expected a version of species that served before");
            for (Object[] wrong : new Object[][] {
                {"models", "remove"},
                {"models", "diff", "2.1"},
                {"models", "diff", "2.1", "4.1", "--json"},
                {"models", "rollback", "--wait", -1},
                {"publish", older, "--wait", -1}
            }) {
                CommandRun run =
                        CommandRun.of(Stream.concat(Stream.of(wrong), Stream.of("--bootstrap-servers", servers))
                                .toArray());
                assertThat(run.exitCode()).as(run.err()).isEqualTo(ExitCode.USAGE);
                assertThat(run.err()).startsWith("kmerflow: Expected ").hasLineCount(1);
            }
        }
    }

    @Test
    void aRevisionOutOfBoundsBlocksNoPublisher() throws Exception {
        ModelBundle bundle = ModelBundle.read(Home.defaultModel());
        try (EmbeddedKafka kafka = EmbeddedKafka.start()) {
            String servers = kafka.bootstrapServers();
            assertThat(publish(servers).out()).contains("revision 1");
            try (KafkaProducer<byte[], byte[]> other = new KafkaProducer<>(
                    Map.of("bootstrap.servers", servers), new ByteArraySerializer(), new ByteArraySerializer())) {
                other.send(record(ofAnotherPublisher(bundle, Long.MAX_VALUE))).get();
                other.send(record(ofAnotherPublisher(bundle, -1))).get();
            }
            CommandRun next = publish(servers);
            assertThat(next.exitCode()).as(next.err()).isEqualTo(ExitCode.FINE);
            assertThat(next.out()).contains("revision 2");
        }
    }

    @Test
    void matesOutOfPipesGoInAsOneFragment() throws Exception {
        Path[] pipes = {folder.resolve("first"), folder.resolve("second")};
        List<CompletableFuture<Void>> writers = new ArrayList<>();
        for (int i = 0; i < 2; i++) {
            Path pipe = pipes[i];
            String text = String.format(Locale.ROOT, "@x_R%d\nACGTACGTAC\n+\n!IIIIIIIII\n", i + 1);
            assertThat(new ProcessBuilder("mkfifo", pipe.toString()).start().waitFor())
                    .isZero();
            writers.add(CompletableFuture.runAsync(() -> {
                try {
                    Files.writeString(pipe, text);
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
            }));
        }
        try (EmbeddedKafka kafka = EmbeddedKafka.start()) {
            String servers = kafka.bootstrapServers();
            CommandRun ingest = CommandRun.of("ingest", "--bootstrap-servers", servers, "-i", pipes[0], "-2", pipes[1]);
            assertThat(ingest.exitCode()).as(ingest.err()).isEqualTo(ExitCode.FINE);
            assertThat(ingest.err())
                    .contains("2 reads onto topic reads", "1 pairs of mates, 0 of them out of step, 0 reads without");
            CommandRun reads = CommandRun.of(
                    "tail",
                    "--bootstrap-servers",
                    servers,
                    "--topic",
                    "reads",
                    "--from-beginning",
                    "--idle-seconds",
                    3);
            assertThat(reads.out()).hasLineCount(4).contains(">x/1 run=first", ">x/2 run=first");
        }
        for (CompletableFuture<Void> writer : writers) {
            writer.get(30, TimeUnit.SECONDS);
        }
    }
}
