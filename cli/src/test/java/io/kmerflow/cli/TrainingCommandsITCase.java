package io.kmerflow.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.kmerflow.bundle.ModelBundle;
import io.kmerflow.cli.base.ExitCode;
import io.kmerflow.contract.ModelContract;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TrainingCommandsITCase {
    @TempDir
    Path folder;

    private String out;
    private String err;

    @BeforeEach
    void writeGenomesAndConfigurations() throws IOException {
        genome("low.fa", 0.3, 1);
        genome("high.fa", 0.7, 2);
        Files.writeString(folder.resolve("pretrain.yaml"), """
                model: {k: 3, hidden: 16, layers: 1, heads: 2, feedForward: 32, maxPositions: 64}
                genomes: [{name: low, fasta: low.fa}, {name: high, fasta: high.fa}]
                heldOut: {share: 0.2, blockBases: 1000, guardBases: 50}
                corpus: {pieceBases: 60}
                evaluation: {pieces: 16}
                training: {steps: 4, batchSize: 8, evaluateEvery: 2, checkpointEvery: 2}
                """);
        Files.writeString(folder.resolve("finetune.yaml"), """
                labels: [{name: low, genomes: [low.fa]}, {name: high, genomes: [high.fa]}]
                bothStrands: true
                window: {bases: 60, minReadBases: 30}
                heldOut: {share: 0.2, blockBases: 1000, guardBases: 50}
                validationPerLabel: 40
                training: {steps: 80, batchSize: 16, learningRate: 3.0e-3, warmUpSteps: 10, evaluateEvery: 40}
                """);
    }

    private void genome(String name, double gcShare, long seed) throws IOException {
        Random random = new Random(seed);
        StringBuilder text = new StringBuilder(">" + name + "\n");
        for (int i = 0; i < 8_000; i++) {
            text.append((random.nextDouble() < gcShare ? "GC" : "AT").charAt(random.nextInt(2)));
        }
        Files.writeString(folder.resolve(name), text.append('\n'));
    }

    private int run(String... args) {
        CommandRun run = CommandRun.of((Object[]) args);
        out = run.out();
        err = run.err();
        return run.exitCode();
    }

    private String at(String name) {
        return folder.resolve(name).toString();
    }

    @Test
    void pretrainFinetuneAndEvaluateFollowOneAnother() throws IOException {
        assertThat(run("pretrain", "--config", at("pretrain.yaml"), "--out", at("pre"), "--device", "cpu", "--json"))
                .as(err)
                .isZero();
        assertThat(new ObjectMapper().readTree(out).get("steps").asLong()).isEqualTo(4);
        assertThat(run(
                        "finetune",
                        "--config",
                        at("finetune.yaml"),
                        "--out",
                        at("fine"),
                        "--checkpoint",
                        at("pre"),
                        "--device",
                        "cpu"))
                .as(err)
                .isZero();
        assertThat(out).contains("balancedAccuracy").contains("temperature");
        assertThat(run(
                        "evaluate",
                        "sequences",
                        "--model",
                        at("fine"),
                        "--config",
                        at("finetune.yaml"),
                        "--control",
                        "--control-k",
                        "3",
                        "--control-windows",
                        "300",
                        "--json"))
                .as(err)
                .isZero();
        JsonNode metrics = new ObjectMapper().readTree(out);
        assertThat(metrics.at("/model/accuracy").asDouble()).isGreaterThan(0.8);
        assertThat(metrics.at("/control/accuracy").asDouble()).isGreaterThan(0.9);
        assertThat(metrics.at("/model/examples").asInt()).isEqualTo(80);

        assertThat(run("export", "--checkpoint", at("fine"), "--out", at("bundle"), "--name", "gc"))
                .as(err)
                .isZero();
        assertThat(ModelBundle.read(folder.resolve("bundle")).contract().labels())
                .extracting(ModelContract.Label::name)
                .containsExactly("low", "high");
        assertThat(run("export", "--checkpoint", at("fine"), "--out", at("bundle"), "--name", "gc"))
                .isEqualTo(ExitCode.FAILED);
        assertThat(err).contains("does not exist yet").hasLineCount(1);
        assertThat(run(
                        "export",
                        "--bundle",
                        at("bundle"),
                        "--precision",
                        "int8",
                        "--out",
                        at("int8"),
                        "--name",
                        "gc",
                        "--model-version",
                        "2"))
                .as(err)
                .isZero();
        ModelBundle rounded = ModelBundle.read(folder.resolve("int8"));
        assertThat(rounded.precision()).isEqualTo("int8");
        assertThat(rounded.contract())
                .isEqualTo(ModelBundle.read(folder.resolve("bundle")).contract());
        assertThat(run(
                        "export",
                        "--bundle",
                        at("bundle"),
                        "--window-stride",
                        "10",
                        "--out",
                        at("dense"),
                        "--name",
                        "gc"))
                .as(err)
                .isZero();
        assertThat(ModelBundle.read(folder.resolve("dense")).contract())
                .isEqualTo(ModelBundle.read(folder.resolve("bundle")).contract().withWindowStride(10));
        String[] chained = {
            "export", "--bundle", at("bundle"), "--mean-run-bases", "100", "--out", at("chained"), "--name", "gc"
        };
        assertThat(run(chained)).isEqualTo(ExitCode.USAGE);
        assertThat(err).contains("Expected --label-frequencies with --mean-run-bases");
        String[] ofReads = Arrays.copyOf(chained, chained.length + 2);
        ofReads[chained.length] = "--label-frequencies";
        ofReads[chained.length + 1] = "0.5,0.5";
        assertThat(run(ofReads)).isEqualTo(ExitCode.USAGE);
        assertThat(err).contains("aggregation MIDDLE_SEGMENTS");
        assertThat(run("export", "--bundle", at("int8"), "--out", at("again"), "--name", "gc"))
                .isEqualTo(ExitCode.FAILED);
        assertThat(err).contains("Expected an fp32 graph").hasLineCount(1);
        assertThat(run("export", "--checkpoint", at("pre"), "--out", at("other"), "--name", "gc"))
                .isEqualTo(ExitCode.FAILED);
        assertThat(err).hasLineCount(1);
    }

    @Test
    void wrongUsageIsOneSentenceAndExitTwo() throws IOException {
        assertThat(run("pretrain", "--config", at("none.yaml"), "--out", at("pre")))
                .isEqualTo(ExitCode.USAGE);
        assertThat(err).contains("none.yaml").hasLineCount(1);
        Files.writeString(
                folder.resolve("bad.yaml"), "model: {k: 9, hidden: 16, layers: 1, heads: 2, feedForward: 4}\n");
        assertThat(run("pretrain", "--config", at("bad.yaml"), "--out", at("pre")))
                .isEqualTo(ExitCode.USAGE);
        assertThat(err).contains("Expected k 3 to 6, got 9").contains("bad.yaml");
        assertThat(run("evaluate", "sequences", "--model", at("fine"))).isEqualTo(ExitCode.USAGE);
        assertThat(run("export", "--bundle", at("a"), "--checkpoint", at("b"), "--out", at("c"), "--name", "gc"))
                .isEqualTo(ExitCode.USAGE);
    }

    @Test
    void aRunThatCannotBeDoneIsOneSentenceAndExitOne() throws IOException {
        Files.delete(folder.resolve("low.fa"));
        assertThat(run("pretrain", "--config", at("pretrain.yaml"), "--out", at("pre")))
                .isEqualTo(ExitCode.FAILED);
        assertThat(err).contains("low.fa").hasLineCount(1);
        assertThat(run("evaluate", "sequences", "--model", at("nothing"), "--csv", at("x.csv")))
                .isEqualTo(ExitCode.FAILED);
        assertThat(err).contains("nothing");
    }
}
