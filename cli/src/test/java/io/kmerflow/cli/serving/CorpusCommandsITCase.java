package io.kmerflow.cli.serving;

import static org.assertj.core.api.Assertions.assertThat;

import io.kmerflow.cli.CommandRun;
import io.kmerflow.cli.SourceTree;
import io.kmerflow.cli.base.ExitCode;
import io.kmerflow.corpus.store.CorpusFolder;
import io.kmerflow.kafka.EmbeddedKafka;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** From reads on a topic to a corpus and out of it again, by command. */
@ExtendWith(SourceTree.class)
class CorpusCommandsITCase {
    @TempDir
    Path folder;

    private static List<String> names(Path corpus) throws Exception {
        List<String> names = new ArrayList<>();
        CorpusFolder.open(corpus).read(read -> names.add(read.getReadId() + " " + read.getLabel()));
        return names.stream().sorted().toList();
    }

    private CommandRun forget(Path list, Path corpus, String servers) {
        return CommandRun.of(
                "forget",
                "--read-list",
                list,
                "--corpus",
                corpus,
                "--models",
                folder.resolve("models"),
                "--bootstrap-servers",
                servers);
    }

    @Test
    void labelledReadsBecomeACorpusAndCanBeForgotten() throws Exception {
        Path reads = Files.writeString(
                folder.resolve("reads.fq"),
                "@r1\nACGTT\n+\nIIIII\n@r2\nGGGTT\n+\nIIIII\n@r3\nACCCA\n+\nIIIII\n@r4\nTTTCA\n+\nIIIII\n");
        Path labels = Files.writeString(
                folder.resolve("labels.tsv"), "read_id\tlabel\nr1\tHomo sapiens\nr2\tE. coli\nr3\tE. coli\nr4\n");
        Path corpus = folder.resolve("corpus");
        try (EmbeddedKafka kafka = EmbeddedKafka.start()) {
            String servers = kafka.bootstrapServers();
            CommandRun.of("ingest", "--bootstrap-servers", servers, "--input", reads, "--run-id", "run");
            CommandRun label = CommandRun.of(
                    "label",
                    "--bootstrap-servers",
                    servers,
                    "--input",
                    labels,
                    "--source",
                    "curator",
                    "--run-id",
                    "run");
            assertThat(label.exitCode()).as(label.err()).isEqualTo(ExitCode.DEAD_LETTERS);
            assertThat(label.err())
                    .contains("3 labels onto topic labels, 1 dead letters", "first of them: ", "line ", "Expected");

            CommandRun snapshot = CommandRun.of(
                    "snapshot",
                    "--bootstrap-servers",
                    servers,
                    "--out",
                    corpus,
                    "--exclude-label",
                    "Homo sapiens",
                    "--parallelism",
                    2);
            assertThat(snapshot.exitCode()).as(snapshot.err()).isEqualTo(ExitCode.FINE);
            assertThat(snapshot.out())
                    .contains(
                            "4 reads read",
                            "1 left out: excluded-label",
                            "3 reads kept, 15 bases",
                            "2 labelled E. coli");
            assertThat(names(corpus)).containsExactly("r2 E. coli", "r3 E. coli", "r4 null");

            Path model = Files.createDirectories(folder.resolve("models/one"));
            Files.writeString(
                    model.resolve("provenance.json"),
                    "\"" + CorpusFolder.open(corpus).manifest().readsDigest() + "\"");
            Path list = Files.writeString(folder.resolve("list.tsv"), "r2\trun\n");
            CommandRun forget = forget(list, corpus, servers);
            assertThat(forget.exitCode()).as(forget.err()).isEqualTo(ExitCode.FINE);
            assertThat(forget.out())
                    .contains(
                            "1 reads taken out of " + corpus,
                            "1 labels withdrawn on topic labels",
                            "1 models, training runs or corpora split off that saw reads taken out:",
                            model.toString())
                    .doesNotContain("lines of the list");
            assertThat(names(corpus)).containsExactly("r3 E. coli", "r4 null");
            Files.writeString(list, "r2\trun\nr9\n");
            CommandRun again = forget(list, corpus, servers);
            assertThat(again.exitCode()).as(again.err()).isEqualTo(ExitCode.FINE);
            assertThat(again.out())
                    .contains(
                            "0 reads taken out of " + corpus,
                            "0 labels withdrawn",
                            "1 of 2 lines of the list mean no read of these corpora, and none with a label",
                            model.toString());
            CommandRun tail = CommandRun.of(
                    "tail",
                    "--bootstrap-servers",
                    servers,
                    "--topic",
                    "labels",
                    "--from-beginning",
                    "--max-records",
                    4);
            assertThat(tail.exitCode()).as(tail.err()).isEqualTo(ExitCode.FINE);
            assertThat(tail.out().lines().filter(line -> line.contains(" curator ")))
                    .hasSize(4)
                    .anyMatch(line -> line.contains("  r1  ") && line.endsWith("Homo sapiens"))
                    .anyMatch(line -> line.contains("  r2  ") && line.endsWith("(withdrawn)"));

            Path anew = folder.resolve("anew");
            CommandRun second =
                    CommandRun.of("snapshot", "--bootstrap-servers", servers, "--out", anew, "--without-reads", list);
            assertThat(second.exitCode()).as(second.err()).isEqualTo(ExitCode.FINE);
            assertThat(names(anew)).containsExactly("r1 Homo sapiens", "r3 E. coli", "r4 null");
        }
    }

