package io.kmerflow.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.kmerflow.cli.base.ExitCode;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Whatever a command prints, it hears of it when nobody gets it. */
class StandardOutputTest {
    @TempDir
    Path folder;

    private Path reads;

    @BeforeEach
    void writeReads() throws IOException {
        reads = Files.writeString(folder.resolve("reads.fq"), "@r1\nACGT\n+\nIIII\n");
    }

    private record Run(int exitCode, String err) {}

    /** Fails as the system does, once that many bytes were written. */
    private static final class Failing extends OutputStream {
        private final String message;
        private int room;

        Failing(String message, int room) {
            this.message = message;
            this.room = room;
        }

        @Override
        public void write(int one) throws IOException {
            if (room-- <= 0) {
                throw new IOException(message);
            }
        }
    }

    private static Run run(OutputStream out, Object... args) {
        PrintStream systemOut = System.out;
        PrintStream systemErr = System.err;
        ByteArrayOutputStream err = new ByteArrayOutputStream();
        try {
            System.setErr(new PrintStream(err, true, StandardCharsets.UTF_8));
            String[] words = List.of(args).stream().map(Object::toString).toArray(String[]::new);
            int exitCode = Kmerflow.run(new StandardOutput(out, false), words);
            return new Run(exitCode, err.toString(StandardCharsets.UTF_8));
        } finally {
            System.setOut(systemOut);
            System.setErr(systemErr);
        }
    }

    private List<Object[]> commands() {
        return List.of(
                new Object[] {"--version"},
                new Object[] {"--help"},
                new Object[] {"annotate", "--help"},
                new Object[] {"inspect", reads},
                new Object[] {"inspect", "--json", reads});
    }

    @Test
    void aFullDiskIsOneSentenceAndExitCodeOne() {
        for (Object[] command : commands()) {
            for (int room : new int[] {0, 7}) {
                Run run = run(new Failing("No space left on device", room), command);
                assertThat(run.exitCode()).as("%s", List.of(command)).isEqualTo(ExitCode.FAILED);
                assertThat(run.err())
                        .isEqualTo("kmerflow: Expected to write standard output, got: No space left on device\n");
            }
        }
    }

    @Test
    void aReaderThatHasSeenEnoughEndsTheCommandQuietly() {
        for (Object[] command : commands()) {
            Run run = run(new Failing("Broken pipe", 3), command);
            assertThat(run.exitCode()).as("%s", List.of(command)).isEqualTo(ExitCode.OUTPUT_CLOSED);
            assertThat(run.err()).isEmpty();
        }
    }

    @Test
    void aPipeThatFailsHasLostItsReaderWhateverTheLanguageOfTheMessage() {
        StandardOutput pipe = new StandardOutput(new Failing("Datenübergabe unterbrochen", 0), true);
        PrintStream systemOut = System.out;
        try {
            assertThat(Kmerflow.run(pipe, "--version")).isEqualTo(ExitCode.OUTPUT_CLOSED);
        } finally {
            System.setOut(systemOut);
        }
    }

    @Test
    void whatArrivesIsFine() {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        Run run = run(out, "inspect", reads);
        assertThat(run.exitCode()).isEqualTo(ExitCode.FINE);
        assertThat(out.toString(StandardCharsets.UTF_8)).contains("reads.fq: accept");
    }

    @Test
    void anErrorStreamThatFailsChangesNothing() {
        PrintStream systemErr = System.err;
        PrintStream systemOut = System.out;
        try {
            System.setErr(new PrintStream(new Failing("Bad file descriptor", 0), true, StandardCharsets.UTF_8));
            ByteArrayOutputStream out = new ByteArrayOutputStream();
            assertThat(Kmerflow.run(new StandardOutput(out, false), "inspect", reads.toString()))
                    .isZero();
            assertThat(Kmerflow.run(new StandardOutput(out, false), "inspect", reads + ".none"))
                    .isEqualTo(ExitCode.FAILED);
        } finally {
            System.setErr(systemErr);
            System.setOut(systemOut);
        }
    }
}
