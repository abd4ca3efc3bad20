package io.kmerflow.cli.packaging;

import static org.assertj.core.api.Assertions.assertThat;

import io.kmerflow.cli.CommandRun;
import io.kmerflow.cli.SourceTree;
import io.kmerflow.cli.base.ExitCode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** The archive for a CPU, made, joined and run with nothing on the path. */
@ExtendWith(SourceTree.class)
class PackageIT {
    @TempDir
    private Path folder;

    @Test
    void runsWhereNothingIsOnThePath() throws Exception {
        CommandRun made = CommandRun.of("package", "--cpu", "--out", folder.resolve("k.tar.gz"), "--split", "64M");
        assertThat(made.exitCode()).as(made.err()).isEqualTo(ExitCode.FINE);
        assertThat(made.out()).contains("join.sh");
        run(List.of("sh", folder.resolve("join.sh").toString(), folder.toString()), false);

        Path calls = folder.resolve("calls.jsonl");
        Path home = folder.resolve("kmerflow");
        String said = run(List.of(home.resolve("kmerflow").toString(), "quickstart", "-o", calls.toString()), true);

        assertThat(said).contains("2,100 reads");
        assertThat(calls).exists();
        assertThat(run(List.of(home.resolve("kmerflow").toString(), "doctor"), true))
                .contains("ok    model")
                .doesNotContain("LACKS");
        assertThat(Files.readString(home.resolve("SHA256SUMS"))).contains("  lib/kmerflow-cli.jar");
    }

    private String run(List<String> command, boolean emptyPath) throws IOException, InterruptedException {
        ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
        if (emptyPath) {
            builder.environment().clear();
            builder.environment().put("PATH", "");
        }
        Process process = builder.start();
        process.getOutputStream().close();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor(2, TimeUnit.MINUTES)).as(said).isTrue();
        assertThat(process.exitValue()).as(said).isZero();
        return said;
    }
}
