package io.kmerflow.sql;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import io.kmerflow.job.model.TinyBundle;
import io.kmerflow.kafka.EmbeddedKafka;
import io.kmerflow.schema.AnnotationStatus;
import io.kmerflow.schema.ReadAnnotation;
import io.kmerflow.schema.ReadCall;
import io.kmerflow.schema.SequencedRead;
import io.kmerflow.schema.UncalledReason;
import io.kmerflow.schema.codec.RecordCodec;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.LocalDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.flink.table.api.EnvironmentSettings;
import org.apache.flink.table.api.TableEnvironment;
import org.apache.flink.table.api.TableResult;
import org.apache.flink.types.Row;
import org.apache.flink.types.RowKind;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The scripts of deploy/sql as they are, but for the broker, the bundle and an end of the topics. */
class SqlScriptsITCase {
    private static final Path SCRIPTS = Path.of("..", "..", "deploy", "sql");
    private static final Instant NOON = Instant.parse("2026-01-02T12:00:00Z");

    @TempDir
    static Path folder;

    private static EmbeddedKafka kafka;

    @BeforeAll
    static void start() throws Exception {
        kafka = EmbeddedKafka.start();
        TinyBundle.write(folder.resolve("bundle"), "1", 3, "even", "odd");
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", kafka.bootstrapServers()));
                KafkaProducer<byte[], byte[]> producer = new KafkaProducer<>(
                        Map.of("bootstrap.servers", kafka.bootstrapServers()),
                        new ByteArraySerializer(),
                        new ByteArraySerializer())) {
            admin.createTopics(List.of(
                            new NewTopic("reads", 1, (short) 1),
                            new NewTopic("annotations", 1, (short) 1),
                            new NewTopic("dead-letters", 1, (short) 1)))
                    .all()
                    .get();
            RecordCodec<ReadAnnotation> annotations = new RecordCodec<>(ReadAnnotation.class);
            for (ReadAnnotation annotation : List.of(
                    annotation("a", "barcode01", "E. coli", 0),
                    annotation("a", "barcode01", "E. coli", 59),
                    annotation("a", "barcode02", "H. sapiens", 60),
                    annotation("b", "barcode03", null, 61),
                    annotation("b", "barcode03", null, 62),
                    annotation("b", "barcode03", "E. coli", 63))) {
                producer.send(new ProducerRecord<>("annotations", annotations.encode(annotation)));
            }
            SequencedRead read = SequencedRead.newBuilder()
                    .setReadId("r")
                    .setRunId("run")
                    .setBases(ByteBuffer.wrap("ACGTTGCAACGTTGCAACGTTGCA".getBytes(StandardCharsets.US_ASCII)))
                    .build();
            producer.send(new ProducerRecord<>("reads", new RecordCodec<>(SequencedRead.class).encode(read)));
        }
    }

    @AfterAll
    static void stop() {
        kafka.close();
    }

    private static ReadAnnotation annotation(String sample, String barcode, String label, int second) {
        return ReadAnnotation.newBuilder()
                .setAnnotationId("id" + second)
                .setReadId("r" + second)
                .setRunId("run")
                .setSampleId(sample)
                .setBarcodeName(barcode)
                .setReadLength(100)
                .setStatus(label == null ? AnnotationStatus.UNCALLED : AnnotationStatus.SCORED)
                .setUncalledReason(label == null ? UncalledReason.OTHER : null)
                .setReadCall(new ReadCall(label, 0.75f))
                .setModelName("tiny")
                .setModelVersion("1")
                .setModelDigest("sha256:1")
                .setVocabularyHash("v")
                .setAnnotatedTime(NOON.plusSeconds(second))
                .build();
    }

    private static String script(String name) throws IOException {
        return Files.readString(SCRIPTS.resolve(name))
                .replaceAll("(?m)^--.*\n", "")
                .replace("localhost:9092", kafka.bootstrapServers())
                .replace(
                        "/opt/kmerflow/models/species", folder.resolve("bundle").toString())
                .replace("'scan.startup.mode'", "'scan.bounded.mode' = 'latest-offset', 'scan.startup.mode'");
    }

    /** Rows of the last statement of a script, after tables.sql; of an aggregate the last row of each group. */
    private static List<Row> run(String name) throws IOException {
        TableEnvironment sql = TableEnvironment.create(
                EnvironmentSettings.newInstance().inStreamingMode().build());
        sql.getConfig().set("parallelism.default", "1");
        TableResult last = null;
        for (String statement : (script("tables.sql") + script(name)).split(";\\s*\n")) {
            last = sql.executeSql(statement);
        }
        List<Row> rows = new ArrayList<>();
        last.collect().forEachRemaining(row -> {
            if (row.getKind() == RowKind.UPDATE_BEFORE) {
                row.setKind(RowKind.INSERT);
                rows.remove(row);
            } else {
                row.setKind(RowKind.INSERT);
                rows.add(row);
            }
        });
        return rows;
    }

    @Test
    void callsPerMinute() throws IOException {
        assertThat(run("calls-per-minute.sql"))
                .extracting(
                        row -> ((LocalDateTime) row.getField(0)).getMinute(),
                        row -> row.getField(1),
                        row -> row.getField(2))
                .containsExactlyInAnyOrder(
                        tuple(0, "E. coli", 2L),
                        tuple(1, "H. sapiens", 1L),
                        tuple(1, "UNCALLED", 2L),
                        tuple(1, "E. coli", 1L));
    }

    @Test
    void callsJoinedWithASampleSheet() throws IOException {
        assertThat(run("sample-sheet.sql"))
                .containsExactlyInAnyOrder(
                        Row.of("patient 1", "E. coli", 2L, 200), Row.of("patient 2", "H. sapiens", 1L, 100));
    }

    @Test
    void samplesOfUnknownOrganisms() throws IOException {
        assertThat(run("other-share.sql"))
                .singleElement()
                .satisfies(row -> assertThat(row.getField(1)).isEqualTo("b"))
                .satisfies(row ->
                        assertThat(((Number) row.getField(2)).doubleValue()).isBetween(0.66, 0.67));
    }

    @Test
    void predictionsWithoutTheJob() throws IOException {
        assertThat(run("predict.sql")).singleElement().satisfies(row -> {
            assertThat(row.getField(0)).isEqualTo("r");
            assertThat(row.getField(1)).isIn("even", "odd");
            assertThat(row.getField(3)).isEqualTo("SCORED");
            assertThat(row.getField(4)).isEqualTo(0.5);
            assertThat(row.getField(5)).isNull();
        });
    }
}
