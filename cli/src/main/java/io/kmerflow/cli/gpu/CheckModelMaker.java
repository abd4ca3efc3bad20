package io.kmerflow.cli.gpu;

import io.kmerflow.bundle.GoldenRead;
import io.kmerflow.bundle.ModelBundle;
import io.kmerflow.bundle.Precision;
import io.kmerflow.contract.ModelContract;
import io.kmerflow.export.graph.EncoderGraph;
import io.kmerflow.export.graph.EncoderGraphReader;
import io.kmerflow.export.graph.GraphStyle;
import io.kmerflow.gpucheck.CheckModels;
import io.kmerflow.gpucheck.CheckModels.Shape;
import io.kmerflow.pretraining.model.EncoderConfig;
import io.kmerflow.pretraining.model.HeadConfig;
import io.kmerflow.pretraining.model.ParameterLayout;
import io.kmerflow.scoring.OnnxWindowScorer;
import io.kmerflow.scoring.ScoringException;
import io.kmerflow.scoring.ScoringOptions;
import io.kmerflow.token.Vocabulary;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Makes the models of a check: the bundled one in both precisions, and two of other sizes with random weights. */
final class CheckModelMaker {
    private static final int K = 6;
    private static final int BASE_TOKENS = 128;
    private static final int LONG_TOKENS = 512;
    private static final int SHORTEST_READ = 60;
    private static final float EPSILON = 1e-12f;

    private final Path folder;
    private final Map<String, Shape> shapes = new LinkedHashMap<>();

    CheckModelMaker(Path folder) {
        this.folder = folder;
    }

    /** Makes them. */
    CheckModels make(ModelBundle bundled) throws IOException, ScoringException {
        EncoderGraphReader.Encoder encoder = EncoderGraphReader.read(bundled.modelFile());
        EncoderGraph.Sizes sizes = encoder.sizes();
        bundles(CheckModels.BUNDLED, encoder.weights(), sizes, bundled.contract(), bundled.golden());
        EncoderGraph.Sizes longer =
                sizes(sizes.layers(), sizes.hidden(), sizes.feedForward(), sizes.heads(), sizes.labels(), LONG_TOKENS);
        for (Precision precision : List.of(Precision.FP32, Precision.FP16)) {
            graph(CheckModels.LONG, random(longer), longer, precision);
        }
        EncoderGraph.Sizes base = sizes(12, 768, 3072, 12, sizes.labels(), LONG_TOKENS);
        ModelContract contract = new ModelContract(
                K,
                1,
                new Vocabulary(K).hash(),
                LONG_TOKENS,
                BASE_TOKENS + K - 3, // [CLS] and [SEP] are tokens too
                BASE_TOKENS + K - 3,
                SHORTEST_READ,
                0,
                ModelContract.StrandRule.UNSTRANDED,
                ModelContract.Aggregation.READ,
                1,
                0,
                bundled.contract().labels());
        bundles(CheckModels.BASE, random(base), base, contract, null);
        CheckModels models = new CheckModels(folder, shapes);
        models.write();
        return models;
    }

    private static EncoderGraph.Sizes sizes(
            int layers, int hidden, int feedForward, int heads, int labels, int positions) {
        return new EncoderGraph.Sizes(
                new Vocabulary(K).size(), hidden, layers, heads, feedForward, positions, EPSILON, false, labels, false);
    }

    private static Map<String, float[]> random(EncoderGraph.Sizes sizes) {
        ParameterLayout layout = new ParameterLayout(
                new EncoderConfig(
                        K,
                        sizes.hidden(),
                        sizes.layers(),
                        sizes.heads(),
                        sizes.feedForward(),
                        sizes.maxPositions(),
                        2,
                        0,
                        EPSILON),
                new HeadConfig(HeadConfig.Kind.CLASSIFIER_MEAN, sizes.labels()));
        Map<String, float[]> weights = new HashMap<>();
        layout.tensors(layout.initialize(1)).forEach((name, tensor) -> weights.put(name, tensor.data()));
        return weights;
    }

    private void bundles(
            String name,
            Map<String, float[]> weights,
            EncoderGraph.Sizes sizes,
            ModelContract contract,
            List<GoldenRead> golden)
            throws IOException, ScoringException {
        List<GoldenRead> reads = golden;
        for (Precision precision : List.of(Precision.FP32, Precision.FP16)) {
            Path bundle = graph(name, weights, sizes, precision);
            if (reads == null) {
                reads = golden(contract, bundle.resolve("model.onnx"));
            }
            ModelBundle.complete(
                    bundle, name, "check", precision.toString(), contract, reads, "{}", "Made by gpu-check.\n");
        }
    }

    private Path graph(String name, Map<String, float[]> weights, EncoderGraph.Sizes sizes, Precision precision)
            throws IOException {
        shapes.put(
                name,
                new Shape(
                        sizes.layers(),
                        sizes.hidden(),
                        sizes.feedForward(),
                        sizes.heads(),
                        sizes.vocabulary(),
                        sizes.maxPositions()));
        Path target = Files.createDirectories(new CheckModels(folder, shapes).of(name, precision == Precision.FP16));
        Files.write(
                target.resolve("model.onnx"),
                new EncoderGraph(weights, sizes, GraphStyle.FUSED, precision, Map.of()).toBytes(Map.of()));
        return target;
    }

    /** What the fp32 graph gives on the CPU, for a model that nobody has trained. */
    private static List<GoldenRead> golden(ModelContract contract, Path graph) throws ScoringException {
        List<GoldenRead> reads = new ArrayList<>();
        try (OnnxWindowScorer scorer = new OnnxWindowScorer(graph, ScoringOptions.cpu(1))) {
            for (String unit : List.of("ACGT", "GATTACA", "TTAGGGCA")) {
                String bases = unit.repeat(contract.windowBases()).substring(0, contract.windowBases());
                GoldenRead unscored =
                        new GoldenRead(bases, new float[contract.labels().size()]);
                reads.add(new GoldenRead(bases, scorer.score(unscored.batch(contract))));
            }
        }
        return reads;
    }
}
