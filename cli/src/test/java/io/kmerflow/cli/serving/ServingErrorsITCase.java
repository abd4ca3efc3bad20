package io.kmerflow.cli.serving;

import static org.assertj.core.api.Assertions.assertThat;

import io.kmerflow.cli.CommandRun;
import io.kmerflow.cli.base.ExitCode;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What goes wrong is one clear sentence and an exit code. */
class ServingErrorsITCase {
    @TempDir
    Path folder;

    private Path reads;

    @BeforeEach
    void writeReads() throws IOException {
        reads = Files.writeString(folder.resolve("reads.fq"), "@r1\nACGT\n+\nIIII\n");
    }

    private static void assertSentence(CommandRun run, int exitCode, String... parts) {
        assertThat(run.exitCode()).as(run.err()).isEqualTo(exitCode);
        assertThat(run.err()).contains(parts).hasLineCount(1);
    }

    @Test
    void anUnknownOptionOrCommand() {
        assertSentence(
                CommandRun.of("annotate", "--input", reads, "--output", folder.resolve("o.jsonl"), "--colour", "red"),
                ExitCode.USAGE,
                "--colour");
        assertSentence(CommandRun.of("sing"), ExitCode.USAGE, "sing");
        assertSentence(CommandRun.of(), ExitCode.USAGE, "Expected a command");
    }

    @Test
    void aMissingFileOfReads() {
        assertSentence(
                CommandRun.of("annotate", "--input", folder.resolve("none.fq"), "--output", folder.resolve("o.jsonl")),
                ExitCode.FAILED,
                "none.fq");
    }

    @Test
    void matesThatDoNotFitTogether() throws IOException {
        Path output = folder.resolve("o.jsonl");
        Path second = Files.copy(reads, folder.resolve("second.fq"));
        Path third = Files.copy(reads, folder.resolve("third.fq"));
        assertSentence(
                CommandRun.of("annotate", "--input", reads, "--output", output, "--per-fragment"),
                ExitCode.USAGE,
                "--mates or --interleaved");
        assertSentence(
                CommandRun.of("annotate", "--input", reads, second, "--mates", third, "--output", output),
                ExitCode.USAGE,
                "as many files of mates as files, 2, got 1");
        assertSentence(
                CommandRun.of("annotate", "--input", reads, "--mates", second, "--interleaved", "--output", output),
                ExitCode.FAILED,
                "got both");
        assertSentence(
                CommandRun.of("annotate", "--input", reads, "--sequencing-summary", "none.txt", "--output", output),
                ExitCode.FAILED,
                "none.txt");
    }

    @Test
    void theFirstDeadLetterIsSaidInWords() throws IOException {
        Path protein = Files.writeString(folder.resolve("p.fasta"), ">p\nMKTAYIAKQRQISFVKSHFSRQLEERLGLIEVQ\n");
        CommandRun run =
                CommandRun.of("annotate", "--model", "../models/species", "-i", protein, "-o", folder.resolve("o.tsv"));
        assertThat(run.exitCode()).as(run.err()).isEqualTo(ExitCode.DEAD_LETTERS);
        assertThat(run.err()).contains("first of them: " + protein + ", record 1, line 1: Expected nucleotides");
    }

    @Test
    void anOldQualityEncodingIsRefusedWithTheOptionToGive() throws IOException {
        Path old = Files.writeString(folder.resolve("old.fq"), "@r1\nACGT\n+\nBhhh\n");
        Path output = folder.resolve("o.jsonl");
        CommandRun refused =
                CommandRun.of("annotate", "--model", "../models/species", "--input", old, "--output", output);
        assertThat(refused.exitCode()).isEqualTo(ExitCode.FAILED);
        assertThat(refused.err()
                        .strip()
                        .lines()
                        .reduce((progress, last) -> last)
                        .orElseThrow())
                .contains("--quality-encoding phred64", "old.fq");
        assertThat(output).doesNotExist();
        assertSentence(
                CommandRun.of("annotate", "--input", old, "--output", output, "--quality-encoding", "phred42"),
                ExitCode.USAGE,
                "--quality-encoding");
    }

    @Test
    void anOutputInNoKnownFormat() {
        assertSentence(
                CommandRun.of("annotate", "--input", reads, "--output", folder.resolve("o.xlsx")),
                ExitCode.USAGE,
                ".jsonl",
                "o.xlsx");
    }

    @Test
    void outputsThatWouldLoseData() throws IOException {
        Object[] model = {"annotate", "--model", "../models/species", "--input"};
        assertSentence(run(model, reads, "--output", folder), ExitCode.USAGE, "got the folder");
        Path named = Files.copy(reads, folder.resolve("reads.tsv"));
        assertSentence(run(model, named, "--output", named), ExitCode.USAGE, "reads.tsv, which is the input");
        assertSentence(
                run(model, reads, "--output", folder.resolve("o.tsv"), "--counts", folder.resolve("o.tsv")),
                ExitCode.USAGE,
                "a different file for each output",
                "--output",
                "--counts");
        Path split = Files.createDirectory(folder.resolve("split"));
        Files.writeString(split.resolve("old.fastq.gz"), "of another run");
        assertSentence(
                run(model, reads, "--output", folder.resolve("o.tsv"), "--split-output", split),
                ExitCode.USAGE,
                "old.fastq.gz",
                "--force");
        assertThat(named).hasSameTextualContentAs(reads);
        assertThat(folder.resolve("o.tsv")).doesNotExist();
    }

