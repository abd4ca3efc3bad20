package io.kmerflow.pretraining;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.kmerflow.pretraining.checkpoint.TrainingCheckpoint;
import io.kmerflow.pretraining.corpus.CorpusException;
import io.kmerflow.pretraining.corpus.SnapshotReads;
import io.kmerflow.pretraining.finetune.FinetuneConfig;
import io.kmerflow.pretraining.finetune.Finetuning;
import io.kmerflow.pretraining.random.Xoshiro256;
import io.kmerflow.pretraining.settings.SettingsTree;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Locale;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Runs of seconds on the reads of a corpus. */
class TrainOnReadsTest {
    private static final String MODEL = "{k: 4, hidden: 32, layers: 1, heads: 2, feedForward: 64, maxPositions: 64}";

    @TempDir
    Path folder;

    /** Reads of two labels that differ in GC share, some longer than a window, and some without label. */
    private static TestCorpus corpus() {
        TestCorpus corpus = new TestCorpus();
        for (int i = 0; i < 240; i++) {
            Xoshiro256 random = Xoshiro256.of(i);
            double gc = i % 2 == 0 ? 0.2 : 0.8;
            StringBuilder bases = new StringBuilder();
            for (int b = 0; b < 40 + i % 60; b++) {
                boolean strong = random.nextDouble() < gc;
                bases.append((strong ? "GC" : "AT").charAt(random.nextInt(2)));
            }
            corpus.read("r" + i, bases.toString(), i % 10 == 9 ? null : i % 2 == 0 ? "low" : "high");
        }
        return corpus;
    }

    /** @param genomes as YAML */
    private static PretrainConfig pretraining(String genomes, double heldOutShare) {
        return SettingsTree.of(String.format(Locale.ROOT, """
                model: %s
                genomes: %s
                reads: [{name: reads, folder: corpus, weight: 2}]
                heldOut: {share: %s, blockBases: 2000, guardBases: 100}
                corpus: {pieceBases: 50, minPieceBases: 20}
                training: {steps: 20, batchSize: 16, learningRate: 3e-3, warmUpSteps: 10, seed: 5,
                  logEvery: 10, evaluateEvery: 20, checkpointEvery: 20}
                evaluation: {pieces: 32, span: 6}
                """, MODEL, genomes, heldOutShare), PretrainConfig.class);
    }

    private TrainingCheckpoint pretrain(String out, PretrainConfig config, boolean resume, int stopAfter)
            throws IOException {
        return TrainingCheckpoint.read(new Pretraining(
                        config,
                        TestData.options(
                                folder,
                                folder.resolve(out),
                                resume,
                                new TestData.Recorder(),
                                TestData.after(stopAfter)))
                .run()
                .model());
    }

    private static float[] bias(TrainingCheckpoint checkpoint) {
        return checkpoint.weights().get("cls.predictions.bias").data();
    }

    @Test
    void pretrainingOnReadsDependsOnTheReadsAloneAndResumes() throws IOException {
        corpus().write(folder.resolve("corpus"), 1, 0);
        float[] one = bias(pretrain("one", pretraining("[]", 0.2), false, Integer.MAX_VALUE));
        corpus().write(folder.resolve("corpus"), 3, 50);
        pretrain("parts", pretraining("[]", 0.2), false, 7);
        TrainingCheckpoint resumed = pretrain("parts", pretraining("[]", 0.2), true, Integer.MAX_VALUE);

        assertThat(Arrays.equals(bias(resumed), one)).isTrue();
        assertThat(resumed.provenance().get("corpora"))
                .isEqualTo(Map.of("corpus", SnapshotReads.readsDigest(folder.resolve("corpus/manifest.json"))));
    }

