package io.kmerflow.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.kmerflow.pretraining.checkpoint.Safetensors;
import io.kmerflow.pretraining.checkpoint.TrainingCheckpoint;
import io.kmerflow.pretraining.huggingface.BertFiles;
import io.kmerflow.pretraining.model.EncoderConfig;
import io.kmerflow.pretraining.model.HeadConfig;
import io.kmerflow.pretraining.model.ParameterLayout;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ImportCommandTest {
    @TempDir
    Path folder;

    private Path model() throws IOException {
        EncoderConfig encoder = new EncoderConfig(3, 8, 1, 2, 16, 16, 2, 0.1, 1e-12);
        HeadConfig head = HeadConfig.maskedTokens();
        ParameterLayout layout = new ParameterLayout(encoder, head);
        Path file = folder.resolve("given/model.safetensors");
        BertFiles.write(
                new TrainingCheckpoint(
                        encoder, head, layout.tensors(layout.initialize(3)), null, Map.of(), null, List.of(), Map.of()),
                file);
        return file;
    }

    private CommandRun importInto(Path out, Path file) {
        return CommandRun.of(
                "import", "--safetensors", file, "--config", file.resolveSibling("config.json"), "--out", out);
    }

    @Test
    void whatIsImportedIsExportedByteForByte() throws IOException {
        Path file = model();
        Path out = folder.resolve("run");
        CommandRun imported = importInto(out, file);
        assertThat(imported.exitCode()).as(imported.err()).isZero();
        Path again = folder.resolve("again/model.safetensors");
        CommandRun exported = CommandRun.of("export", "--checkpoint", out, "--safetensors", again);
        assertThat(exported.exitCode()).as(exported.err()).isZero();
        assertThat(again).hasSameBinaryContentAs(file);
        assertThat(Files.readString(again.resolveSibling("config.json")))
                .isEqualTo(Files.readString(file.resolveSibling("config.json")));
        assertThat(Safetensors.read(again)).isNotEmpty();
        assertThat(importInto(out, file).err()).contains("does not exist yet").hasLineCount(1);
    }

    @Test
    void exportWantsABundleOrSafetensorsAndNotBoth() {
        CommandRun both = CommandRun.of("export", "--checkpoint", "x", "--safetensors", "y", "--out", "z");
        assertThat(both.exitCode()).isEqualTo(ExitCode.USAGE);
        CommandRun neither = CommandRun.of("export", "--checkpoint", "x", "--name", "n");
        assertThat(neither.exitCode()).isEqualTo(ExitCode.USAGE);
        assertThat(neither.err()).contains("Expected --out and --name");
    }
}
