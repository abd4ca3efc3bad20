package io.kmerflow.cli.serving;

import static org.assertj.core.api.Assertions.assertThat;

import io.kmerflow.cli.CommandRun;
import io.kmerflow.cli.ExitCode;
import io.kmerflow.cli.SourceTree;
import io.kmerflow.kafka.EmbeddedKafka;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
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

    @Test
    void matesOutOfPipesGoInAsOneFragment() throws Exception {
        Path[] pipes = {folder.resolve("first"), folder.resolve("second")};
        List<CompletableFuture<Void>> writers = new ArrayList<>();
        for (int i = 0; i < 2; i++) {
            Path pipe = pipes[i];
            String text = "@x_R%d\nACGTACGTAC\n+\n!IIIIIIIII\n".formatted(i + 1);
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
