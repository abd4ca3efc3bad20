package io.kmerflow.cli.serving;

import static org.assertj.core.api.Assertions.assertThat;

import io.kmerflow.cli.CommandRun;
import io.kmerflow.cli.SourceTree;
import io.kmerflow.cli.base.ExitCode;
import io.kmerflow.cli.topic.TopicFormat;
import io.kmerflow.cli.topic.TopicReader;
import io.kmerflow.kafka.EmbeddedKafka;
import io.kmerflow.schema.ModelAnnouncement;
import io.kmerflow.schema.ModelEvent;
import io.kmerflow.schema.ModelOutcome;
import io.kmerflow.schema.ModelSlot;
import io.kmerflow.schema.SequencedRead;
import io.kmerflow.schema.codec.RecordCodec;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.acl.AccessControlEntry;
import org.apache.kafka.common.acl.AclBinding;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.acl.AclPermissionType;
import org.apache.kafka.common.resource.PatternType;
import org.apache.kafka.common.resource.ResourcePattern;
import org.apache.kafka.common.resource.ResourceType;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Topics that are not as a command needs them, on a broker with logins: one sentence each, or everything but the bad records. */
@ExtendWith(SourceTree.class)
class TopicErrorsITCase {
    private static final String LOGIN =
            "org.apache.kafka.common.security.plain.PlainLoginModule required username=\"%s\" password=\"%s\"";

    private static EmbeddedKafka kafka;
    private static Admin admin;

    @TempDir
    Path folder;

    @BeforeAll
    static void startBroker() throws Exception {
        Map<String, String> broker = new HashMap<>();
        broker.put("listener.security.protocol.map", "PLAINTEXT:SASL_PLAINTEXT,CONTROLLER:PLAINTEXT");
        broker.put("sasl.enabled.mechanisms", "PLAIN");
        broker.put("sasl.mechanism.inter.broker.protocol", "PLAIN");
        broker.put(
                "listener.name.plaintext.plain.sasl.jaas.config",
                String.format(Locale.ROOT, LOGIN, "admin", "admin") + " user_admin=\"admin\" user_job=\"job\";");
        broker.put("authorizer.class.name", "org.apache.kafka.metadata.authorizer.StandardAuthorizer");
        broker.put("super.users", "User:admin;User:ANONYMOUS");
        kafka = new EmbeddedKafka(broker);
        admin = Admin.create(clients("admin"));
    }

    @AfterAll
    static void stopBroker() {
        admin.close();
        kafka.close();
    }

    private static Map<String, Object> clients(String user) {
        return new HashMap<>(Map.of(
                "bootstrap.servers",
                kafka.bootstrapServers(),
                "security.protocol",
                "SASL_PLAINTEXT",
                "sasl.mechanism",
                "PLAIN",
                "sasl.jaas.config",
                String.format(Locale.ROOT, LOGIN, user, user) + ";"));
    }

    private static void topic(String name, Map<String, String> settings) throws Exception {
        admin.createTopics(List.of(new NewTopic(name, 1, (short) 1).configs(settings)))
                .all()
                .get();
    }

    private static void allow(ResourceType type, String name, AclOperation operation) throws Exception {
        admin.createAcls(List.of(new AclBinding(
                        new ResourcePattern(type, name, PatternType.LITERAL),
                        new AccessControlEntry("User:job", "*", operation, AclPermissionType.ALLOW))))
                .all()
                .get();
    }

    private static CommandRun run(String user, Object... words) {
        List<Object> all = new ArrayList<>(List.of(words));
        clients(user).forEach((key, value) -> {
            if (key.equals("bootstrap.servers")) {
                all.addAll(List.of("--bootstrap-servers", value));
            } else {
                all.addAll(List.of("--kafka-property", key + "=" + value));
            }
        });
        return CommandRun.of(all.toArray());
    }

    private static void assertSentence(CommandRun run, String... parts) {
        assertThat(run.exitCode()).as(run.err()).isEqualTo(ExitCode.FAILED);
        assertThat(run.err()).contains(parts).hasLineCount(1);
    }

