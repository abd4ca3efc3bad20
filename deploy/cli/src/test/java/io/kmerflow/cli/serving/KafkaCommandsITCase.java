package io.kmerflow.cli.serving;

import static org.assertj.core.api.Assertions.assertThat;

import io.kmerflow.cli.CommandRun;
import io.kmerflow.cli.ExitCode;
import io.kmerflow.cli.SourceTree;
import io.kmerflow.kafka.EmbeddedKafka;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** The commands around a real broker, with the bundled model and the shipped reads. */
@ExtendWith(SourceTree.class)
class KafkaCommandsITCase {
    @TempDir
    Path folder;

    @Test
    void quickstartAnnotatesEverySampleRead() throws Exception {
        Path output = folder.resolve("annotations.jsonl");
        CommandRun run = CommandRun.of("quickstart", "--output", output);
        assertThat(run.exitCode()).as(run.err()).isEqualTo(ExitCode.FINE);
        assertThat(Files.readAllLines(output)).hasSize(2_100);
        assertThat(run.out()).contains("Homo sapiens", "(uncalled)", "reads/s", "2,100 reads");
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
            assertThat(annotations.out()).hasLineCount(3).contains("\"r1\"", "\"r3\"", "\"r4\"", "TOO_SHORT");
            CommandRun deadLetters = CommandRun.of(
                    "tail",
                    "--bootstrap-servers",
                    servers,
                    "--topic",
                    "dead-letters",
                    "--from-beginning",
                    "--idle-seconds",
                    3);
            assertThat(deadLetters.out()).hasLineCount(1).contains("MALFORMED_RECORD", "reads.fq");
        }
    }
}
