package io.kmerflow.pretraining.study;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.kmerflow.pretraining.RunOptions;
import io.kmerflow.pretraining.TestData;
import io.kmerflow.pretraining.random.Xoshiro256;
import io.kmerflow.pretraining.settings.SettingsTree;
import io.kmerflow.sequence.Nucleotide;
import java.io.IOException;
import java.io.OutputStreamWriter;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.BooleanSupplier;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StudyITCase {
    @TempDir
    Path folder;

    @BeforeEach
    void writeData() throws IOException {
        Files.createDirectories(folder.resolve("gue/set"));
        TestData.genome(folder.resolve("one.fa"), 30_000, 0.3, "TTGACATATAAT", 1);
        Files.writeString(folder.resolve("tests.bed"), "one\t100\t160\n");
        for (String part : List.of("train", "dev", "test")) {
            Xoshiro256 random = Xoshiro256.of(part.hashCode());
            try (Writer out = new OutputStreamWriter(
                    new GZIPOutputStream(Files.newOutputStream(folder.resolve("gue/set/" + part + ".csv.gz"))),
                    StandardCharsets.US_ASCII)) {
                out.write("sequence,label\n");
                for (int i = 0; i < 60; i++) {
                    StringBuilder bases = new StringBuilder();
                    for (int b = 0; b < 60; b++) {
                        int digit = random.nextDouble() < 0.8 ? 2 * (i % 2) : 2 - 2 * (i % 2);
                        bases.append((char) Nucleotide.base(digit + random.nextInt(2)));
                    }
                    out.write(bases + "," + i % 2 + "\n");
                }
            }
        }
    }

    private static StudyConfig config() {
        return SettingsTree.of("""
                model: {k: 3, hidden: 16, layers: 1, heads: 2, feedForward: 32, maxPositions: 64}
                genomes: [{name: one, fasta: one.fa}]
                heldOut: {share: 0.2, blockBases: 2000, guardBases: 100}
                leaveOut: [tests.bed]
                pieceBases: 60
                arms:
                  - {name: contiguous, masking: {strategy: CONTIGUOUS}, finetuneStrides: [1, 3]}
                  - {name: apart, masking: {strategy: FIXED, probability: 0.15, span: 1}, tokenStride: 3}
                  - {name: random-init}
                seeds: [1, 2]
                pretraining: {steps: 24, batchSize: 8, learningRate: 3e-3, warmUpSteps: 4,
                  logEvery: 12, evaluateEvery: 24, checkpointEvery: 12}
                sets: [set]
                trainRows: 40
                finetuning: {steps: 12, batchSize: 8, learningRate: 5e-3, warmUpSteps: 2, evaluateEvery: 6}
                maskPieces: 8
                markovOrders: [2]
                attentionPieces: 4
                """, StudyConfig.class);
    }

    private boolean run(String out, boolean resume, BooleanSupplier stopped) throws IOException {
        return run(out, resume, stopped, List.of());
    }

    private boolean run(String out, boolean resume, BooleanSupplier stopped, List<String> only) throws IOException {
        return new Study(
                        config(),
                        new RunOptions(
                                folder, folder.resolve(out), resume, "cpu", 1, null, new TestData.Recorder(), stopped),
                        only)
                .run();
    }

    private JsonNode results(String out) throws IOException {
        return new ObjectMapper()
                .readTree(folder.resolve(out).resolve("results.json").toFile());
    }

    @Test
    void unitsRunApartMakeTheStudyOfOneRun() throws IOException {
        assertThat(run("whole", false, () -> false)).isTrue();
        assertThat(run("shared", true, () -> false, List.of("apart-s2", "contiguous-s1")))
                .isTrue();
        assertThat(folder.resolve("shared/units/apart-s2.json")).exists();
        assertThat(folder.resolve("shared/units/contiguous-s2.json")).doesNotExist();
        assertThat(folder.resolve("shared/results.json")).doesNotExist();
        assertThat(run("shared", true, () -> false)).isTrue();
        assertThat(results("shared").get("contrasts"))
                .isEqualTo(results("whole").get("contrasts"));
        assertThatThrownBy(() -> run("shared", true, () -> false, List.of("apart-s3")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("contiguous-s1")
                .hasMessageContaining("got 'apart-s3'");
    }

    @Test
    void aStudyThatWasStoppedEndsWithTheSameScoresAndOneSelfContainedReport() throws IOException {
        assertThat(run("whole", false, () -> false)).isTrue();
        assertThat(run("parts", false, TestData.after(15))).isFalse();
        assertThat(run("parts", true, () -> false)).isTrue();
        JsonNode whole = results("whole");
        JsonNode parts = results("parts");
        assertThat(parts.get("contrasts")).isEqualTo(whole.get("contrasts"));
        assertThat(parts.get("controls")).isEqualTo(whole.get("controls"));
        assertThat(whole.get("dataSha256").fieldNames())
                .toIterable()
                .containsExactly("one.fa", "tests.bed", "train.csv.gz", "dev.csv.gz", "test.csv.gz");
        assertThat(whole.at("/units/5/madeBy/djl")).isEqualTo(whole.get("djl")).isNotNull();
        assertThat(whole.get("units")).hasSize(6);
        for (int unit = 0; unit < 6; unit++) {
            for (String field : List.of("scores", "hidden", "attention")) {
                assertThat(parts.at("/units/" + unit + "/" + field))
                        .isEqualTo(whole.at("/units/" + unit + "/" + field));
            }
        }
        double score = whole.at("/units/0/scores/1/mcc").asDouble();
        assertThat(score).as("G and C against A and T is easy").isGreaterThan(0.5);
        for (JsonNode layer : whole.at("/units/0/attention/0/layers")) {
            assertThat(layer.get("entropyShare").asDouble()).isBetween(0.5, 1.0001);
            assertThat(layer.get("specialShare").asDouble()).isBetween(0.0, 1.0);
        }
        String report = Files.readString(folder.resolve("whole/report.html"));
        assertThat(report)
                .contains("Of 1 contrasts (weights and sets)", "2 encoders are too few", "<details>")
                .contains("<svg", "t-SNE", "Markov, order 2", "contiguous", "Student&#39;s t")
                .doesNotContain("<script", "<link", "src=", "url(", "NaN");
        assertThatThrownBy(() -> run("whole", false, () -> false)).hasMessageContaining("--resume");
    }

    @Test
    void studyOfAnEarlierBuildIsKnownAgain() throws IOException {
        String medium =
                new String(StudyConfig.class.getResourceAsStream("medium.yaml").readAllBytes(), StandardCharsets.UTF_8);
        String kept = new String(
                StudyITCase.class
                        .getResourceAsStream("study-medium-2026-11-28.json")
                        .readAllBytes(),
                StandardCharsets.UTF_8);
        assertThat(Study.settings(SettingsTree.of(medium, StudyConfig.class))).isEqualTo(kept);
    }

    /** Units that release 0.1 and the builds after it have written are read as they are. */
    @Test
    void unitOfAnEarlierBuildIsReadAsItIs() throws IOException {
        UnitResult unit = new ObjectMapper()
                .readValue(StudyITCase.class.getResourceAsStream("unit-2026-11-28.json"), UnitResult.class);
        assertThat(unit.arm()).isEqualTo("contiguous");
        assertThat(unit.madeBy().djl()).isEqualTo("0.32.0");
        assertThat(unit.tokens()).isEqualTo(1_234L);
        assertThat(unit.losses().get(1)).isEqualTo(new UnitResult.LossPoint(256, 6, 8.25));
        assertThat(unit.hidden().at(14).repeat().bases()).isEqualTo(79);
        assertThat(unit.hidden().nextKmer().loss()).isEqualTo(8.3);
        assertThat(unit.scores().get(1).how()).isEqualTo(How.FINETUNE);
        assertThat(unit.scores().get(1).callsOneClass()).isTrue();
        assertThat(unit.finetunedMcc()).isZero();
        assertThat(unit.embeddings().pca()).containsExactly(new KmerMap.Place(0.5, -1, 3));
        assertThat(unit.attentionAtTheEnd().get(0).topKeyShare()).isEqualTo(0.25);
    }

    @Test
    void pretrainsOnNothingThatIsLeftOut() throws IOException {
        Files.writeString(folder.resolve("tests.bed"), "one\t0\t30000\n");
        assertThatThrownBy(() -> run("all", false, () -> false))
                .hasMessageContaining(
                        "Expected stretches of at least 60 bases without N for training, got none in [one]");
    }
}