    @Test
    void outputsThatNeedTheirInputTwiceFromAPipe() throws Exception {
        Path pipe = folder.resolve("pipe");
        assertThat(new ProcessBuilder("mkfifo", pipe.toString()).start().waitFor())
                .isZero();
        Object[] model = {"annotate", "--model", "../models/species", "--input"};
        Path table = folder.resolve("o.tsv");
        for (Object input : new Object[] {pipe, "-"}) {
            String words = input == pipe ? "got a pipe at " + pipe : "got standard input";
            assertSentence(run(model, input, "-o", folder.resolve("o.bam")), ExitCode.USAGE, words);
            assertSentence(run(model, input, "-o", table, "--split-output", folder + "/s"), ExitCode.USAGE, words);
            assertSentence(run(model, input, "-o", table, "--report", folder + "/r.html"), ExitCode.USAGE, words);
        }
        assertSentence(run(model, reads, "-o", table, "--split-output", table), ExitCode.USAGE, "the file of --output");
        Path parquet = Files.move(pipe, folder.resolve("p.parquet"));
        assertSentence(run(model, reads, "-o", parquet), ExitCode.USAGE, "Parquet", "the pipe or device " + parquet);
        assertThat(table).doesNotExist();
    }

    @Test
    void aBedGraphWithoutOneOfTheLabels() {
        Object[] model = {"annotate", "--model", "../models/species", "--input"};
        Path graph = folder.resolve("o.bedgraph");
        assertSentence(run(model, reads, "--output", graph), ExitCode.USAGE, "--label", "Homo sapiens", "got none");
        assertSentence(
                run(model, reads, "--output", graph, "--label", "Foo"),
                ExitCode.USAGE,
                "--label",
                "Homo sapiens",
                "'Foo'");
        assertThat(graph).doesNotExist();
    }

    private static CommandRun run(Object[] first, Object... rest) {
        return CommandRun.of(Stream.concat(Stream.of(first), Stream.of(rest)).toArray());
    }

    @Test
    void aPortThatIsTakenIsNamed() throws IOException {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            String port = Integer.toString(taken.getLocalPort());
            assertSentence(CommandRun.of("broker", "--port", port), ExitCode.FAILED, port, "--port");
        }
        try (ServerSocket taken = new ServerSocket(0)) {
            String port = Integer.toString(taken.getLocalPort());
            assertSentence(
                    CommandRun.of("serve", "--bootstrap-servers", "127.0.0.1:1", "--metrics-port", port),
                    ExitCode.FAILED,
                    port,
                    "--metrics-port");
        }
        assertSentence(CommandRun.of("broker", "--port", "70000"), ExitCode.USAGE, "70000", "--port");
    }

    @Test
    void controlCharactersOfNamesDoNotReachTheTerminal() {
        CommandRun run =
                CommandRun.of("annotate", "-i", folder.resolve("a\u001b[31m\nb"), "-o", folder.resolve("o.tsv"));
        assertSentence(run, ExitCode.FAILED, "a\\x1b[31m\\x0ab");
        assertSentence(CommandRun.of("sing\u0007"), ExitCode.USAGE, "sing\\x07");
    }

    @Test
    void aModelFolderThatIsNoBundle() {
        Path output = folder.resolve("o.jsonl");
        assertSentence(
                CommandRun.of("annotate", "--model", folder, "--input", reads, "--output", output),
                ExitCode.FAILED,
                "Expected a model bundle with bundle.json");
        assertThat(output).doesNotExist();
        assertSentence(
                CommandRun.of("annotate", "--model", folder.resolve("m"), "--input", reads, "--output", output),
                ExitCode.FAILED,
                "there is no file or folder");
    }

    @Test
    void anUnreachableBroker() throws IOException {
        int port;
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            port = socket.getLocalPort();
        }
        String nobody = "127.0.0.1:" + port;
        assertSentence(CommandRun.of("tail", "--bootstrap-servers", nobody), ExitCode.FAILED, nobody);
        Object[] hurried = {
            "--bootstrap-servers",
            nobody,
            "--kafka-property",
            "request.timeout.ms=1000",
            "--kafka-property",
            "default.api.timeout.ms=1000"
        };
        assertSentence(run(new Object[] {"ingest", "--input", reads}, hurried), ExitCode.FAILED, nobody);
        assertSentence(run(new Object[] {"serve"}, hurried), ExitCode.FAILED, nobody);
    }

    @Test
    void everyCommandExplainsItself() {
        for (String command : new String[] {
            "quickstart",
            "inspect",
            "annotate",
            "ingest",
            "serve",
            "tail",
            "publish",
            "broker",
            "pretrain",
            "finetune",
            "evaluate",
            "export",
            "doctor",
            "bench"
        }) {
            CommandRun help = CommandRun.of(command, "--help");
            assertThat(help.exitCode()).isZero();
            assertThat(help.out()).startsWith("Usage: kmerflow " + command);
        }
    }
}
