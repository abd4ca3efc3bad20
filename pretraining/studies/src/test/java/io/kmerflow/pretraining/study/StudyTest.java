package io.kmerflow.pretraining.study;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.kmerflow.pretraining.HeldOutConfig;
import io.kmerflow.pretraining.MaskingConfig;
import io.kmerflow.pretraining.PretrainConfig;
import io.kmerflow.pretraining.RunOptions;
import io.kmerflow.pretraining.TestData;
import io.kmerflow.pretraining.model.EncoderConfig;
import io.kmerflow.pretraining.random.Xoshiro256;
import io.kmerflow.pretraining.trainer.TrainingConfig;
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

class StudyTest {
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
        return new StudyConfig(
                new EncoderConfig(3, 16, 1, 2, 32, 64, 2, 0, 1e-12),
                List.of(new PretrainConfig.GenomeSource("one", Path.of("one.fa"), null)),
                new HeldOutConfig(0.2, 2_000, 100, List.of()),
                List.of(Path.of("tests.bed")),
                60,
                List.of(
                        new StudyConfig.Arm(
                                "contiguous", MaskingConfig.of(MaskingConfig.Strategy.CONTIGUOUS), 1, List.of(1, 3)),
                        new StudyConfig.Arm(
                                "apart", new MaskingConfig(MaskingConfig.Strategy.FIXED, 0.15, 1, null, null), 3, null),
                        new StudyConfig.Arm("random-init", null, null, null)),
                List.of(1L, 2L),
                new TrainingConfig(24L, 8, 3e-3, 4L, null, null, null, null, null, null, null, 12, 24, 12),
                List.of("set"),
                40,
                new TrainingConfig(12L, 8, 5e-3, 2L, null, null, null, null, null, null, null, null, 6, null),
                8,
                List.of(2),
                4);
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
                .contains("<svg", "t-SNE", "Markov, order 2", "contiguous", "Student's t")
                .doesNotContain("<script", "<link", "src=", "url(", "NaN");
        assertThatThrownBy(() -> run("whole", false, () -> false)).hasMessageContaining("--resume");
    }

    @Test
    void pretrainsOnNothingThatIsLeftOut() throws IOException {
        Files.writeString(folder.resolve("tests.bed"), "one\t0\t30000\n");
        assertThatThrownBy(() -> run("all", false, () -> false))
                .hasMessageContaining(
                        "Expected stretches of at least 60 bases without N for training, got none in [one]");
    }
}
