package io.kmerflow.pretraining;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.kmerflow.pretraining.checkpoint.TrainingCheckpoint;
import io.kmerflow.pretraining.model.Tensor;
import io.kmerflow.pretraining.settings.SettingsTree;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PretrainingITCase {
    @TempDir
    Path folder;

    @BeforeEach
    void writeGenomes() throws IOException {
        TestData.genome(folder.resolve("one.fa"), 30_000, 0.1, "TTGACATATAAT", 1);
        TestData.genome(folder.resolve("two.fa"), 20_000, 0.9, "GGAGGTTTAA", 2);
    }

    private static PretrainConfig config(long steps, double dropout) {
        return SettingsTree.of(String.format(Locale.ROOT, """
                model: {k: 4, hidden: 32, layers: 1, heads: 2, feedForward: 64, maxPositions: 64, dropout: %s}
                genomes: [{name: one, fasta: one.fa, weight: 2}, {name: two, fasta: two.fa}]
                heldOut: {share: 0.2, blockBases: 2000, guardBases: 100}
                corpus: {pieceBases: 50}
                masking: {strategy: RANDOM_MASK_DRAWN}
                training: {steps: %d, batchSize: 16, learningRate: 3e-3, warmUpSteps: 10, seed: 5,
                  logEvery: 10, evaluateEvery: 20, checkpointEvery: 20}
                evaluation: {pieces: 64, span: 6}
                """, dropout, steps), PretrainConfig.class);
    }

    private TrainingCheckpoint run(String out, PretrainConfig config, boolean resume, int stopAfter)
            throws IOException {
        TestData.Recorder recorder = new TestData.Recorder();
        Pretraining.Result result = new Pretraining(
                        config,
                        TestData.options(folder, folder.resolve(out), resume, recorder, TestData.after(stopAfter)))
                .run();
        return TrainingCheckpoint.read(result.model());
    }

    private static void assertSame(Map<String, Tensor> one, Map<String, Tensor> other) {
        assertThat(one.keySet()).isEqualTo(other.keySet());
        one.forEach((name, tensor) -> assertThat(
                        Arrays.equals(tensor.data(), other.get(name).data()))
                .as(name)
                .isTrue());
    }

    @Test
    void anInterruptedRunEndsBitForBitWhereAnUninterruptedOneDoes() throws IOException {
        for (double dropout : new double[] {0, 0.1}) {
            PretrainConfig config = config(40, dropout);
            TrainingCheckpoint whole = run("whole" + dropout, config, false, Integer.MAX_VALUE);
            TrainingCheckpoint half = run("parts" + dropout, config, false, 23);
            assertThat(half.state().step()).isEqualTo(23);
            TrainingCheckpoint resumed = run("parts" + dropout, config, true, Integer.MAX_VALUE);
            assertThat(resumed.state()).isEqualTo(whole.state());
            assertSame(resumed.weights(), whole.weights());
            assertSame(resumed.optimizer(), whole.optimizer());
            assertThat(Arrays.equals(
                            half.weights().get("cls.predictions.bias").data(),
                            whole.weights().get("cls.predictions.bias").data()))
                    .isFalse();
        }
    }

    @Test
    void theLossStartsAtALogarithmOfTheVocabularyAndFalls() throws IOException {
        TestData.Recorder recorder = new TestData.Recorder();
        Pretraining.Result result = new Pretraining(
                        config(150, 0), TestData.options(folder, folder.resolve("out"), false, recorder, () -> false))
                .run();
        assertThat(result.finished()).isTrue();
        assertThat(recorder.losses).hasSize(150);
        assertThat(recorder.losses.get(0)).isCloseTo(Math.log(261), within(0.1));
        assertThat(recorder.losses.subList(140, 150).stream()
                        .mapToDouble(l -> l)
                        .average()
                        .orElseThrow())
                .isLessThan(Math.log(261) - 0.3);
        assertThat(recorder.progress).hasSize(15);
        List<String> trace = Files.readAllLines(folder.resolve("trace.tsv"));
        assertThat(trace).hasSize(151).first().isEqualTo("step\tstage\tloss");
        assertThat(trace.get(1)).startsWith("0\t6\t");
        assertThat(trace.get(150)).startsWith("149\t14\t");
        assertThat(Files.readString(folder.resolve("out/held-out.tsv"))).contains("one\tone\t");
    }

    @Test
    void goesOnFromAnotherCheckpoint() throws IOException {
        TrainingCheckpoint first = run("first", config(150, 0), false, Integer.MAX_VALUE);
        TestData.Recorder recorder = new TestData.Recorder();
        PretrainConfig next = SettingsTree.with(config(3, 0), Map.of("checkpoint", folder.resolve("first/last")));
        Pretraining.Result result = new Pretraining(
                        next, TestData.options(folder, folder.resolve("next"), false, recorder, () -> false))
                .run();
        assertThat(recorder.notes).contains("starting weights: all given");
        assertThat(recorder.losses.get(0)).as("not that of random values").isLessThan(Math.log(261) - 0.2);
        assertThat(TrainingCheckpoint.read(result.model()).config()).isEqualTo(first.config());
    }

    @Test
    void trainsOnGenomeTooShortForHeldOutBlock() throws IOException {
        TestData.genome(folder.resolve("short.fa"), 3_000, 0.5, "TTGACATATAAT", 3);
        PretrainConfig two = config(5, 0);
        List<Object> three = new ArrayList<>(two.genomes());
        three.add(Map.of("name", "short", "fasta", "short.fa"));
        PretrainConfig config = SettingsTree.with(two, Map.of("genomes", three));
        TestData.Recorder recorder = new TestData.Recorder();
        Pretraining.Result result = new Pretraining(
                        config, TestData.options(folder, folder.resolve("out"), false, recorder, () -> false))
                .run();
        assertThat(result.finished()).isTrue();
        assertThat(result.bestLoss()).as("measured on the other two").isNotNull();
        assertThat(Files.readString(folder.resolve("out/held-out.tsv")))
                .contains("one\t", "two\t")
                .doesNotContain("short\t");
    }

    @Test
    void aGenomeOnDiskTrainsAsOneInMemory() throws IOException {
        PretrainConfig memory = config(20, 0);
        PretrainConfig disk = SettingsTree.with(
                memory,
                Map.of(
                        "genomes",
                        List.of(
                                Map.of("name", "one", "fasta", "one.fa", "weight", 2, "storage", "DISK"),
                                Map.of("name", "two", "fasta", "two.fa", "storage", "DISK"))));
        assertSame(
                run("disk", disk, false, Integer.MAX_VALUE).weights(),
                run("memory", memory, false, Integer.MAX_VALUE).weights());
        assertThat(Files.size(folder.resolve("disk/one.bases"))).isBetween(30_000L, 30_020L);
    }

    @Test
    void thePoolerIsCarriedAlongUnchanged() throws IOException {
        PretrainConfig config = config(20, 0);
        float[] before = run("short", config, false, 1)
                .weights()
                .get("bert.pooler.dense.weight")
                .data();
        float[] after = run("long", config, false, Integer.MAX_VALUE)
                .weights()
                .get("bert.pooler.dense.weight")
                .data();
        assertThat(after).containsExactly(before);
    }

    @Test
    void aDirectoryWithARunIsNotOverwritten() throws IOException {
        run("out", config(5, 0), false, Integer.MAX_VALUE);
        assertThatThrownBy(() -> run("out", config(5, 0), false, Integer.MAX_VALUE))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("--resume");
    }

    @Test
    void aCheckpointOfAnotherModelIsNotResumed() throws IOException {
        run("out", config(5, 0), false, Integer.MAX_VALUE);
        assertThatThrownBy(() -> run("out", config(5, 0.1), true, Integer.MAX_VALUE))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("to resume from");
    }

    @Test
    void aRunIsNotResumedOnOtherData() throws IOException {
        run("out", config(5, 0), false, 2);
        TestData.genome(folder.resolve("two.fa"), 20_000, 0.9, "GGAGGTTTAA", 3);
        assertThatThrownBy(() -> run("out", config(5, 0), true, Integer.MAX_VALUE))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("Expected the data that the run in")
                .hasMessageContaining("two.fa=");
        TestData.genome(folder.resolve("two.fa"), 20_000, 0.9, "GGAGGTTTAA", 2);
        assertThat(run("out", config(5, 0), true, Integer.MAX_VALUE).state().step())
                .isEqualTo(5);
    }
}
