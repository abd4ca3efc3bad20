package io.kmerflow.pretraining.model;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.ndarray.types.SparseFormat;
import ai.djl.nn.Activation;
import ai.djl.nn.core.Embedding;
import ai.djl.nn.core.Linear;
import io.kmerflow.token.Vocabulary;

/** An encoder with its head. Stateless, as {@link BertEncoder}. */
public final class BertModel {
    private final ParameterLayout layout;
    private final BertEncoder encoder;

    public BertModel(ParameterLayout layout) {
        this.layout = layout;
        this.encoder = new BertEncoder(layout.encoder());
    }

    /** Names, shapes and places of the parameters. */
    public ParameterLayout layout() {
        return layout;
    }

    /**
     * Logits of masked tokens. The head runs at the masked positions alone: a decoder over all tokens would cost as much as
     * the rest of a small model.
     *
     * @param positions indices into the rows' ids, at least one
     * @return float32, shape (positions, vocabulary), not normalised
     */
    public NDArray maskedTokenLogits(
            Parameters parameters, NDManager scope, TokenRows rows, int[] positions, boolean training) {
        // Copied before the encoder is queued: a copy to a GPU waits for all that is queued.
        NDArray places = scope.create(positions);
        NDArray hidden = encoder.forward(parameters, scope, rows, training);
        NDArray flat = hidden.reshape(-1, layout.encoder().hidden());
        // An embedding look-up is a row gather with a cheap backward pass.
        NDArray masked = Embedding.embedding(places, flat, SparseFormat.DENSE).singletonOrThrow(); // (positions, H)
        NDArray transformed = encoder.norm(
                parameters,
                "cls.predictions.transform.LayerNorm",
                Activation.gelu(encoder.linear(parameters, "cls.predictions.transform.dense", masked)));
        return Linear.linear(
                        transformed,
                        parameters.get("bert.embeddings.word_embeddings.weight"),
                        parameters.get("cls.predictions.bias"))
                .singletonOrThrow();
    }

    /**
     * Logits of a classifier.
     *
     * @return float32, shape (rows, labels), not normalised
     */
    public NDArray classLogits(Parameters parameters, NDManager scope, TokenRows rows, boolean training) {
        NDArray hidden = encoder.forward(parameters, scope, rows, training);
        NDArray pooled;
        if (layout.head().kind() == HeadConfig.Kind.CLASSIFIER_CLS) {
            NDArray first = hidden.get(":, 0"); // (B, H)
            pooled = encoder.linear(parameters, "bert.pooler.dense", first).tanh();
        } else {
            pooled = rows.isPadded() ? meanOfReal(scope, hidden, rows) : hidden.mean(new int[] {1});
        }
        NDArray logits = encoder.linear(parameters, "classifier", encoder.dropout(pooled, training));
        return layout.head().wide() ? logits.add(wideLogits(parameters, scope, rows)) : logits;
    }

    /** The mean of the real tokens' own terms, times a constant: shape (B, labels). */
    private static NDArray wideLogits(Parameters parameters, NDManager scope, TokenRows rows) {
        NDArray ids = scope.create(rows.tokenIds(), new Shape(rows.rows(), rows.width()));
        NDArray terms = Embedding.embedding(ids, parameters.get(HeadConfig.WIDE), SparseFormat.DENSE)
                .singletonOrThrow(); // (B, S, labels)
        return meanOfReal(scope, terms, rows).mul(OwnMemory.of(scope, HeadConfig.WIDE_SCALE));
    }

    /**
     * Logits of sequences that come in several rows: weighted means of the rows' logits. As the last layer is linear, this
     * is the same as averaging the pooled vectors.
     *
     * @param shares row-major (sequences, rows), each sequence's summing to 1; null if every sequence is one row
     * @return float32, shape (sequences, labels), not normalised
     */
    public NDArray classLogits(
            Parameters parameters, NDManager scope, TokenRows rows, float[] shares, boolean training) {
        NDArray logits = classLogits(parameters, scope, rows, training);
        return shares == null
                ? logits
                : OwnMemory.of(scope, shares, new Shape(shares.length / rows.rows(), rows.rows()))
                        .matMul(logits);
    }

    /**
     * Logits of a finished classifier, dropout off: the mean over both strands if the head says so.
     *
     * @param weights flat, in the layout's order, without a gradient
     * @param shares see {@link #classLogits(Parameters, NDManager, TokenRows, float[], boolean)}
     * @return row-major (sequences, labels), not normalised
     */
    public float[] scores(NDManager manager, NDArray weights, TokenRows rows, float[] shares) {
        float[] logits = oneStrand(manager, weights, rows, shares);
        if (layout.head().bothStrands()) {
            TokenRows turned =
                    rows.reverseComplement(new Vocabulary(layout.encoder().k()));
            float[] other = oneStrand(manager, weights, turned, shares);
            for (int i = 0; i < logits.length; i++) {
                logits[i] = (logits[i] + other[i]) / 2;
            }
        }
        return logits;
    }

    private float[] oneStrand(NDManager manager, NDArray weights, TokenRows rows, float[] shares) {
        try (NDManager scope = manager.newSubManager()) {
            NDArray view = weights.stopGradient();
            view.attach(scope);
            return classLogits(new Parameters(layout, view), scope, rows, shares, false)
                    .toFloatArray();
        }
    }

    /** Mean over the real tokens of each row, as a product with weights 1 / count: (B, S, width) to (B, width). */
    private static NDArray meanOfReal(NDManager scope, NDArray vectors, TokenRows rows) {
        float[] weights = new float[rows.tokenIds().length];
        for (int row = 0; row < rows.rows(); row++) {
            int count = rows.tokenCounts()[row];
            for (int token = 0; token < count; token++) {
                weights[row * rows.width() + token] = 1f / count;
            }
        }
        return OwnMemory.of(scope, weights, new Shape(rows.rows(), 1, rows.width()))
                .matMul(vectors)
                .squeeze(1);
    }

    /**
     * Mean cross-entropy, in nats.
     *
     * @param logits shape (n, classes)
     * @param labels true class of each row, length n
     * @return a scalar with a gradient
     */
    public static NDArray crossEntropy(NDManager scope, NDArray logits, int[] labels) {
        NDArray index = scope.create(labels, new Shape(labels.length, 1)).toType(DataType.INT64, false);
        return logits.logSoftmax(-1).gather(index, 1).mean().neg();
    }

    /**
     * Mean of weight x cross-entropy, in nats.
     *
     * @param weights of the labels; null if all count 1
     */
    public static NDArray crossEntropy(NDManager scope, NDArray logits, int[] labels, float[] weights) {
        if (weights == null) {
            return crossEntropy(scope, logits, labels);
        }
        NDArray index = scope.create(labels, new Shape(labels.length, 1)).toType(DataType.INT64, false);
        NDArray factors = OwnMemory.of(scope, weights, new Shape(labels.length, 1));
        return logits.logSoftmax(-1).gather(index, 1).mul(factors).mean().neg();
    }
}
