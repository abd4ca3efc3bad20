package io.kmerflow.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ReferencePagesTest {
    @Test
    void committedPagesAreWhatTheDeclarationsSay() {
        for (var page : ReferencePages.all().entrySet()) {
            assertThat(SourceTree.ROOT.resolve("docs/reference").resolve(page.getKey()))
                    .as("run %s to regenerate", ReferencePages.COMMAND)
                    .hasContent(page.getValue());
        }
    }

    @Test
    void helpWritesThePages(@TempDir Path folder) throws IOException {
        Path target = folder.resolve("reference");

        assertThat(CommandRun.of("help", "--reference", target).exitCode()).isZero();

        assertThat(Files.readString(target.resolve("commands.md")))
                .contains("### kmerflow evaluate gue\n", "--gpu-arena-growth");
        assertThat(Files.readString(target.resolve("job-options.md")))
                .contains("| `job.checkpoint-interval` | `10 s` | `--checkpoint-interval` |");
    }
}
