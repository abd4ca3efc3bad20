package io.kmerflow.export;

import io.kmerflow.bundle.GoldenRead;
import io.kmerflow.bundle.ModelBundle;
import io.kmerflow.contract.ModelContract;
import io.kmerflow.export.graph.EncoderGraph;
import io.kmerflow.export.graph.EncoderGraphReader;
import io.kmerflow.pretraining.checkpoint.TrainingCheckpoint;
import io.kmerflow.pretraining.model.EncoderConfig;
import io.kmerflow.pretraining.model.HeadConfig;
import java.io.IOException;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * A trained classifier, whatever it is taken from.
 *
 * @param weights row-major, (out, in) for linear layers, by Hugging Face name
 * @param sizes of the encoder and its head
 * @param golden sequences and the logits that the trainer gave them
 * @param provenance what made it
 * @param origin what it is taken from, for the provenance of what is made of it
 */
public record Classifier(
        Map<String, float[]> weights,
        EncoderGraph.Sizes sizes,
        ModelContract contract,
        List<GoldenRead> golden,
        Map<String, Object> provenance,
        String origin) {
    /**
     * A fine-tuned training checkpoint.
     *
     * @throws IllegalArgumentException if it is no finished classifier
     */
    public static Classifier of(TrainingCheckpoint checkpoint) {
        if (checkpoint.contract() == null || checkpoint.golden().isEmpty()) {
            throw new IllegalArgumentException(
                    "Expected a fine-tuned checkpoint with contract.json and golden.json, got one without");
        }
        EncoderConfig config = checkpoint.config();
        Map<String, float[]> weights = new HashMap<>();
        checkpoint.weights().forEach((name, tensor) -> weights.put(name, tensor.data()));
        if (checkpoint.head().wide()) {
            weights.put(EncoderGraph.WIDE, scaled(weights.remove(HeadConfig.WIDE), HeadConfig.WIDE_SCALE));
        }
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
        List<GoldenRead> golden = checkpoint.golden().stream()
                .map(sequence -> new GoldenRead(sequence.bases(), sequence.logits(), sequence.label()))
                .toList();
        return new Classifier(
                weights, sizes, checkpoint.contract(), golden, checkpoint.provenance(), "training checkpoint");
    }

    private static float[] scaled(float[] values, float factor) {
        float[] scaled = new float[values.length];
        for (int i = 0; i < values.length; i++) {
            scaled[i] = factor * values[i];
        }
        return scaled;
    }

    /**
     * A bundle in fp32.
     *
     * @throws IllegalArgumentException if its graph is not one that kmerflow wrote in fp32
     */
    public static Classifier of(ModelBundle bundle) throws IOException {
        EncoderGraphReader.Encoder encoder = EncoderGraphReader.read(bundle.modelFile());
        return new Classifier(
                encoder.weights(),
                encoder.sizes(),
                bundle.contract(),
                bundle.golden(),
                bundle.provenance(),
                String.format(Locale.ROOT, "%s %s %s", bundle.name(), bundle.version(), bundle.digest()));
    }
}
