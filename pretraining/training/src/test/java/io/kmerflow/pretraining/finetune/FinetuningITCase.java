package io.kmerflow.pretraining.finetune;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.kmerflow.contract.ModelContract;
import io.kmerflow.pretraining.PretrainConfig;
import io.kmerflow.pretraining.Pretraining;
import io.kmerflow.pretraining.TestData;
import io.kmerflow.pretraining.checkpoint.ClassifierModel;
import io.kmerflow.pretraining.checkpoint.GoldenSequence;
import io.kmerflow.pretraining.checkpoint.TrainingCheckpoint;
import io.kmerflow.pretraining.corpus.LabelledSequence;
import io.kmerflow.pretraining.evaluation.KmerLogisticRegression;
import io.kmerflow.pretraining.evaluation.ReadClassifier;
import io.kmerflow.pretraining.model.HeadConfig;
import io.kmerflow.pretraining.settings.SettingsTree;
import io.kmerflow.pretraining.trainer.TorchSession;
import io.kmerflow.sequence.Nucleotide;
import io.kmerflow.sequence.Strand;
import io.kmerflow.token.WindowEncoder;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FinetuningITCase {
    @TempDir
    Path folder;

    @BeforeEach
    void writeGenomes() throws IOException {
        TestData.genome(folder.resolve("one.fa"), 30_000, 0.5, "TTGACATATAAT", 1);
        TestData.genome(folder.resolve("two.fa"), 30_000, 0.5, "GGAGGTTTAACC", 2);
    }

    private static final String MODEL =
            "model: {k: 4, hidden: 32, layers: 1, heads: 2, feedForward: 64, maxPositions: 80}\n";
    private static final String GENOMES = """
            labels:
              - {name: one, ontologyId: "EX:1", genomes: [one.fa]}
              - {name: two, genomes: [two.fa]}
            window: {bases: 70, strideBases: 50, minReadBases: 30}
            heldOut: {share: 0.2, blockBases: 3000, guardBases: 100}
            validationPerLabel: 150
            """;

    private FinetuneConfig config(String yaml) throws IOException {
        return SettingsTree.read(Files.writeString(folder.resolve("run.yaml"), yaml), FinetuneConfig.class);
    }

    private static String training(int steps) {
        return String.format(
                        Locale.ROOT,
                        "training: {steps: %d, batchSize: 16, learningRate: 3.0e-3, warmUpSteps: 10, bucketBatches: 4, seed: 3,",
                        steps)
                + " logEvery: 20, evaluateEvery: 40, checkpointEvery: 40}\n";
    }

    private Finetuning.Result run(String out, FinetuneConfig config, boolean resume, int stopAfter) throws IOException {
        return TestData.finetune(folder, out, config, resume, stopAfter);
    }

    @SuppressWarnings("unchecked")
    private static double accuracy(Map<String, Object> metrics, String split) {
        return (double) ((Map<String, Object>) metrics.get(split)).get("accuracy");
    }

    @Test
    void twoFamiliesAreToldApartOnHeldOutWindowsAndNotBeforeTraining() throws IOException {
        Finetuning.Result untrained = run("untrained", config(MODEL + GENOMES + training(1)), false, 9);
        assertThat(accuracy(untrained.metrics(), "validation")).isBetween(0.3, 0.7);
        Finetuning.Result trained = run("trained", config(MODEL + GENOMES + training(240)), false, 999);
        assertThat(trained.finished()).isTrue();
        assertThat(accuracy(trained.metrics(), "validation")).isGreaterThan(0.85);

        TrainingCheckpoint checkpoint = TrainingCheckpoint.read(trained.model());
        ModelContract contract = checkpoint.contract();
        assertThat(contract.labels())
                .containsExactly(new ModelContract.Label("one", "EX:1"), new ModelContract.Label("two", null));
        assertThat(contract.windowBases()).isEqualTo(70);
        assertThat(contract.windowStrideBases()).isEqualTo(50);
        assertThat(contract.temperature()).isNotEqualTo(1);
        assertThat(contract.threshold()).isBetween(0.5, 1.0);
        assertThat(checkpoint.state()).isNull();
        assertThat(checkpoint.provenance())
                .containsKeys("configuration", "dataSha256", "metrics", "commit", "pytorch", "java", "device")
                .hasEntrySatisfying(
                        "djl", version -> assertThat((String) version).matches("\\d+\\.\\d+\\.\\d+"));
        assertThat(trained.model().resolve("metrics.json")).exists();
        assertThat(Files.readString(trained.model().resolve("held-out.tsv"))).contains("one\tone\t");
        assertGolden(checkpoint);
    }

    @Test
    void learnsBackgroundLabelAndValidatesItOnGenomesOfItsOwn() throws IOException {
        TestData.genome(folder.resolve("other.fa"), 30_000, 0.2, "ATATTTAAATAT", 3);
        TestData.genome(folder.resolve("another.fa"), 2_000, 0.2, "AATTTATTATAA", 4);
        TestData.genome(folder.resolve("unseen.fa"), 5_000, 0.2, "TTATAATATTTA", 5);
        FinetuneConfig config = config(MODEL + GENOMES.replace("window:", """
              - name: other organism
                background: true
                weight: 2
                syntheticShare: 0.25
                genomes: [{fasta: other.fa, weight: 3}, {fasta: another.fa, weight: 1}]
                validationGenomes: [unseen.fa]
            window:""") + training(240));
        Finetuning.Result trained = run("other", config, false, 999);
        ModelContract contract = TrainingCheckpoint.read(trained.model()).contract();
        assertThat(contract.withLongReadThreshold(null).labels())
                .containsExactly(
                        new ModelContract.Label("one", "EX:1"),
                        new ModelContract.Label("two", null),
                        new ModelContract.Label("other organism", null, true));
        assertThat(contract.labels().get(0).longReadThreshold()).isBetween(0.5, 1.0);
        assertThat(contract.labels().get(2).longReadThreshold()).isNull();
        assertThat(accuracy(trained.metrics(), "validation")).isGreaterThan(0.8);
        assertThat(accuracy(trained.metrics(), "longReads"))
                .as("14 windows each")
                .isGreaterThan(0.9);
        assertThat(contract.longReadThreshold()).isBetween(0.0, 1.0);
        assertGolden(TrainingCheckpoint.read(trained.model()));
        assertThat(TrainingCheckpoint.read(trained.model()).provenance().get("dataSha256"))
                .asInstanceOf(InstanceOfAssertFactories.MAP)
                .containsOnlyKeys("one.fa", "two.fa", "other.fa", "another.fa", "unseen.fa");
        assertThatThrownBy(() -> run(
                        "mixed",
                        config(MODEL
                                + GENOMES.replace("[one.fa]", "[{fasta: one.fa, weight: 1}, two.fa]")
                                + training(1)),
                        false,
                        9))
                .hasMessage("Expected a weight for every genome of a label or for none, got none for two.fa");
        assertThatThrownBy(() -> config(MODEL + GENOMES.replace("genomes:", "background: true, genomes:")))
                .hasMessageContaining("Expected a label that is no background");
    }

    @Test
    void wideTermIsLearned() throws IOException {
        Finetuning.Result trained = run("wide", config(MODEL + "wide: true\n" + GENOMES + training(120)), false, 999);
        TrainingCheckpoint checkpoint = TrainingCheckpoint.read(trained.model());
        assertThat(checkpoint.head().wide()).isTrue();
        float[] table = checkpoint.weights().get(HeadConfig.WIDE).data();
        int moved = 0;
        for (float value : table) {
            moved += Math.abs(value) > 1e-3 ? 1 : 0;
        }
        assertThat(moved).as("of 261 tokens and 2 labels").isGreaterThan(300);
        assertThat(accuracy(trained.metrics(), "validation")).isGreaterThan(0.85);
        assertGolden(checkpoint);
    }

    private static final String ANNOTATED = """
            labels:
              - {name: coding forward, ontologyId: "SO:0000316", weight: 2}
              - {name: coding reverse, ontologyId: "SO:0000316", weight: 2}
              - {name: non-coding, background: true}
            annotated:
              genomes: [{features: train.gff3, fasta: train.fa, weight: 2}, {features: more.gbk, weight: 1}]
              validationGenomes: [{features: valid.gff3, fasta: valid.fa}]
            window: {bases: 60, strideBases: 20, minReadBases: 30, aggregation: MIDDLE_SEGMENTS, tokenStride: 3, meanRunBases: 200}
            validationPerLabel: 150
            """;

    /** Genes of 200 bases on both strands, of which one in five is G C A, every 300 bases. */
    private void annotated(String name, long seed) throws IOException {
        String bases = Files.readAllLines(TestData.genome(folder.resolve(name + ".fa"), 30_000, 0.5, null, seed))
                .get(1);
        StringBuilder text = new StringBuilder(bases);
        StringBuilder gff = new StringBuilder("##gff-version 3\n");
        for (int i = 100; i + 300 < bases.length(); i += 300) {
            boolean forward = (i / 300) % 2 == 0;
            for (int at = i; at < i + 200; at += 15) {
                text.replace(at, at + 12, forward ? "GCAGCAGCAGCA" : "TGCTGCTGCTGC");
            }
            gff.append(String.format(
                    Locale.ROOT, "%s\tx\tCDS\t%d\t%d\t.\t%s\t0\t.\n", name, i + 1, i + 200, forward ? "+" : "-"));
        }
        Files.writeString(folder.resolve(name + ".fa"), ">" + name + "\n" + text + "\n");
        Files.writeString(folder.resolve(name + ".gff3"), gff);
    }

    @Test
    void codingStretchesAreLearnedFromAnnotatedGenomes() throws IOException {
        annotated("train", 6);
        annotated("valid", 7);
        Files.writeString(
                folder.resolve("more.gbk"), """
                LOCUS       more
                FEATURES             Location/Qualifiers
                     CDS             101..500
                ORIGIN
                        1 %s
                //
                """.replace("%s", "t".repeat(100) + "gca".repeat(134) + "a".repeat(100)));
        FinetuneConfig config = config(MODEL + ANNOTATED + training(240));
        Finetuning.Result trained = run("coding", config, false, 999);
        TrainingCheckpoint checkpoint = TrainingCheckpoint.read(trained.model());
        ModelContract contract = checkpoint.contract();
        assertThat(contract.aggregation()).isEqualTo(ModelContract.Aggregation.MIDDLE_SEGMENTS);
        assertThat(contract.threshold()).isEqualTo(0.5);
        assertThat(trained.metrics()).containsEntry("threshold", 0.5).doesNotContainKey("validationCalledShare");
        assertThat(contract.windowStrideBases()).isEqualTo(20);
        assertThat(contract.tokenStride()).isEqualTo(3);
        assertThat(contract.chain().meanRunBases()).isEqualTo(200);
        assertThat(contract.chain().frequencies().get(2)).isCloseTo(1 / 3.0, within(0.07));
        assertThat(contract.longReadThreshold()).isNull();
        assertThat(contract.labels())
                .containsExactly(
                        new ModelContract.Label("coding forward", "SO:0000316", false, Strand.FORWARD),
                        new ModelContract.Label("coding reverse", "SO:0000316", false, Strand.REVERSE),
                        new ModelContract.Label("non-coding", null, true));
        assertThat(accuracy(trained.metrics(), "validation")).isGreaterThan(0.8);
        assertThat(checkpoint.golden()).hasSize(32);
        assertThat(checkpoint.provenance().get("dataSha256"))
                .asInstanceOf(InstanceOfAssertFactories.MAP)
                .containsOnlyKeys("train.gff3", "train.fa", "more.gbk", "valid.gff3", "valid.fa");
        assertThat(folder.resolve("coding/held-out.tsv")).doesNotExist();
        List<LabelledSequence> validation = Evaluation.validation(config, folder);
        assertThat(validation).hasSize(450);
        assertThat(validation.stream().filter(row -> row.label() == 2).count() / 450.0)
                .as("as frequent as in the genome, a third")
                .isCloseTo(1 / 3.0, within(0.07));
    }

    @Test
    void annotatedGenomesNeedThreeLabelsAndTheStrandTheyCameFrom() {
        assertThatThrownBy(() -> config(MODEL + ANNOTATED.replace(", background: true", "")))
                .hasMessageContaining("Expected three labels with annotated, the last alone with background");
        assertThatThrownBy(() -> config(MODEL + ANNOTATED.replace("minReadBases: 30", "strand: CANONICAL")))
                .hasMessageContaining("Expected strand UNSTRANDED and no bothStrands with annotated");
        assertThatThrownBy(() -> config(MODEL + "bothStrands: true\n" + ANNOTATED))
                .hasMessageContaining("Expected strand UNSTRANDED and no bothStrands with annotated");
        assertThatThrownBy(() -> config(MODEL + ANNOTATED + "csv: {train: a.csv}\n"))
                .hasMessageContaining("Expected csv or annotated, got both");
        assertThatThrownBy(() -> config(MODEL + ANNOTATED.replace("[{features: valid.gff3, fasta: valid.fa}]", "[]")))
                .hasMessageContaining("genomes and validationGenomes, got 2 and 0");
        assertThatThrownBy(() -> config(MODEL + ANNOTATED.replace("weight: 1}]", "weight: 0}]")))
                .hasMessageContaining("a weight above 0, got features more.gbk, weight 0");
        assertThatThrownBy(() -> run(
                        "weights", config(MODEL + ANNOTATED.replace(", weight: 1}]", "}]") + training(1)), false, 9))
                .hasMessageContaining("Expected a weight for every annotated genome or for none");
    }

    private static void assertGolden(TrainingCheckpoint checkpoint) {
        assertThat(checkpoint.golden()).hasSize(32);
        assertThat(checkpoint.golden()).anyMatch(g -> g.bases().length() == 30);
        assertThat(checkpoint.golden()).anyMatch(g -> g.bases().length() == 70);
        assertThat(checkpoint.golden().stream()
                        .filter(g -> g.bases().contains("N"))
                        .count())
                .isGreaterThan(5);
        WindowEncoder encoder = checkpoint.contract().encoder();
        int[][] ids = new int[checkpoint.golden().size()][];
        for (int i = 0; i < ids.length; i++) {
            byte[] bases = checkpoint.golden().get(i).bases().getBytes(StandardCharsets.US_ASCII);
            ids[i] = new int[encoder.tokenCount(bases.length)];
            encoder.encode(bases, 0, bases.length, ids[i], 0);
        }
        try (TorchSession session = TorchSession.open("cpu", 1);
                ClassifierModel model = new ClassifierModel(session, checkpoint)) {
            float[][] logits = model.logits(ids); // padded together; the golden ones were computed one by one
            for (int i = 0; i < ids.length; i++) {
                GoldenSequence golden = checkpoint.golden().get(i);
                assertThat(logits[i]).as(golden.bases()).containsExactly(golden.logits(), within(1e-4f));
            }
        }
    }

    @Test
    void aModelOfBothStrandsGivesAReadAndItsReverseComplementTheSameLogits() throws IOException {
        Finetuning.Result one = run("one", config(MODEL + GENOMES + training(20)), false, 999);
        Finetuning.Result both =
                run("both", config(MODEL + "bothStrands: true\n" + GENOMES + training(20)), false, 999);
        TrainingCheckpoint oneStrand = TrainingCheckpoint.read(one.model());
        TrainingCheckpoint bothStrands = TrainingCheckpoint.read(both.model());
        WindowEncoder encoder = oneStrand.contract().encoder();
        byte[] bases = oneStrand.golden().get(0).bases().getBytes(StandardCharsets.US_ASCII);
        byte[][] strands = {bases, Nucleotide.reverseComplement(bases)};
        int[][] ids = new int[2][encoder.tokenCount(bases.length)];
        for (int i = 0; i < 2; i++) {
            encoder.encode(strands[i], 0, bases.length, ids[i], 0);
        }
        try (TorchSession session = TorchSession.open("cpu", 1);
                ClassifierModel single = new ClassifierModel(session, oneStrand);
                ClassifierModel mean = new ClassifierModel(session, bothStrands)) {
            float[][] there = single.logits(ids);
            float[][] averaged = mean.logits(ids);
            assertThat(there[0]).isNotEqualTo(there[1]);
            assertThat(averaged[0]).containsExactly(averaged[1], within(1e-5f));
            assertThat(averaged[0][0]).isCloseTo((there[0][0] + there[1][0]) / 2, within(1e-5f));
        }
        assertThatThrownBy(() -> config(MODEL + "bothStrands: true\n"
                        + GENOMES.replace("window: {", "window: {strand: SENSE, ")
                        + training(1)))
                .hasMessageContaining("bothStrands with strand UNSTRANDED");
    }

    @Test
    void canonicalModelScoresBothStrandsOfAReadAlike() throws IOException {
        FinetuneConfig config =
                config(MODEL + GENOMES.replace("window: {", "window: {strand: CANONICAL, ") + training(60));
        Finetuning.Result result = run("canonical", config, false, 999);
        TrainingCheckpoint checkpoint = TrainingCheckpoint.read(result.model());
        assertThat(checkpoint.contract().strand()).isEqualTo(ModelContract.StrandRule.CANONICAL);
        assertThat(accuracy(result.metrics(), "validation")).isGreaterThan(0.7);
        try (TorchSession session = TorchSession.open("cpu", 1);
                ClassifierModel classifier = new ClassifierModel(session, checkpoint)) {
            ReadClassifier reads = new ReadClassifier(classifier, checkpoint.contract());
            List<LabelledSequence> windows = Evaluation.validation(config, folder);
            assertThat(windows).hasSizeGreaterThan(20);
            for (LabelledSequence window : windows) {
                float[] logits = reads.logits(window.bases());
                assertThat(reads.logits(Nucleotide.reverseComplement(window.bases())))
                        .isEqualTo(logits);
            }
        }
    }

    @Test
    void anInterruptedRunEndsBitForBitWhereAnUninterruptedOneDoes() throws IOException {
        FinetuneConfig config = config(MODEL + "dropout: 0.1\n" + GENOMES + training(60));
        TrainingCheckpoint whole =
                TrainingCheckpoint.read(run("whole", config, false, 999).model());
        Finetuning.Result half = run("parts", config, false, 45);
        assertThat(half.finished()).isFalse();
        assertThat(half.step()).isEqualTo(45);
        TrainingCheckpoint resumed =
                TrainingCheckpoint.read(run("parts", config, true, 999).model());
        whole.weights()
                .forEach((name, tensor) ->
                        assertThat(resumed.weights().get(name).data()).as(name).containsExactly(tensor.data()));
        assertThat(resumed.contract()).isEqualTo(whole.contract());
    }

    @Test
    void fineTuningStartsFromThePretrainedEncoder() throws IOException {
        PretrainConfig pretrain = SettingsTree.read(
                Files.writeString(folder.resolve("pretrain.yaml"), MODEL + """
                                genomes: [{name: one, fasta: one.fa}, {name: two, fasta: two.fa}]
                                heldOut: {share: 0.2, blockBases: 3000, guardBases: 100}
                                corpus: {pieceBases: 70}
                                evaluation: {pieces: 32}
                                training: {steps: 3, batchSize: 8}
                                """), PretrainConfig.class);
        Path pretrained = new Pretraining(
                        pretrain,
                        TestData.options(folder, folder.resolve("pre"), false, new TestData.Recorder(), () -> false))
                .run()
                .model();
        TestData.Recorder recorder = new TestData.Recorder();
        FinetuneConfig config = config("checkpoint: " + folder.relativize(pretrained) + "\n" + GENOMES + training(1));
        new Finetuning(config, TestData.options(folder, folder.resolve("fine"), false, recorder, () -> false)).run();
        assertThat(recorder.notes).contains("starting weights: fresh are [classifier.weight, classifier.bias]");
        assertThat(TrainingCheckpoint.read(folder.resolve("fine/last")).provenance())
                .containsKey("startedFrom")
                .extractingByKey("dataSha256", InstanceOfAssertFactories.MAP)
                .containsKeys("one.fa", "two.fa");
        for (String run : new String[] {"pre/last", "fine/last"}) {
            assertThat(Files.readString(folder.resolve(run + "/provenance.json")))
                    .as("a shipped model does not tell where its files lay")
                    .contains("one.fa")
                    .doesNotContain(folder.toString())
                    .doesNotContain("file:");
        }
        float[] before = TrainingCheckpoint.read(pretrained)
                .weights()
                .get("bert.embeddings.word_embeddings.weight")
                .data();
        float[] after = TrainingCheckpoint.read(folder.resolve("fine/last"))
                .weights()
                .get("bert.embeddings.word_embeddings.weight")
                .data();
        // One step of warm-up moves a weight by at most about a tenth of the rate.
        for (int i = 0; i < before.length; i++) {
            assertThat(after[i]).isCloseTo(before[i], within(4e-4f));
        }
    }

    private void csv(String name, int rows, long seed) throws IOException {
        StringBuilder text = new StringBuilder("sequence,label\n");
        for (int i = 0; i < rows; i++) {
            Path one = TestData.genome(folder.resolve("row.fa"), 40, i % 2 == 0 ? 0.3 : 0.7, null, seed * 1_000 + i);
            text.append(Files.readAllLines(one).get(1))
                    .append(',')
                    .append(i % 2)
                    .append('\n');
        }
        Files.writeString(folder.resolve(name), text);
    }

    @Test
    void labelledSequencesAreLearnedByEpochsAndTestedOnce() throws IOException {
        csv("train.csv", 200, 1);
        csv("dev.csv", 60, 2);
        csv("test.csv", 60, 3);
        FinetuneConfig config = config(MODEL + """
                head: CLASSIFIER_CLS
                labels: [{name: low}, {name: high}]
                window: {strand: SENSE, aggregation: SEGMENTS}
                csv: {train: train.csv, dev: dev.csv, test: test.csv, epochs: 6}
                training: {batchSize: 16, learningRate: 2.0e-3, warmUpSteps: 10, evaluateEvery: 13}
                """);
        Finetuning.Result result = run("csv", config, false, 999);
        assertThat(result.step()).isEqualTo(6 * 13);
        assertThat(accuracy(result.metrics(), "test")).isGreaterThan(0.85);
        ModelContract contract = TrainingCheckpoint.read(result.model()).contract();
        assertThat(contract.windowBases()).isEqualTo(40);
        assertThat(contract.minReadBases()).isEqualTo(40);
        assertThat(contract.strand()).isEqualTo(ModelContract.StrandRule.SENSE);
        assertThat(contract.aggregation()).isEqualTo(ModelContract.Aggregation.SEGMENTS);

        List<LabelledSequence> dev = Evaluation.validation(config, folder);
        try (TorchSession session = TorchSession.open("cpu", 1)) {
            Map<String, Object> metrics = Evaluation.model(session, result.model(), dev);
            assertThat((double) metrics.get("accuracy")).isEqualTo(accuracy(result.metrics(), "validation"));
        }
        KmerLogisticRegression control =
                Evaluation.control(config, folder, 0, new KmerLogisticRegression.Settings(2, 1e-3, 10, 0.05, 1));
        assertThat((double)
                        Evaluation.control(control, List.of("low", "high"), dev).get("accuracy"))
                .isGreaterThan(0.85);
    }

    @Test
    void aRunWithoutAnythingToStartFromIsRefused() {
        assertThatThrownBy(() -> run("none", config(GENOMES), false, 9))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("Expected a checkpoint or a model to start from");
    }

    @Test
    void aKeyThatDoesNotExistIsNamed() {
        assertThatThrownBy(() -> config(MODEL + GENOMES + "training: {step: 5}\n"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("step")
                .hasMessageContaining("training.step")
                .hasMessageContaining("run.yaml");
        assertThatThrownBy(() -> config(MODEL + "checkpoint: there\n" + GENOMES))
                .hasMessageContaining("got both");
        assertThatThrownBy(() -> config(MODEL + GENOMES + "training: {steps: 0}\n"))
                .hasMessageContaining("Expected steps")
                .hasMessageContaining("training");
    }
}