    @Test
    void wrongUsageIsToldBeforeKafkaIsAsked() throws Exception {
        Path table = Files.writeString(folder.resolve("labels.csv"), "");
        CommandRun format =
                CommandRun.of("label", "--bootstrap-servers", "h:1", "--input", table, "--source", "curator");
        assertThat(format.exitCode()).isEqualTo(ExitCode.USAGE);
        assertThat(format.err()).contains("ends in .tsv, .jsonl, .sam or .paf");
        CommandRun bound =
                CommandRun.of("snapshot", "--bootstrap-servers", "h:1", "--out", folder, "--from", "yesterday");
        assertThat(bound.exitCode()).isEqualTo(ExitCode.USAGE);
        assertThat(bound.err()).contains("got 'yesterday'");
        CommandRun reversed = CommandRun.of(
                "snapshot",
                "--bootstrap-servers",
                "h:1",
                "--out",
                folder,
                "--from",
                "2026-11-28T00:00:00Z",
                "--to",
                "2026-11-27T00:00:00Z");
        assertThat(reversed.exitCode()).isEqualTo(ExitCode.USAGE);
        assertThat(reversed.err()).contains("begins before its end, got 2026-11-28T00:00:00Z to 2026-11-27T00:00:00Z");
        CommandRun twice =
                CommandRun.of("snapshot", "--bootstrap-servers", "h:1", "--out", folder, "--from", "0:1,0:2");
        assertThat(twice.exitCode()).isEqualTo(ExitCode.USAGE);
        assertThat(twice.err()).contains("Expected each partition once, got 0 twice in '0:1,0:2'");
        CommandRun absent = CommandRun.of(
                "label", "--bootstrap-servers", "h:1", "--input", folder.resolve("absent.tsv"), "--source", "curator");
        assertThat(absent.exitCode()).isEqualTo(ExitCode.USAGE);
        assertThat(absent.err()).contains("Expected a file of labels, there is none at " + folder);
        Path tsv = Files.writeString(folder.resolve("labels.tsv"), "read_id\tlabel\n");
        CommandRun quality = CommandRun.of(
                "label", "--bootstrap-servers", "h:1", "--input", tsv, "--source", "curator", "--min-mapq", 30);
        assertThat(quality.exitCode()).isEqualTo(ExitCode.USAGE);
        assertThat(quality.err()).contains("with alignments (.sam, .paf), got them with tsv");
        CommandRun status =
                CommandRun.of("snapshot", "--bootstrap-servers", "h:1", "--out", folder, "--status", "good");
        assertThat(status.exitCode()).isEqualTo(ExitCode.USAGE);
        assertThat(status.err()).contains("TOO_SHORT", "got good");
        CommandRun both = CommandRun.of(
                "snapshot", "--bootstrap-servers", "h:1", "--out", folder, "--from", "0:1", "--same-range", table);
        assertThat(both.exitCode()).isEqualTo(ExitCode.USAGE);
        CommandRun list = CommandRun.of(
                "forget", "--bootstrap-servers", "h:1", "--read-list", table, "--corpus", folder.resolve("absent"));
        assertThat(list.exitCode()).isEqualTo(ExitCode.USAGE);
        assertThat(list.err()).contains("Expected a list of reads");
        Path reads = Files.writeString(folder.resolve("list.tsv"), "r1\n");
        CommandRun models = CommandRun.of(
                "forget", "--bootstrap-servers", "h:1", "--read-list", reads, "--models", folder.resolve("absent"));
        assertThat(models.exitCode()).isEqualTo(ExitCode.USAGE);
        assertThat(models.err()).contains("Expected a folder to look for models in, there is none at ");
        Path whole = Files.createDirectories(folder.resolve("whole"));
        Files.writeString(whole.resolve("manifest.json"), "{");
        CommandRun corpus =
                CommandRun.of("forget", "--bootstrap-servers", "h:1", "--read-list", reads, "--corpus", whole);
        assertThat(corpus.exitCode()).isEqualTo(ExitCode.USAGE);
        assertThat(corpus.err())
                .contains("Expected the manifest of a corpus at ")
                .hasLineCount(1);
    }
}
