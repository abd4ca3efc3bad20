package io.kmerflow.cli.serving;

import static org.assertj.core.api.Assertions.assertThat;

import io.kmerflow.cli.CommandRun;
import io.kmerflow.cli.SourceTree;
import io.kmerflow.cli.base.ExitCode;
import io.kmerflow.kafka.EmbeddedKafka;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** Reads and annotations in JSON, by a producer that knows nothing of Avro, from the topic to a corpus. */
@ExtendWith(SourceTree.class)
class JsonTopicsITCase {
    @TempDir
    Path folder;

    private static CommandRun run(String servers, Object... arguments) {
        Object[] all = new Object[arguments.length + 2];
        all[0] = arguments[0];
        all[1] = "--bootstrap-servers";
        all[2] = servers;
        System.arraycopy(arguments, 1, all, 3, arguments.length - 1);
        return CommandRun.of(all);
    }

    @Test
    void readsInJsonAreAnnotatedAndOtherObjectsAreDeadLettersThatNameTheField() throws Exception {
        Path reads = Files.writeString(folder.resolve("reads.fq"), "@file-json\nACGTA\n+\nIIIII\n");
        Path others = Files.writeString(folder.resolve("others.fq"), "@file-avro\nGGGTA\n+\nIIIII\n");
        try (EmbeddedKafka kafka = EmbeddedKafka.start()) {
            String servers = kafka.bootstrapServers();
            CommandRun ingest = run(servers, "ingest", "--input", reads, "--run-id", "run", "--reads-format", "json");
            assertThat(ingest.exitCode()).as(ingest.err()).isEqualTo(ExitCode.FINE);
            run(servers, "ingest", "--input", others, "--run-id", "run");
            try (KafkaProducer<byte[], byte[]> producer = new KafkaProducer<>(
                    Map.of("bootstrap.servers", servers), new ByteArraySerializer(), new ByteArraySerializer())) {
                for (String json : List.of(
                        "{\"readId\":\"sent\",\"runId\":\"run\",\"bases\":\"acgtt\",\"phredQualities\":\"IIIII\",\"lane\":4}",
                        "{\"readId\":\"no-run\",\"bases\":\"ACGTT\"}",
                        "{\"readId\":\"base64\",\"runId\":\"run\",\"bases\":\"QUNHVA==\"}")) {
                    producer.send(new ProducerRecord<>("reads", json.getBytes(StandardCharsets.UTF_8)));
                }
            }

            CommandRun serve = run(servers, "serve", "--bounded", "--annotations-format", "json");
            assertThat(serve.exitCode()).as(serve.err()).isEqualTo(ExitCode.FINE);

            CommandRun annotations = run(servers, "tail", "--from-beginning", "--max-records", 3, "--idle-seconds", 60);
            assertThat(annotations.exitCode()).as(annotations.err()).isEqualTo(ExitCode.FINE);
            assertThat(annotations.out())
                    .contains("file-json", "file-avro", "sent")
                    .contains("(too short)");
            CommandRun letters = run(
                    servers,
                    "tail",
                    "--topic",
                    "dead-letters",
                    "--from-beginning",
                    "--max-records",
                    2,
                    "--idle-seconds",
                    60);
            assertThat(letters.out())
                    .contains("UNDECODABLE", "expected a text as runId, got nothing")
                    .contains("MALFORMED_READ", "base64");
            CommandRun shown = run(
                    servers,
                    "tail",
                    "--topic",
                    "reads",
                    "--from-beginning",
                    "--max-records",
                    4,
                    "--json",
                    "--idle-seconds",
                    60);
            assertThat(shown.out()).contains("\"bases\":\"acgtt\"", "\"readId\":\"file-json\"");
            CommandRun snapshot =
                    run(servers, "snapshot", "--out", folder.resolve("corpus"), "--exclude-label", "E.coli");
            assertThat(snapshot.exitCode()).as(snapshot.err()).isEqualTo(ExitCode.FINE);
            assertThat(snapshot.out()).contains("5 reads read", "3 reads kept");
            assertThat(snapshot.err())
                    .contains(
                            "no read of the range has 'E.coli' of --exclude-label; names must be spelled as on the topics");
        }
    }
}
