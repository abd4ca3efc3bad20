package io.kmerflow.cli.serving;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import io.apicurio.registry.serde.SerdeConfig;
import io.apicurio.registry.serde.avro.AvroKafkaDeserializer;
import io.apicurio.registry.serde.avro.AvroKafkaSerdeConfig;
import io.apicurio.registry.serde.avro.AvroKafkaSerializer;
import io.kmerflow.cli.CommandRun;
import io.kmerflow.cli.SourceTree;
import io.kmerflow.cli.base.ExitCode;
import io.kmerflow.kafka.EmbeddedKafka;
import io.kmerflow.schema.SequencedRead;
import io.kmerflow.schema.codec.RecordCodec;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.avro.generic.GenericRecord;
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
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** Confluent's wire format with a real registry, and with Apicurio's serializers as the other side. */
@ExtendWith(SourceTree.class)
class RegistryITCase {
    @TempDir
    static Path folder;

    private static EmbeddedKafka kafka;
    private static RegistryProcess registry;

    @BeforeAll
    static void start() throws Exception {
        registry = RegistryProcess.start(folder.resolve("registry.log"));
        kafka = EmbeddedKafka.start();
    }

    @AfterAll
    static void stop() {
        kafka.close();
        registry.close();
    }

    private static CommandRun run(Object... words) {
        List<Object> all = new ArrayList<>(List.of(words));
        all.addAll(
                List.of("--bootstrap-servers", kafka.bootstrapServers(), "--schema-registry", registry.confluentUrl()));
        return CommandRun.of(all.toArray());
    }

    private static Path reads(String... names) throws Exception {
        StringBuilder text = new StringBuilder();
        for (String name : names) {
            text.append('@').append(name).append("\nACGT\n+\nIIII\n");
        }
        return Files.writeString(Files.createTempFile(folder, "reads", ".fq"), text);
    }

    /** Settings of Apicurio's client for Confluent's format, whose ids are those of contents. */
    private static Map<String, Object> apicurio() {
        return Map.of(
                SerdeConfig.REGISTRY_URL, registry.apicurioUrl(),
                SerdeConfig.ENABLE_HEADERS, false,
                SerdeConfig.ENABLE_CONFLUENT_ID_HANDLER, true,
                SerdeConfig.USE_ID, "contentId",
                SerdeConfig.FIND_LATEST_ARTIFACT, true,
                AvroKafkaSerdeConfig.USE_SPECIFIC_AVRO_READER, false);
    }

    private static SequencedRead read(String name) {
        return SequencedRead.newBuilder()
                .setReadId(name)
                .setRunId("run")
                .setBases(ByteBuffer.wrap("ACGT".getBytes(StandardCharsets.US_ASCII)))
                .build();
    }

    /** One read by a foreign serializer, one in single-object encoding, one with an id that no schema has. */
    private static void produce(String topic) {
        byte[] unknown = {0, 0x7f, 0, 0, 0, 1, 2, 3};
        try (AvroKafkaSerializer<SequencedRead> foreign = new AvroKafkaSerializer<>();
                KafkaProducer<byte[], byte[]> producer = new KafkaProducer<>(
                        Map.of("bootstrap.servers", kafka.bootstrapServers()),
                        new ByteArraySerializer(),
                        new ByteArraySerializer())) {
            foreign.configure(apicurio(), false);
            producer.send(new ProducerRecord<>(topic, foreign.serialize(topic, read("foreign"))));
            producer.send(new ProducerRecord<>(topic, new RecordCodec<>(SequencedRead.class).encode(read("single"))));
            producer.send(new ProducerRecord<>(topic, unknown));
        }
    }

