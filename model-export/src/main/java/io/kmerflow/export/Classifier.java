package io.kmerflow.export;

import io.kmerflow.bundle.GoldenRead;
import io.kmerflow.bundle.ModelBundle;
import io.kmerflow.contract.ModelContract;
import io.kmerflow.contract.ReadScores;
import io.kmerflow.export.graph.EncoderGraph;
import io.kmerflow.export.graph.EncoderGraphReader;
import io.kmerflow.export.parity.ParityException;
import io.kmerflow.pretraining.checkpoint.GoldenSequence;
import io.kmerflow.pretraining.checkpoint.TrainingCheckpoint;
import io.kmerflow.pretraining.model.EncoderConfig;
import io.kmerflow.pretraining.model.HeadConfig;
import io.kmerflow.pretraining.model.ParameterLayout;
import io.kmerflow.pretraining.model.Tensor;
import io.kmerflow.token.TokenBatch;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;

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
    private static final int TYPE_VOCABULARY = 2;
    /** Ten times what TF32 was seen to do (4.8e-4 on an H100): more is another fault. */
    private static final float TF32_TOLERANCE = 5e-3f;

    private static final String TF32 = "tf32";

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

    /** The same under another contract of the same labels. */
    public Classifier with(ModelContract newContract) {
        return new Classifier(weights, sizes, newContract, golden, provenance, origin);
    }

    /**
     * The same with golden logits in full float32 where the trainer's GPU rounded the factors of products to TF32: a bundle has to
     * give them within less than that costs.
     *
     * @param trained the model in PyTorch without TF32; logits row-major (windows, labels)
     * @throws ParityException if they differ by more than TF32 explains
     */
    public Classifier exact(Function<TokenBatch, float[]> trained) {
        if (!Boolean.TRUE.equals(provenance.get(TF32))) {
            return this;
        }
        List<GoldenRead> anew = new ArrayList<>();
        float largest = 0;
        for (GoldenRead read : golden) {
            float[] logits = trained.apply(read.batch(contract));
            for (int label = 0; label < logits.length; label++) {
                largest = Math.max(largest, Math.abs(logits[label] - read.logits()[label]));
            }
            String best = contract.labels().get(ReadScores.argMax(logits)).name();
            anew.add(new GoldenRead(read.bases(), logits, best));
        }
        if (!(largest <= TF32_TOLERANCE)) {
            throw new ParityException(String.format(
                    Locale.ROOT,
                    "Expected golden logits that TF32 put off by at most %s, got a difference of %s",
                    TF32_TOLERANCE,
                    largest));
        }
        Map<String, Object> noted = new LinkedHashMap<>(provenance);
        noted.put("goldenLogits", "in float32, as TF32 put them off by " + largest);
        return new Classifier(weights, sizes, contract, anew, noted, origin);
    }

    /**
     * A training checkpoint of the same weights, to fine-tune from. Parameters that a graph does not keep, such as an unused pooler,
     * are fresh.
     */
    public TrainingCheckpoint checkpoint() {
        EncoderConfig config = new EncoderConfig(
                contract.k(),
                sizes.hidden(),
                sizes.layers(),
                sizes.heads(),
                sizes.feedForward(),
                sizes.maxPositions(),
                TYPE_VOCABULARY,
                0,
                sizes.layerNormEpsilon());
        HeadConfig head = new HeadConfig(
                sizes.clsPooling() ? HeadConfig.Kind.CLASSIFIER_CLS : HeadConfig.Kind.CLASSIFIER_MEAN,
                sizes.labels(),
                sizes.bothStrands(),
                weights.containsKey(EncoderGraph.WIDE));
        ParameterLayout layout = new ParameterLayout(config, head);
        float[] values = layout.initialize(0);
        Map<String, Tensor> tensors = layout.tensors(values);
        weights.forEach((name, weight) -> {
            boolean wide = name.equals(EncoderGraph.WIDE);
            tensors.computeIfPresent(
                    wide ? HeadConfig.WIDE : name,
                    (key, fresh) ->
                            new Tensor(wide ? scaled(weight, 1 / HeadConfig.WIDE_SCALE) : weight, fresh.shape()));
        });
        List<GoldenSequence> sequences = golden.stream()
                .map(read -> new GoldenSequence(read.bases(), read.logits(), read.label()))
                .toList();
        Map<String, Object> from = new LinkedHashMap<>(provenance);
        from.put("takenFrom", origin);
        return new TrainingCheckpoint(config, head, tensors, null, Map.of(), contract, sequences, from);
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
