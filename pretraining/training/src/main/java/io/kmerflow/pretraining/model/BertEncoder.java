package io.kmerflow.pretraining.model;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.ndarray.types.SparseFormat;
import ai.djl.nn.Activation;
import ai.djl.nn.core.Embedding;
import ai.djl.nn.core.Linear;
import ai.djl.nn.norm.Dropout;
import ai.djl.nn.norm.LayerNorm;
import java.util.Locale;
import java.util.function.Consumer;

/**
 * BERT's encoder as functions over a flat parameter vector: learned positions, post-LayerNorm layers, exact (erf) GELU.
 * Stateless; every array it makes lives on the manager of its inputs. In the comments B is rows, S tokens, H hidden.
 */
public final class BertEncoder {
    /** Added to the attention scores of padding: e^-10000 is 0 in float32. */
    private static final float PADDING_BIAS = -10_000f;

    private final EncoderConfig config;

    public BertEncoder(EncoderConfig config) {
        this.config = config;
    }

    /**
     * Token vectors.
     *
     * @param training whether dropout is drawn
     * @return float32, shape (B, S, H)
     * @throws IllegalArgumentException if the rows are wider than the positions the model has
     */
    public NDArray forward(Parameters parameters, NDManager scope, TokenRows rows, boolean training) {
        return forward(parameters, scope, rows, training, (layer, probabilities) -> {});
    }

    /** Sees what the tokens attend to. */
    @FunctionalInterface
    public interface AttentionListener {
        /**
         * Called once for each layer, in order.
         *
         * @param probabilities float32, shape (B, heads, S queries, S keys), rows sum to 1
         */
        void layer(int layer, NDArray probabilities);
    }

    /** As the other, with a listener. */
    public NDArray forward(
            Parameters parameters, NDManager scope, TokenRows rows, boolean training, AttentionListener listener) {
        if (rows.width() > config.maxPositions()) {
            throw new IllegalArgumentException(String.format(
                    Locale.ROOT,
                    "Expected at most %d tokens per sequence, got %d",
                    config.maxPositions(),
                    rows.width()));
        }
        NDArray hidden = embed(parameters, scope, rows, training);
        NDArray bias = rows.isPadded() ? paddingBias(scope, rows) : null;
        for (int layer = 0; layer < config.layers(); layer++) {
            String at = ParameterLayout.layer(layer);
            int number = layer;
            hidden = attention(
                    parameters, scope, at + "attention.", hidden, bias, training, p -> listener.layer(number, p));
            hidden = feedForward(parameters, at, hidden, training);
        }
        return hidden;
    }

    private NDArray embed(Parameters parameters, NDManager scope, TokenRows rows, boolean training) {
        NDArray ids = scope.create(rows.tokenIds(), new Shape(rows.rows(), rows.width()));
        NDArray words = Embedding.embedding(
                        ids, parameters.get("bert.embeddings.word_embeddings.weight"), SparseFormat.DENSE)
                .singletonOrThrow(); // (B, S, H)
        NDArray places =
                parameters.get("bert.embeddings.position_embeddings.weight").get("0:" + rows.width()); // (S, H)
        NDArray type =
                parameters.get("bert.embeddings.token_type_embeddings.weight").get("0:1"); // (1, H)
        NDArray sum = words.addi(places.add(type)); // in place: no backward pass needs the words alone
        return dropout(norm(parameters, "bert.embeddings.LayerNorm", sum), training);
    }

    private NDArray attention(
            Parameters parameters,
            NDManager scope,
            String at,
            NDArray input,
            NDArray bias,
            boolean training,
            Consumer<NDArray> listener) {
        Shape shape = input.getShape();
        long b = shape.get(0);
        long s = shape.get(1);
        int heads = config.heads();
        long width = config.hidden() / heads;
        NDArray qkv = linear(parameters, at + "self.qkv", input); // (B, S, 3H)
        NDList parts = qkv.reshape(b, s, 3L * heads, width)
                .transpose(0, 2, 1, 3) // (B, 3 heads, S, width)
                .split(new long[] {heads, 2L * heads}, 1);
        NDArray query = parts.get(0).mul(OwnMemory.of(scope, 1 / (float) Math.sqrt(width)));
        NDArray scores = query.matMul(parts.get(1).transpose(0, 1, 3, 2)); // (B, heads, S, S)
        if (bias != null) {
            scores.addi(bias);
        }
        NDArray probabilities = dropout(scores.softmax(-1), training);
        listener.accept(probabilities);
        scores.close(); // the backward pass needs the probabilities alone; this frees B x heads x S x S floats
        NDArray mixed = probabilities.matMul(parts.get(2)); // (B, heads, S, width)
        NDArray joined = mixed.transpose(0, 2, 1, 3).reshape(b, s, config.hidden());
        mixed.close();
        NDArray output = dropout(linear(parameters, at + "output.dense", joined), training);
        return norm(parameters, at + "output.LayerNorm", output.addi(input));
    }

    private NDArray feedForward(Parameters parameters, String at, NDArray input, boolean training) {
        NDArray inner = Activation.gelu(linear(parameters, at + "intermediate.dense", input)); // (B, S, feedForward)
        NDArray output = dropout(linear(parameters, at + "output.dense", inner), training);
        return norm(parameters, at + "output.LayerNorm", output.addi(input));
    }

    /** Shape (B, 1, 1, S): 0 for real tokens, a large negative number for padding. */
    private static NDArray paddingBias(NDManager scope, TokenRows rows) {
        float[] bias = new float[rows.tokenIds().length];
        for (int row = 0; row < rows.rows(); row++) {
            for (int token = rows.tokenCounts()[row]; token < rows.width(); token++) {
                bias[row * rows.width() + token] = PADDING_BIAS;
            }
        }
        return OwnMemory.of(scope, bias, new Shape(rows.rows(), 1, 1, rows.width()));
    }

    NDArray linear(Parameters parameters, String name, NDArray input) {
        return Linear.linear(input, parameters.get(name + ".weight"), parameters.get(name + ".bias"))
                .singletonOrThrow();
    }

    NDArray norm(Parameters parameters, String name, NDArray input) {
        return LayerNorm.layerNorm(
                        input,
                        new Shape(config.hidden()),
                        parameters.get(name + ".weight"),
                        parameters.get(name + ".bias"),
                        (float) config.layerNormEpsilon())
                .singletonOrThrow();
    }

    NDArray dropout(NDArray input, boolean training) {
        if (!training || config.dropout() == 0) {
            return input;
        }
        return Dropout.dropout(input, (float) config.dropout(), true).singletonOrThrow();
    }
}