    private static List<GenericRecord> consume(String topic) {
        List<GenericRecord> records = new ArrayList<>();
        Map<String, Object> settings = new HashMap<>(Map.of("bootstrap.servers", kafka.bootstrapServers()));
        try (AvroKafkaDeserializer<GenericRecord> foreign = new AvroKafkaDeserializer<>();
                KafkaConsumer<byte[], byte[]> consumer =
                        new KafkaConsumer<>(settings, new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
            foreign.configure(apicurio(), false);
            List<TopicPartition> partitions = consumer.partitionsFor(topic).stream()
                    .map(partition -> new TopicPartition(topic, partition.partition()))
                    .toList();
            consumer.assign(partitions);
            consumer.seekToBeginning(partitions);
            Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
            while (partitions.stream().anyMatch(partition -> consumer.position(partition) < ends.get(partition))) {
                for (ConsumerRecord<byte[], byte[]> record : consumer.poll(Duration.ofMillis(100))) {
                    records.add(foreign.deserialize(topic, record.value()));
                }
            }
        }
        return records;
    }

    @Test
    void readsAndAnnotationsAreExchangedWithAForeignImplementation() throws Exception {
        registry.mode("FULL_TRANSITIVE");
        CommandRun ingest = run("ingest", "--input", reads("r1", "r2"), "--reads-format", "confluent");
        assertThat(ingest.exitCode()).as(ingest.err()).isEqualTo(ExitCode.FINE);
        assertThat(consume("reads"))
                .extracting(read -> read.get("readId").toString())
                .containsExactlyInAnyOrder("r1", "r2");
        produce("reads");

        CommandRun serve =
                run("serve", "--bounded", "--reads-format", "confluent", "--annotations-format", "confluent");
        assertThat(serve.exitCode()).as(serve.err()).isEqualTo(ExitCode.FINE);

        assertThat(consume("annotations"))
                .extracting(
                        read -> read.get("readId").toString(),
                        read -> read.get("status").toString())
                .containsExactlyInAnyOrder(
                        tuple("r1", "TOO_SHORT"),
                        tuple("r2", "TOO_SHORT"),
                        tuple("foreign", "TOO_SHORT"),
                        tuple("single", "TOO_SHORT"));
        CommandRun tail = run("tail", "--from-beginning", "--max-records", 4, "--json");
        assertThat(tail.out()).contains("\"r1\"", "\"foreign\"", "\"single\"");
        CommandRun deadLetters = run("tail", "--topic", "dead-letters", "--from-beginning", "--max-records", 1);
        assertThat(deadLetters.out()).contains("UNDECODABLE", "schema 2130706432");
        assertThat(registry.subjects()).contains("reads-value", "annotations-value");
        CommandRun snapshot = run("snapshot", "--out", folder.resolve("corpus"), "--status", "TOO_SHORT");
        assertThat(snapshot.out())
                .as(snapshot.err())
                .contains(
                        "5 reads read", "1 left out: dead-letter-UNDECODABLE", "3 left out: duplicates", "1 reads kept")
                .doesNotContain("undecodable-annotations");
    }

    @Test
    void aRegistryThatChecksNothingGetsNoSchema() throws Exception {
        registry.mode("NONE");
        CommandRun ingest =
                run("ingest", "--input", reads("r"), "--reads-format", "confluent", "--reads-topic", "unchecked");

        assertThat(ingest.exitCode()).isEqualTo(ExitCode.FAILED);
        assertThat(ingest.err())
                .contains("compatibility of subject unchecked-value", "NONE")
                .hasLineCount(1);
        assertThat(registry.subjects()).doesNotContain("unchecked-value");
    }

    @Test
    void aSubjectWithAnIncompatibleSchemaIsLeftAsItIs() throws Exception {
        registry.mode("FULL_TRANSITIVE");
        String other =
                "{\\\"type\\\":\\\"record\\\",\\\"name\\\":\\\"ReadAnnotation\\\",\\\"namespace\\\":\\\"io.kmerflow.schema\\\","
                        + "\\\"fields\\\":[{\\\"name\\\":\\\"colour\\\",\\\"type\\\":\\\"string\\\"}]}";
        assertThat(registry.send("POST", "/subjects/taken-value/versions", "{\"schema\":\"" + other + "\"}")
                        .statusCode())
                .isEqualTo(200);
        CommandRun serve =
                run("serve", "--bounded", "--annotations-format", "confluent", "--annotations-topic", "taken");

        assertThat(serve.exitCode()).isEqualTo(ExitCode.FAILED);
        assertThat(serve.err())
                .contains("compatible (FULL_TRANSITIVE)", "taken-value")
                .hasLineCount(1);
        assertThat(registry.send("GET", "/subjects/taken-value/versions", "").body())
                .isEqualTo("[1]");
    }

    @Test
    void theFormatNeedsARegistry() {
        CommandRun serve =
                CommandRun.of("serve", "--bootstrap-servers", "127.0.0.1:1", "--annotations-format", "confluent");

        assertThat(serve.exitCode()).isEqualTo(ExitCode.FAILED);
        assertThat(serve.err()).contains("schema registry").hasLineCount(1);
    }
}