    private static void produce(String topic, byte[]... values) throws Exception {
        try (KafkaProducer<byte[], byte[]> producer =
                new KafkaProducer<>(clients("admin"), new ByteArraySerializer(), new ByteArraySerializer())) {
            for (byte[] value : values) {
                producer.send(new ProducerRecord<>(topic, value)).get();
            }
        }
    }

    private static byte[] read(String id) {
        SequencedRead read = new SequencedRead();
        read.setReadId(id);
        read.setMate(0);
        read.setRunId("run");
        read.setBases(ByteBuffer.wrap("ACGT".getBytes(StandardCharsets.US_ASCII)));
        read.setFiltered(false);
        read.setAttributes(Map.of());
        return new RecordCodec<>(SequencedRead.class).encode(read);
    }

    @Test
    void ingestAndServeAndTailWithoutPermissionSayWhichOne() throws Exception {
        for (String topic : List.of("d-reads", "d-letters", "d-annotations")) {
            topic(topic, Map.of("max.message.bytes", "33554432"));
            allow(ResourceType.TOPIC, topic, AclOperation.DESCRIBE);
        }
        Path reads = Files.writeString(folder.resolve("reads.fq"), "@r1\nACGT\n+\nIIII\n");
        assertSentence(
                run("job", "ingest", "--input", reads, "--reads-topic", "d-reads", "--dead-letters-topic", "d-letters"),
                "permission to write to topic d-reads");
        assertSentence(
                run(
                        "job",
                        "serve",
                        "--reads-topic",
                        "d-reads",
                        "--annotations-topic",
                        "d-annotations",
                        "--dead-letters-topic",
                        "d-letters"),
                "permission to read topic d-reads");
        assertSentence(
                run("job", "tail", "--topic", "reads", "--reads-topic", "d-reads", "--from-beginning"),
                "permission to read topic 'd-reads'");
    }

    @Test
    void tailGoesOnPastRecordsThatCannotBeDecoded() throws Exception {
        topic("mixed", Map.of());
        produce("mixed", read("a"), new byte[] {1, 2, 3}, null, read("b"));

        CommandRun tail = run(
                "admin", "tail", "--topic", "reads", "--reads-topic", "mixed", "--from-beginning", "--max-records", 2);

        assertThat(tail.out()).contains(">a run=run", ">b run=run");
        assertThat(tail.err())
                .contains("left out topic mixed, partition 0, offset 1 (1 so far): Expected a SequencedRead")
                .contains(
                        "left out topic mixed, partition 0, offset 2 (2 so far): Expected a SequencedRead, got no value")
                .hasLineCount(2);
        assertThat(tail.exitCode()).isEqualTo(ExitCode.REJECTED);
    }

    @Test
    void tailTakesTopicsAsTheyAreSpelledAndShowsModels() throws Exception {
        topic("models", Map.of());
        topic("model-events", Map.of());
        produce(
                "models",
                new RecordCodec<>(ModelAnnouncement.class)
                        .encode(ModelAnnouncement.newBuilder()
                                .setModelName("species")
                                .setSlot(ModelSlot.ACTIVE)
                                .setRevision(7)
                                .setModelVersion("2")
                                .setBundleUri("/models/species-2")
                                .setBundleDigest("sha256:ab")
                                .setAnnouncedTime(Instant.EPOCH)
                                .build()));
        produce(
                "model-events",
                new RecordCodec<>(ModelEvent.class)
                        .encode(ModelEvent.newBuilder()
                                .setModelName("species")
                                .setSlot(ModelSlot.ACTIVE)
                                .setRevision(7)
                                .setSubtask(0)
                                .setOutcome(ModelOutcome.COMMITTED)
                                .setEventTime(Instant.EPOCH)
                                .build()));
        for (String spelling : List.of("models", "MODELS")) {
            CommandRun models = run("admin", "tail", "--topic", spelling, "--from-beginning", "--max-records", 1);
            assertThat(models.exitCode()).as(models.err()).isEqualTo(ExitCode.FINE);
            assertThat(models.out()).contains("/models/species-2", " 7 ").hasLineCount(2);
        }
        for (String spelling : List.of("model-events", "model_events", "MODEL_EVENTS")) {
            CommandRun events = run("admin", "tail", "--topic", spelling, "--from-beginning", "--max-records", 1);
            assertThat(events.out()).contains("COMMITTED");
        }
        CommandRun unknown = run("admin", "tail", "--topic", "letters");
        assertThat(unknown.exitCode()).isEqualTo(ExitCode.USAGE);
        assertThat(unknown.err())
                .contains("dead-letters", "model-events", "'letters'")
                .hasLineCount(1);
    }

