package io.kmerflow.connect;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.kmerflow.kafka.EmbeddedKafka;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The configuration of {@code examples/connect} in a worker of Kafka Connect, behind the command that serves. */
@Timeout(300)
class ConnectITCase {
    private static final Path ROOT = Path.of("../..").toAbsolutePath().normalize();
    private static final Path CONFIGURATION = ROOT.resolve("examples/connect");
    private static final long POLL_NANOS = 100_000_000;

    @TempDir
    private Path folder;

    @Test
    void annotationsOfTheJobAreInTheFile() throws Exception {
        Path reads = Files.writeString(folder.resolve("reads.fa"), ">r1\nACGTACGT\n>r2\nACGTACGA\n");
        try (EmbeddedKafka kafka = EmbeddedKafka.start()) {
            String servers = kafka.bootstrapServers();
            kmerflow("ingest", "--bootstrap-servers", servers, "--input", reads.toString());
            kmerflow("serve", "--bootstrap-servers", servers, "--bounded", "--annotations-format", "json");

            assertThat(connected(servers, 2))
                    .extracting(line ->
                            new ObjectMapper().readTree(line).path("readId").asText())
                    .containsExactlyInAnyOrder("r1", "r2");
        }
    }

    private void kmerflow(String... words) throws Exception {
        List<String> line = new ArrayList<>(List.of(ROOT.resolve("kmerflow").toString()));
        line.addAll(List.of(words));
        Path output = folder.resolve(words[0] + ".out");
        ProcessBuilder builder = new ProcessBuilder(line)
                .directory(folder.toFile())
                .redirectErrorStream(true)
                .redirectOutput(output.toFile());
        builder.environment().put("KMERFLOW_NO_BUILD", "1");
        assertThat(builder.start().waitFor()).as(() -> text(output)).isZero();
    }

    /** What a worker has written to the file of the example, once there are that many lines. */
    private List<String> connected(String servers, int lines) throws Exception {
        Path worker = Files.writeString(
                folder.resolve("worker.properties"),
                Files.readString(CONFIGURATION.resolve("worker.properties")).replace("localhost:9092", servers)
                        + "\nplugin.path=" + Path.of("target/plugins").toAbsolutePath() + "\n");
        Path log = folder.resolve("connect.log");
        Process connect = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin/java").toString(),
                        "-Xmx256m",
                        "-cp",
                        System.getProperty("java.class.path"),
                        "org.apache.kafka.connect.cli.ConnectStandalone",
                        worker.toString(),
                        CONFIGURATION.resolve("file-sink.properties").toString())
                .directory(folder.toFile())
                .redirectErrorStream(true)
                .redirectOutput(log.toFile())
                .start();
        try {
            List<String> written = List.of();
            while (written.size() < lines) {
                assertThat(connect.isAlive()).as(() -> text(log)).isTrue();
                LockSupport.parkNanos(POLL_NANOS);
                written = text(folder.resolve("annotations.jsonl")).lines().toList();
            }
            return written;
        } finally {
            connect.destroyForcibly().waitFor();
        }
    }

    private static String text(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            return "";
        }
    }
}
