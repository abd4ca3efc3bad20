package io.kmerflow.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.kmerflow.cli.base.ExitCode;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardWatchEventKinds;
import java.nio.file.WatchService;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The command as a process: full disks, closed pipes, signals. */
class StandardStreamsITCase {
    private static final long SECONDS = 120;
    private static final int SIGTERM_EXIT = 143;
    private static final String READ = "@r%d\n" + "ACGTTGCA".repeat(20) + "\n+\n" + "I".repeat(160) + "\n";

    @TempDir
    Path folder;

    private Path work;
    private Path err;
    private Path reads;

    @BeforeEach
    void writeReads() throws IOException {
        work = Files.createDirectory(folder.resolve("work"));
        err = folder.resolve("err");
        reads = Files.writeString(folder.resolve("reads.fq"), reads(200));
    }

    private static String reads(int number) {
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < number; i++) {
            text.append(String.format(Locale.ROOT, READ, i));
        }
        return text.toString();
    }

    private ProcessBuilder kmerflow(List<String> jvm, Object... arguments) {
        return new ProcessBuilder(CommandLines.ofJvm(jvm, List.of(arguments)))
                .directory(work.toFile())
                .redirectError(err.toFile());
    }

    private static int exitCode(Process process) throws InterruptedException {
        try {
            assertThat(process.waitFor(SECONDS, TimeUnit.SECONDS)).as("ends").isTrue();
            return process.exitValue();
        } finally {
            process.destroyForcibly();
        }
    }

    private String lastOfErr() throws IOException {
        List<String> lines = Files.readAllLines(err);
        assertThat(lines).noneMatch(line -> line.startsWith("\tat "));
        return lines.get(lines.size() - 1);
    }

    private void assertNothingIsLeft() throws IOException {
        try (Stream<Path> files = Files.list(work)) {
            assertThat(files).isEmpty();
        }
    }

    @Test
    void aFullDiskFailsTheRun() throws Exception {
        for (Object[] command : List.of(
                new Object[] {"annotate", "-i", reads, "-o", "-"},
                new Object[] {"annotate", "-i", reads, "-o", "counted.tsv", "-o", "/dev/stdout"},
                new Object[] {"annotate", "-i", reads, "-o", "counted.tsv", "-o", "/dev/full"})) {
            Process process = kmerflow(List.of(), command)
                    .redirectOutput(Path.of("/dev/full").toFile())
                    .start();
            assertThat(exitCode(process)).isEqualTo(ExitCode.FAILED);
            assertThat(lastOfErr()).startsWith("kmerflow: Expected to write").endsWith("No space left on device");
            assertNothingIsLeft();
        }
    }

    @Test
    void aReaderThatGoesEndsTheRunBeforeItsEnd() throws Exception {
        Files.writeString(reads, reads(3_000)); // some 1.5 MB of rows, which no pipe holds
        Process process = kmerflow(List.of(), "annotate", "-i", reads, "-o", "-", "--counts", "counts.tsv")
                .start();
        BufferedReader rows = process.inputReader(StandardCharsets.UTF_8);
        assertThat(rows.readLine()).contains("\"readId\":\"r0\"");
        rows.close();
        assertThat(exitCode(process)).isEqualTo(ExitCode.OUTPUT_CLOSED);
        assertThat(Files.readAllLines(err))
                .noneMatch(line -> line.contains("kmerflow:") || line.contains("reads/s") && line.contains("windows"))
                .noneMatch(line -> line.startsWith("\tat "));
        assertNothingIsLeft();
    }

    @Test
    void aRunThatIsTerminatedLeavesNoParts() throws Exception {
        try (WatchService watch = work.getFileSystem().newWatchService()) {
            work.register(watch, StandardWatchEventKinds.ENTRY_CREATE);
            Process process = kmerflow(
                            List.of(),
                            "annotate",
                            "-i",
                            "-",
                            "-o",
                            "out.tsv",
                            "-o",
                            "sub/out.jsonl",
                            "--counts",
                            "c.tsv")
                    .start();
            try (OutputStream input = process.getOutputStream()) {
                input.write(reads(20).getBytes(StandardCharsets.UTF_8));
                input.flush();
                boolean part = false;
                while (!part) {
                    var key = watch.poll(SECONDS, TimeUnit.SECONDS);
                    assertThat(key).as("a part appears").isNotNull();
                    part = key.pollEvents().stream()
                            .anyMatch(event -> event.context().toString().endsWith(".part"));
                    key.reset();
                }
                process.destroy();
                assertThat(exitCode(process)).isEqualTo(SIGTERM_EXIT);
            }
        }
        assertNothingIsLeft();
    }

    @Test
    void aTemporaryFolderThatIsNoneIsNamedWithTheRemedy() throws Exception {
        Path none = folder.resolve("no-such-folder");
        Process process = kmerflow(List.of("-Djava.io.tmpdir=" + none), "annotate", "-i", reads, "-o", "out.tsv")
                .start();
        assertThat(exitCode(process)).isEqualTo(ExitCode.FAILED);
        assertThat(lastOfErr()).contains(none.toString(), "-Djava.io.tmpdir=");
        assertNothingIsLeft();
    }
}