    @Test
    void tailSaysThatItsTopicIsAbsentOrGone() throws Exception {
        assertSentence(run("admin", "tail", "--topic", "reads", "--reads-topic", "never"), "Expected a topic 'never'");
        topic("passing", Map.of());
        produce("passing", read("a"), read("b"), read("c"));
        CompletableFuture<CommandRun> tail = CompletableFuture.supplyAsync(
                () -> run("admin", "tail", "--topic", "reads", "--reads-topic", "passing", "--from-beginning"));
        produce("passing", read("d"));
        admin.deleteTopics(List.of("passing")).all().get();

        CommandRun gone = tail.get(2, TimeUnit.MINUTES);
        assertThat(gone.exitCode()).isEqualTo(ExitCode.FAILED);
        assertThat(gone.err()).contains("topic 'passing'").hasLineCount(1);
    }

    /** With more records than the old one had, its offsets are all there; with fewer, the place to go on at is not. */
    @ParameterizedTest
    @ValueSource(ints = {1, 5})
    @Timeout(120)
    void aTopicThatIsCreatedAnewIsReadFromItsStart(int records) throws Exception {
        String name = "anew" + records;
        topic(name, Map.of());
        produce(name, read("a"), read("b"), read("c"));
        List<String> notices = new ArrayList<>();
        Map<String, String> clients = new HashMap<>();
        clients("admin").forEach((key, value) -> clients.put(key, value.toString()));
        try (TopicReader<SequencedRead> reader = new TopicReader<>(
                kafka.bootstrapServers(),
                clients,
                name,
                SequencedRead.class,
                TopicFormat.AVRO,
                TopicReader.Start.BEGINNING,
                notices::add)) {
            List<String> seen = new ArrayList<>();
            while (seen.size() < 3) {
                reader.poll(Duration.ofMillis(100)).forEach(read -> seen.add(read.getReadId()));
            }
            seen.clear();
            admin.deleteTopics(List.of(name)).all().get();
            while (admin.listTopics().names().get().contains(name)) {
                reader.poll(Duration.ofMillis(100));
            }
            topic(name, Map.of());
            List<String> written = new ArrayList<>();
            for (int i = 0; i < records; i++) {
                written.add("new" + i);
                produce(name, read("new" + i));
            }
            while (notices.isEmpty() || !seen.containsAll(written)) {
                reader.poll(Duration.ofMillis(100)).forEach(read -> seen.add(read.getReadId()));
            }
            assertThat(seen).containsSubsequence(written).isSubsetOf(written);
        }
        assertThat(notices)
                .containsExactly(String.format(
                        Locale.ROOT, "topic '%s' was deleted and created anew; it is shown from its start", name));
    }

    @Test
    void topicsOfSmallerRecordsNeedALimitOfTheirOwn() throws Exception {
        topic("s-reads", Map.of());
        topic("s-letters", Map.of());
        Path reads =
                Files.writeString(folder.resolve("reads.fa"), ">small\nACGT\n>large\n" + "ACGT".repeat(400_000) + "\n");
        Object[] ingest = {"ingest", "--input", reads, "--reads-topic", "s-reads", "--dead-letters-topic", "s-letters"};
        assertSentence(run("admin", ingest), "topic s-reads to take records of 33554432 bytes", "max-message-bytes");

        List<Object> limited = new ArrayList<>(List.of(ingest));
        limited.addAll(List.of("--max-message-bytes", 1_048_588));
        CommandRun done = run("admin", limited.toArray());
        assertThat(done.exitCode()).as(done.err()).isEqualTo(ExitCode.DEAD_LETTERS);
        assertThat(done.err()).contains("1 reads onto topic s-reads, 1 dead letters");
        CommandRun letters = run(
                "admin",
                "tail",
                "--topic",
                "dead-letters",
                "--dead-letters-topic",
                "s-letters",
                "--from-beginning",
                "--max-records",
                1);
        assertThat(letters.out()).contains("READ_TOO_LARGE", "1048588");
    }
}
