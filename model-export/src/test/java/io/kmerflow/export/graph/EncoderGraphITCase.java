package io.kmerflow.export.graph;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kmerflow.bundle.Precision;
import io.kmerflow.export.graph.EncoderGraph.Sizes;
import io.kmerflow.scoring.OnnxWindowScorer;
import io.kmerflow.scoring.ScoringException;
import io.kmerflow.scoring.ScoringOptions;
import io.kmerflow.sequence.Nucleotide;
import io.kmerflow.token.KmerTokenizer;
import io.kmerflow.token.TokenBatch;
import io.kmerflow.token.Vocabulary;
import io.kmerflow.token.WindowEncoder;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class EncoderGraphITCase {
    private static final WindowEncoder ENCODER = new WindowEncoder(new KmerTokenizer(new Vocabulary(3), 1));

    @TempDir
    Path folder;

    private static Sizes sizes(boolean clsPooling) {
        return new Sizes(69, 24, 3, 4, 40, 64, 1e-12f, clsPooling, 5, false);
    }

    private OnnxWindowScorer scorer(Sizes sizes, GraphStyle style) throws IOException {
        Path file = Files.write(
                folder.resolve(style + "-" + sizes.clsPooling() + ".onnx"),
                new EncoderGraph(RandomWeights.of(sizes, 3), sizes, style).toBytes(Map.of("model", "test")));
        return new OnnxWindowScorer(file, ScoringOptions.cpu(1));
    }

    private static TokenBatch batch(int width, int... windowBases) {
        Random random = new Random(11);
        TokenBatch batch = new TokenBatch(ENCODER, windowBases.length, width);
        for (int bases : windowBases) {
            byte[] window = new byte[bases];
            for (int i = 0; i < bases; i++) {
                window[i] = (byte) "ACGTN".charAt(random.nextInt(10) == 0 ? 4 : random.nextInt(4));
            }
            batch.add(window, 0, bases);
        }
        return batch;
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void fusedAndStandardGraphsGiveTheSameLogits(boolean clsPooling) throws Exception {
        Sizes sizes = sizes(clsPooling);
        try (OnnxWindowScorer fused = scorer(sizes, GraphStyle.FUSED);
                OnnxWindowScorer standard = scorer(sizes, GraphStyle.STANDARD)) {
            TokenBatch batch = batch(40, 20, 38, 9);
            assertThat(fused.score(batch)).hasSize(15).containsExactly(standard.score(batch), Offset.offset(1e-4f));
        }
    }

    @ParameterizedTest
    @EnumSource(GraphStyle.class)
    void wideTermIsMeanOfTableRowsOfRealTokens(GraphStyle style) throws Exception {
        Sizes sizes = sizes(true);
        Map<String, float[]> weights = RandomWeights.of(sizes, 3);
        float[] table = new float[sizes.vocabulary() * sizes.labels()];
        for (int i = 0; i < table.length; i++) {
            table[i] = (i * 31 % 101) / 50f - 1;
        }
        weights.put(EncoderGraph.WIDE, table);
        Path file = Files.write(folder.resolve("wide.onnx"), new EncoderGraph(weights, sizes, style).toBytes(Map.of()));
        TokenBatch batch = batch(40, 20, 38, 9);
        try (OnnxWindowScorer plain = scorer(sizes, style);
                OnnxWindowScorer wide = new OnnxWindowScorer(file, ScoringOptions.cpu(1))) {
            float[] expected = plain.score(batch);
            for (int row = 0; row < 3; row++) {
                int tokens = batch.tokenCount(row);
                for (int token = 0; token < tokens; token++) {
                    int id = batch.tokenIds()[row * batch.width() + token];
                    for (int label = 0; label < sizes.labels(); label++) {
                        expected[row * sizes.labels() + label] += table[id * sizes.labels() + label] / tokens;
                    }
                }
            }
            assertThat(wide.score(batch)).containsExactly(expected, Offset.offset(1e-4f));
        }
        assertThat(EncoderGraphReader.read(file).weights().get(EncoderGraph.WIDE))
                .containsExactly(table);
    }

    @ParameterizedTest
    @EnumSource(GraphStyle.class)
    void halfPrecisionIsNearByHalfAsLargeAndStillTakesInt64AndGivesFloat32(GraphStyle style) throws Exception {
        for (boolean clsPooling : new boolean[] {true, false}) {
            Sizes sizes = sizes(clsPooling);
            byte[] half = new EncoderGraph(RandomWeights.of(sizes, 3), sizes, style, Precision.FP16, Map.of())
                    .toBytes(Map.of());
            Path file = Files.write(folder.resolve("half.onnx"), half);
            try (OnnxWindowScorer full = scorer(sizes, style);
                    OnnxWindowScorer rounded = new OnnxWindowScorer(file, ScoringOptions.cpu(1))) {
                TokenBatch batch = batch(40, 20, 38, 9);
                float[] expected = full.score(batch);
                assertThat(rounded.score(batch))
                        .isNotEqualTo(expected)
                        .containsExactly(expected, Offset.offset(Precision.FP16.logitTolerance()));
            }
            int full = new EncoderGraph(RandomWeights.of(sizes, 3), sizes, style).toBytes(Map.of()).length;
            assertThat(half.length).isLessThan(full * 2 / 3);
        }
    }

    private OnnxWindowScorer int8(Sizes sizes, List<TokenBatch> calibration) throws IOException {
        Map<String, float[]> weights = RandomWeights.of(sizes, 3);
        Map<String, ActivationRange> ranges = Calibration.of(weights, sizes, calibration);
        byte[] graph = new EncoderGraph(weights, sizes, GraphStyle.FUSED, Precision.INT8, ranges).toBytes(Map.of());
        return new OnnxWindowScorer(Files.write(folder.resolve("int8.onnx"), graph), ScoringOptions.cpu(1));
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void eightBitProductsAreNear(boolean clsPooling) throws Exception {
        Sizes sizes = sizes(clsPooling);
        TokenBatch batch = batch(40, 20, 38, 9);
        try (OnnxWindowScorer full = scorer(sizes, GraphStyle.FUSED);
                OnnxWindowScorer rounded = int8(sizes, List.of(batch(40, 38, 38, 38, 38)))) {
            float[] expected = full.score(batch);
            assertThat(rounded.score(batch)).isNotEqualTo(expected).containsExactly(expected, Offset.offset(0.15f));
        }
    }

    @Test
    void inEightBitsAWindowsLogitsDoNotDependOnItsNeighbours() throws Exception {
        try (OnnxWindowScorer scorer = int8(sizes(false), List.of(batch(40, 38, 38)))) {
            float[] alone = scorer.score(batch(40, 38));
            float[] among = scorer.score(batch(40, 38, 12, 30, 25));
            assertThat(Arrays.copyOf(among, alone.length)).containsExactly(alone, Offset.offset(1e-5f));
        }
    }

    @Test
    void inEightBitsAWindowGetsTheSameWithoutAMaskAsWithOne() throws Exception {
        try (OnnxWindowScorer scorer = int8(sizes(false), List.of(batch(40, 38, 38)))) {
            float[] unmasked = scorer.score(batch(38, 38)); // 36 k-mers and 2 special tokens: nothing is padded
            float[] masked = scorer.score(batch(60, 38));
            assertThat(masked).containsExactly(unmasked, Offset.offset(1e-5f));
            float[] padded = scorer.score(batch(40, 38, 20));
            float[] shorter = Arrays.copyOfRange(padded, unmasked.length, padded.length);
            assertThat(shorter).isNotEqualTo(unmasked);
        }
    }

    @Test
    void eightBitsNeedRangesAndFusedOperators() {
        Sizes sizes = sizes(false);
        Map<String, float[]> weights = RandomWeights.of(sizes, 3);
        assertThatThrownBy(() -> new EncoderGraph(weights, sizes, GraphStyle.STANDARD, Precision.INT8, Map.of()))
                .hasMessage("Expected fused operators for int8, got STANDARD");
        EncoderGraph without = new EncoderGraph(weights, sizes, GraphStyle.FUSED, Precision.INT8, Map.of());
        assertThatThrownBy(() -> without.toBytes(Map.of()))
                .hasMessage(
                        "Expected the range of what goes into bert.encoder.layer.0.attention.self.query.weight for int8,"
                                + " there is none");
    }

    @ParameterizedTest
    @EnumSource(GraphStyle.class)
    void aGraphGivesItsWeightsBack(GraphStyle style) throws Exception {
        for (boolean clsPooling : new boolean[] {true, false}) {
            Sizes sizes = new Sizes(69, 24, 3, 4, 40, 64, 1e-12f, clsPooling, 5, !clsPooling);
            byte[] bytes = new EncoderGraph(RandomWeights.of(sizes, 3), sizes, style).toBytes(Map.of("model", "test"));
            Path file = Files.write(folder.resolve("read.onnx"), bytes);

            EncoderGraphReader.Encoder read = EncoderGraphReader.read(file);

            assertThat(read.sizes()).isEqualTo(sizes);
            assertThat(new EncoderGraph(read.weights(), read.sizes(), style).toBytes(Map.of("model", "test")))
                    .isEqualTo(bytes);
        }
    }

    @Test
    void noWeightsAreTakenFromHalfPrecision() throws Exception {
        Sizes sizes = sizes(false);
        byte[] half = new EncoderGraph(RandomWeights.of(sizes, 3), sizes, GraphStyle.FUSED, Precision.FP16, Map.of())
                .toBytes(Map.of());
        Path file = Files.write(folder.resolve("half.onnx"), half);
        assertThatThrownBy(() -> EncoderGraphReader.read(file)).hasMessageContaining("Expected an fp32 graph");
    }

    @Test
    void aWeightBeyondHalfPrecisionIsNamed() {
        Sizes sizes = sizes(false);
        Map<String, float[]> weights = RandomWeights.of(sizes, 3);
        weights.get("bert.encoder.layer.1.output.dense.weight")[7] = 70_000;
        assertThatThrownBy(() ->
                        new EncoderGraph(weights, sizes, GraphStyle.FUSED, Precision.FP16, Map.of()).toBytes(Map.of()))
                .hasMessage("Expected weights of at most 65504 for fp16, got 70000.0 in"
                        + " bert.encoder.layer.1.output.dense.weight");
    }

    @ParameterizedTest
    @EnumSource(GraphStyle.class)
    void paddingDoesNotChangeLogits(GraphStyle style) throws Exception {
        try (OnnxWindowScorer scorer = scorer(sizes(false), style)) {
            assertThat(scorer.score(batch(60, 20))).containsExactly(scorer.score(batch(20, 20)), Offset.offset(1e-5f));
        }
    }

    @ParameterizedTest
    @EnumSource(GraphStyle.class)
    void everyWeightMatters(GraphStyle style) throws Exception {
        Sizes sizes = sizes(false);
        TokenBatch batch = batch(40, 38, 30);
        float[] logits;
        try (OnnxWindowScorer scorer = scorer(sizes, style)) {
            logits = scorer.score(batch);
        }
        for (String name : RandomWeights.of(sizes, 3).keySet()) {
            // The pooler is not in a mean-pooled graph; a key's bias is the same for every key and cancels in softmax.
            if (name.contains("pooler") || name.endsWith("key.bias")) {
                continue;
            }
            Map<String, float[]> changed = RandomWeights.of(sizes, 3);
            float[] weight = changed.get(name);
            for (int i = 0; i < weight.length; i++) {
                weight[i] *= 1.5f;
            }
            Path file = Files.write(
                    folder.resolve("changed.onnx"), new EncoderGraph(changed, sizes, style).toBytes(Map.of()));
            try (OnnxWindowScorer scorer = new OnnxWindowScorer(file, ScoringOptions.cpu(1))) {
                float[] other = scorer.score(batch);
                float most = 0;
                for (int i = 0; i < other.length; i++) {
                    most = Math.max(most, Math.abs(other[i] - logits[i]));
                }
                assertThat(most).as(name).isGreaterThan(1e-4f);
            }
        }
    }

    @ParameterizedTest
    @EnumSource(GraphStyle.class)
    void bothStrandsGiveTheMeanOfAWindowAndItsReverseComplement(GraphStyle style) throws Exception {
        byte[][] windows = {
            "ACGTTGCANNACGGTCATTAGC".getBytes(StandardCharsets.UTF_8), "TTGACCATGA".getBytes(StandardCharsets.UTF_8)
        };
        TokenBatch forward = new TokenBatch(ENCODER, 2, 40);
        TokenBatch reverse = new TokenBatch(ENCODER, 2, 40);
        for (byte[] window : windows) {
            forward.add(window, 0, window.length);
            reverse.add(Nucleotide.reverseComplement(window), 0, window.length);
        }
        Sizes both = new Sizes(69, 24, 3, 4, 40, 64, 1e-12f, false, 5, true);
        try (OnnxWindowScorer one = scorer(sizes(false), style);
                OnnxWindowScorer mean = new OnnxWindowScorer(
                        Files.write(
                                folder.resolve("both.onnx"),
                                new EncoderGraph(RandomWeights.of(both, 3), both, style).toBytes(Map.of())),
                        ScoringOptions.cpu(1))) {
            float[] there = one.score(forward);
            float[] back = one.score(reverse);
            float[] expected = new float[there.length];
            for (int i = 0; i < expected.length; i++) {
                expected[i] = (there[i] + back[i]) / 2;
            }
            assertThat(there).isNotEqualTo(back);
            assertThat(mean.score(forward)).containsExactly(expected, Offset.offset(1e-5f));
            assertThat(mean.score(reverse)).containsExactly(expected, Offset.offset(1e-5f));
        }
    }

    @Test
    void equalWeightsGiveEqualBytes() {
        Sizes sizes = sizes(false);
        assertThat(new EncoderGraph(RandomWeights.of(sizes, 3), sizes, GraphStyle.FUSED).toBytes(Map.of("a", "b")))
                .isEqualTo(new EncoderGraph(RandomWeights.of(sizes, 3), sizes, GraphStyle.FUSED)
                        .toBytes(Map.of("a", "b")));
    }

    @Test
    void aMissingOrMisshapenWeightIsNamed() {
        Sizes sizes = sizes(false);
        Map<String, float[]> weights = RandomWeights.of(sizes, 3);
        weights.put("classifier.bias", new float[4]);
        assertThatThrownBy(() -> new EncoderGraph(weights, sizes, GraphStyle.FUSED).toBytes(Map.of()))
                .hasMessage("Expected 5 values in weight classifier.bias, got 4");
        weights.remove("classifier.bias");
        assertThatThrownBy(() -> new EncoderGraph(weights, sizes, GraphStyle.FUSED).toBytes(Map.of()))
                .hasMessageContaining("classifier.bias");
    }

    @Test
    void aWindowLongerThanThePositionsIsABatchError() throws Exception {
        try (OnnxWindowScorer scorer = scorer(sizes(false), GraphStyle.FUSED)) {
            assertThatThrownBy(() -> scorer.score(batch(80, 70)))
                    .isInstanceOfSatisfying(
                            ScoringException.class, e -> assertThat(e.kind()).isEqualTo(ScoringException.Kind.BATCH));
        }
    }
}
