package io.kmerflow.export;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import io.kmerflow.bundle.GoldenRead;
import io.kmerflow.bundle.ModelBundle;
import io.kmerflow.bundle.Precision;
import io.kmerflow.contract.ModelContract;
import io.kmerflow.export.graph.EncoderGraph;
import io.kmerflow.export.graph.GraphStyle;
import io.kmerflow.export.parity.ParityCheck;
import io.kmerflow.pretraining.checkpoint.TrainingCheckpoint;
import io.kmerflow.pretraining.model.EncoderConfig;
import io.kmerflow.pretraining.model.HeadConfig;
import io.kmerflow.scoring.GoldenCheck;
import io.kmerflow.scoring.OnnxWindowScorer;
import io.kmerflow.scoring.ScoringOptions;
import io.kmerflow.token.TokenBatch;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Stream;

/** Turns a fine-tuned training checkpoint into a model bundle, through the gates of parity and golden reads. */
public final class ModelExporter {
    private static final ObjectMapper JSON = new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT);

    /**
     * What to make.
     *
     * @param name of the model
     * @param version of the model
     * @param style operators of the graph
     * @param precision of its encoder
     * @param card model card in Markdown, or null for one made from the provenance
     */
    public record Request(String name, String version, GraphStyle style, Precision precision, String card) {}

    /**
     * What was made.
     *
     * @param bundle read back from disk
     * @param parity difference to the trainer's logits, computed now
     * @param golden largest difference to the golden logits the trainer wrote down
     */
    public record Result(ModelBundle bundle, ParityCheck.Parity parity, float golden) {}

    private ModelExporter() {}

    /**
     * Writes the bundle beside {@code out}, checks it, and only then renames it there.
     *
     * @param checkpoint a fine-tuned classifier
     * @param trainer the checkpoint's model in PyTorch: logits, row-major (windows, labels)
     * @param out folder that must not exist yet
     * @throws IllegalArgumentException if the checkpoint is no finished classifier, or {@code out} exists
     * @throws io.kmerflow.export.parity.ParityException if ONNX Runtime does not give the trainer's logits
     */
    public static Result export(
            TrainingCheckpoint checkpoint, Function<TokenBatch, float[]> trainer, Request request, Path out)
            throws IOException {
        ModelContract contract = checkpoint.contract();
        if (contract == null || checkpoint.golden().isEmpty()) {
            throw new IllegalArgumentException(
                    "Expected a fine-tuned checkpoint with contract.json and golden.json, got one without");
        }
        if (Files.exists(out)) {
            throw new IllegalArgumentException("Expected a folder that does not exist yet, %s does".formatted(out));
        }
        Path target = out.toAbsolutePath();
        Files.createDirectories(target.getParent());
        Path temporary = Files.createTempDirectory(target.getParent(), "." + target.getFileName());
        try {
            Files.write(temporary.resolve("model.onnx"), graph(checkpoint, request));
            List<GoldenRead> golden = checkpoint.golden().stream()
                    .map(sequence -> new GoldenRead(sequence.bases(), sequence.logits()))
                    .toList();
            ParityCheck.Parity parity;
            float goldenDifference;
            try (OnnxWindowScorer scorer =
                    new OnnxWindowScorer(temporary.resolve("model.onnx"), ScoringOptions.cpu(1))) {
                parity = ParityCheck.require(contract, trainer, scorer, request.precision());
                Map<String, Object> provenance = new LinkedHashMap<>(checkpoint.provenance());
                provenance.put(
                        "export",
                        Map.of(
                                "graph", request.style().name(),
                                "parity", parity.worst(),
                                "labelAgreement", parity.labelAgreement()));
                ModelBundle bundle = ModelBundle.complete(
                        temporary,
                        request.name(),
                        request.version(),
                        request.precision().toString(),
                        contract,
                        golden,
                        JSON.writeValueAsString(provenance),
                        request.card() == null ? ModelCard.of(request, checkpoint) : request.card());
                goldenDifference = GoldenCheck.require(bundle, scorer);
            }
            Files.move(temporary, target, StandardCopyOption.ATOMIC_MOVE);
            return new Result(ModelBundle.read(out), parity, goldenDifference);
        } finally {
            delete(temporary);
        }
    }

    private static byte[] graph(TrainingCheckpoint checkpoint, Request request) {
        EncoderConfig config = checkpoint.config();
        Map<String, float[]> weights = new HashMap<>();
        checkpoint.weights().forEach((name, tensor) -> weights.put(name, tensor.data()));
        EncoderGraph.Sizes sizes = new EncoderGraph.Sizes(
                config.vocabularySize(),
                config.hidden(),
                config.layers(),
                config.heads(),
                config.feedForward(),
                config.maxPositions(),
                (float) config.layerNormEpsilon(),
                checkpoint.head().kind() == HeadConfig.Kind.CLASSIFIER_CLS,
                checkpoint.contract().labels().size(),
                checkpoint.head().bothStrands());
        return new EncoderGraph(weights, sizes, request.style(), request.precision())
                .toBytes(Map.of(
                        "model", request.name(),
                        "version", request.version(),
                        "precision", request.precision().toString()));
    }

    private static void delete(Path folder) throws IOException {
        if (!Files.exists(folder)) {
            return;
        }
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
    }
}