    @Test
    void aCorpusThatWasSplitOffAnotherIsRememberedWithThatOne() throws IOException {
        corpus().write(folder.resolve("corpus"), 1, 0);
        Path manifest = folder.resolve("corpus/manifest.json");
        ObjectNode tree = (ObjectNode) new ObjectMapper().readTree(manifest.toFile());
        tree.putObject("settings").put("splitOf", "sha256:whole");
        new ObjectMapper().writeValue(manifest.toFile(), tree);
        TrainingCheckpoint trained = pretrain("out", pretraining("[]", 0.2), false, 1);
        assertThat(trained.provenance().get("corpora"))
                .isEqualTo(Map.of("corpus", SnapshotReads.readsDigest(manifest), "corpus is part of", "sha256:whole"));
    }

    @Test
    void readsAreMixedWithGenomesByWeight() throws IOException {
        corpus().write(folder.resolve("corpus"), 1, 0);
        TestData.genome(folder.resolve("one.fa"), 30_000, 0.1, null, 1);
        PretrainConfig mixed = pretraining("[{name: one, fasta: one.fa}]", 0.2);
        float[] both = bias(pretrain("both", mixed, false, Integer.MAX_VALUE));
        float[] alone = bias(pretrain("alone", pretraining("[]", 0.2), false, Integer.MAX_VALUE));
        assertThat(Arrays.equals(both, alone)).isFalse();
    }

    @Test
    void rejectsAConfigurationWithNothingToLearnFromOrToMeasure() throws IOException {
        corpus().write(folder.resolve("corpus"), 1, 0);
        assertThatThrownBy(() -> SettingsTree.of("model: " + MODEL, PretrainConfig.class))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("at least one genome or corpus of reads");
        assertThatThrownBy(() -> pretrain("none", pretraining("[]", 0), false, 1))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("Expected something held out");
    }

    private FinetuneConfig finetuning(Path labels) {
        return SettingsTree.of(
                String.format(Locale.ROOT, """
                model: %s
                labels: [{name: A T}, {name: G C}]
                window: {bases: 40, minReadBases: 30}
                csv: {train: corpus, epochs: 6, classWeights: BALANCED, labels: %s}
                training: {batchSize: 16, learningRate: 3e-3, warmUpSteps: 10, seed: 5,
                  logEvery: 10, evaluateEvery: 20, checkpointEvery: 20}
                """, MODEL, labels == null ? "" : labels), FinetuneConfig.class);
    }

    @Test
    void finetuningLearnsTheLabelsOfACorpusUnderTheNamesOfTheConfiguration() throws IOException {
        corpus().write(folder.resolve("corpus"), 2, 0);
        Files.writeString(folder.resolve("labels.tsv"), "low\tA T\nhigh\tG C\n");
        Finetuning.Result result =
                TestData.finetune(folder, "out", finetuning(Path.of("labels.tsv")), false, Integer.MAX_VALUE);
        Finetuning.Result again =
                TestData.finetune(folder, "again", finetuning(Path.of("labels.tsv")), false, Integer.MAX_VALUE);

        assertThat(result.finished()).isTrue();
        Map<String, Object> provenance = TrainingCheckpoint.read(result.model()).provenance();
        assertThat(provenance.get("corpora"))
                .isEqualTo(Map.of("corpus", SnapshotReads.readsDigest(folder.resolve("corpus/manifest.json"))));
        assertThat(new ObjectMapper()
                        .valueToTree(result.metrics())
                        .at("/validation/accuracy")
                        .asDouble())
                .isGreaterThan(0.9);
        assertThat(again.metrics()).isEqualTo(result.metrics());
    }

    @Test
    void labelsThatTheConfigurationDoesNotNameAreRejected() throws IOException {
        corpus().write(folder.resolve("corpus"), 1, 0);
        assertThatThrownBy(() -> TestData.finetune(folder, "out", finetuning(null), false, 1))
                .isInstanceOf(CorpusException.class)
                .hasMessageContaining("Expected one of the labels A T, G C as label of the corpus' reads, got 'high'");
    }
}
