package io.kmerflow.cli.serving;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.kmerflow.cli.CommandRun;
import io.kmerflow.cli.SourceTree;
import io.kmerflow.kafka.EmbeddedKafka;
import io.kmerflow.schema.AnnotationStatus;
import io.kmerflow.schema.ReadAnnotation;
import io.kmerflow.schema.ReadCall;
import io.kmerflow.schema.codec.RecordCodec;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** The programs in {@code examples} read what the job writes. */
@ExtendWith(SourceTree.class)
class ExamplesITCase {
    private static final Path EXAMPLES = SourceTree.ROOT.resolve("examples");

    @TempDir
    Path schemas;

    @BeforeEach
    void writeSchemas() {
        assertThat(CommandRun.of("schemas", "--out", schemas, "--all-versions").exitCode())
                .isZero();
    }

    private static byte[] annotation(String readId, String label) {
        return new RecordCodec<>(ReadAnnotation.class)
                .encode(ReadAnnotation.newBuilder()
                        .setAnnotationId("a")
                        .setReadId(readId)
                        .setMate(0)
                        .setRunId("run")
                        .setReadLength(150)
                        .setStatus(AnnotationStatus.SCORED)
                        .setReadCall(new ReadCall(label, 0.5f))
                        .setCalls(List.of())
                        .setModelName("species")
                        .setModelVersion("2")
                        .setModelDigest("sha256:ab")
                        .setVocabularyHash("v")
                        .setPrecision("fp32")
                        .setAnnotatedTime(Instant.EPOCH)
                        .build());
    }

    private static String output(List<String> command) throws Exception {
        Process process = new ProcessBuilder(command)
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        return process.waitFor() == 0 ? output : null;
    }

    @Test
    void javaConsumerPrintsEveryAnnotation() throws Exception {
        try (EmbeddedKafka kafka = EmbeddedKafka.start()) {
            Map<String, Object> settings = Map.of("bootstrap.servers", kafka.bootstrapServers());
            try (Admin admin = Admin.create(settings);
                    KafkaProducer<byte[], byte[]> producer =
                            new KafkaProducer<>(settings, new ByteArraySerializer(), new ByteArraySerializer())) {
                admin.createTopics(List.of(new NewTopic("annotations", 2, (short) 1)))
                        .all()
                        .get();
                producer.send(new ProducerRecord<>("annotations", 0, null, annotation("r1", "Homo sapiens")))
                        .get();
                producer.send(new ProducerRecord<>("annotations", 1, null, annotation("r2", null)))
                        .get();
            }
            String output = output(List.of(
                    Path.of(System.getProperty("java.home"), "bin/java").toString(),
                    "-cp",
                    System.getProperty("java.class.path"),
                    EXAMPLES.resolve("java/AnnotationConsumer.java").toString(),
                    kafka.bootstrapServers(),
                    schemas.toString()));

            assertThat(output.lines()).containsExactlyInAnyOrder("r1\tSCORED\tHomo sapiens", "r2\tSCORED\tnull");
        }
    }

    @Test
    void pythonExampleDecodesAnAnnotation() throws Exception {
        assumeTrue(output(List.of("python3", "-c", "import fastavro")) != null, "fastavro is not installed");
        String output = output(List.of(
                "python3",
                "-c",
                "import sys; sys.path.insert(0, sys.argv[1]); import consume_annotations as c;"
                        + " read = c.decode(bytes.fromhex(sys.argv[3]), c.load_schemas(sys.argv[2]));"
                        + " print(read['readId'], read['status'], read['readCall']['label'])",
                EXAMPLES.resolve("python").toString(),
                schemas.toString(),
                HexFormat.of().formatHex(annotation("r1", "Homo sapiens"))));

        assertThat(output).isEqualTo("r1 SCORED Homo sapiens\n");
    }
}
