package io.kmerflow.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.kmerflow.cli.base.ExitCode;
import io.kmerflow.pretraining.checkpoint.Safetensors;
import io.kmerflow.pretraining.checkpoint.TrainingCheckpoint;
import io.kmerflow.pretraining.huggingface.BertFiles;
import io.kmerflow.pretraining.model.EncoderConfig;
import io.kmerflow.pretraining.model.HeadConfig;
import io.kmerflow.pretraining.model.ParameterLayout;
import io.kmerflow.pretraining.model.Tensor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ImportCommandITCase {
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
    void headsOfOtherTasksAreIgnoredAndNamed() throws IOException {
        Path file = model();
        Map<String, Tensor> tensors = new LinkedHashMap<>(Safetensors.read(file));
        tensors.put("qa_outputs.bias", new Tensor(new float[3], new long[] {3}));
        tensors.put("cls.seq_relationship.bias", new Tensor(new float[2], new long[] {2}));
        Path more = Files.createDirectories(folder.resolve("more")).resolve("model.safetensors");
        Safetensors.write(more, tensors);
        Files.copy(file.resolveSibling("config.json"), more.resolveSibling("config.json"));
        CommandRun imported = importInto(folder.resolve("run"), more);
        assertThat(imported.exitCode()).as(imported.err()).isZero();
        assertThat(imported.err())
                .contains("ignored: ")
                .contains("qa_outputs.bias")
                .contains("cls.seq_relationship.bias");
        tensors.put("bert.encoder.layer.7.output.dense.bias", new Tensor(new float[8], new long[] {8}));
        Safetensors.write(more.resolveSibling("deeper.safetensors"), tensors);
        assertThat(importInto(folder.resolve("other"), more.resolveSibling("deeper.safetensors"))
                        .err())
                .as("a layer is no head")
                .contains("1 others, the first 'bert.encoder.layer.7.output.dense.bias'");
    }

    @Test
    void whatIsImportedIsFineTunedOnALabelledSet() throws IOException {
        Path run = folder.resolve("run");
        assertThat(importInto(run, model()).exitCode()).isZero();
        StringBuilder rows = new StringBuilder("sequence,label\n");
        for (int i = 0; i < 24; i++) {
            rows.append(i % 2 == 0 ? "ACGGCGTCGGCC" : "ATTATCAATTAA")
                    .append(',')
                    .append(i % 2)
                    .append('\n');
        }
        Path table = Files.writeString(folder.resolve("rows.csv"), rows);
        CommandRun tuned = CommandRun.of(
                "finetune",
                "--data",
                table,
                "--dev",
                table,
                "--checkpoint",
                run,
                "--epochs",
                "8",
                "--batch-size",
                "8",
                "--learning-rate",
                "0.02",
                "--out",
                folder.resolve("tuned"),
                "--device",
                "cpu",
                "--json");
        assertThat(tuned.exitCode()).as(tuned.err()).isZero();
        assertThat(tuned.err()).contains("starting weights: fresh are [classifier.weight, classifier.bias]");
        assertThat(new ObjectMapper()
                        .readTree(tuned.out())
                        .at("/validation/accuracy")
                        .asDouble())
                .isEqualTo(1);
        assertThat(Files.readString(folder.resolve("tuned/model/provenance.json")))
                .contains("startedFrom")
                .contains("model.safetensors");
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
