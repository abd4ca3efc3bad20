package io.kmerflow.export.graph;

import io.kmerflow.bundle.Precision;
import io.kmerflow.export.graph.Int8Products.Int8;
import java.util.Map;

/** Self-attention of an encoder's layers: one fused operator, operators of the standard, or products in int8. */
final class EncoderAttention {
    private static final float LARGEST_UINT8 = 255;
    private static final Map<String, Object> LAST_AXIS = Map.of("axis", -1L);
    /** (windows, tokens, heads, headSize) to (windows, heads, tokens, headSize), or back. */
    private static final long[] HEADS_FIRST = {0, 2, 1, 3};
    /** (windows, tokens, heads, headSize) to (windows, heads, headSize, tokens). */
    private static final long[] TOKENS_LAST = {0, 2, 3, 1};

    private final OnnxGraph graph;
    private final GraphWeights weights;
    private final LayerProducts products;
    private final Int8Products int8;
    private final EncoderGraph.Sizes sizes;
    private final GraphStyle style;
    private final Precision precision;

    EncoderAttention(
            OnnxGraph graph,
            GraphWeights weights,
            LayerProducts products,
            Int8Products int8,
            EncoderGraph.Sizes sizes,
            GraphStyle style,
            Precision precision) {
        this.graph = graph;
        this.weights = weights;
        this.products = products;
        this.int8 = int8;
        this.sizes = sizes;
        this.style = style;
        this.precision = precision;
    }

    /**
     * Adds the attention of a layer; returns what it attends to, (windows, tokens, hidden).
     *
     * @param mask for the fused operator int32 (windows, tokens) of 0 and 1, else what is added to the scores
     */
    String of(String layer, String input, String mask) {
        if (precision == Precision.INT8) {
            return int8Attention(layer, input, mask);
        }
        return style == GraphStyle.FUSED ? fusedAttention(layer, input, mask) : standardAttention(layer, input, mask);
    }

    /** One com.microsoft Attention: weights (hidden, 3 x hidden) as query, key, value side by side. */
    private String fusedAttention(String layer, String input, String mask) {
        int hidden = sizes.hidden();
        float[] packed = new float[hidden * 3 * hidden];
        float[] bias = new float[3 * hidden];
        String[] parts = {"query", "key", "value"};
        for (int part = 0; part < parts.length; part++) {
            float[] matrix = weights.get(layer + "attention.self." + parts[part] + ".weight", hidden * hidden);
            for (int out = 0; out < hidden; out++) {
                for (int in = 0; in < hidden; in++) {
                    packed[in * 3 * hidden + part * hidden + out] = matrix[out * hidden + in];
                }
            }
            System.arraycopy(
                    weights.get(layer + "attention.self." + parts[part] + ".bias", hidden),
                    0,
                    bias,
                    part * hidden,
                    hidden);
        }
        String weight = weights.numbers(precision, layer + "attention.self.qkv.weight", packed, hidden, 3L * hidden);
        String biases = weights.numbers(precision, layer + "attention.self.qkv.bias", bias, 3L * hidden);
        Map<String, Object> heads = Map.of("num_heads", (long) sizes.heads());
        String context = layer + "context";
        if (precision != Precision.FP16) {
            return graph.node(context, OnnxOperator.ATTENTION, heads, input, weight, biases, mask);
        }
        // A GPU's kernels that never write the scores to memory take no mask of this kind, and most batches need none.
        return graph.choice(
                context,
                EncoderGraph.ALL_REAL,
                OnnxGraph.Number.HALF,
                then -> then.node(context + ".unmasked", OnnxOperator.ATTENTION, heads, input, weight, biases),
                otherwise -> otherwise.node(
                        context + ".masked", OnnxOperator.ATTENTION, heads, input, weight, biases, mask));
    }

    private String standardAttention(String layer, String input, String mask) {
        String self = layer + "attention.self.";
        String scale = weights.numbers(precision, self + "scale", new float[] {scoreScale()});
        String query = products.projected(self + "query", input, sizes.hidden());
        String scaled = graph.node(self + "scaled", OnnxOperator.MUL, query, scale); // before the product: fp16's range
        String scores = graph.node( // (windows, heads, tokens, tokens)
                self + "scores",
                OnnxOperator.MAT_MUL,
                heads(self, "query", scaled, HEADS_FIRST),
                heads(self, "key", products.projected(self + "key", input, sizes.hidden()), TOKENS_LAST));
        String masked = graph.node(self + "masked", OnnxOperator.ADD, scores, mask);
        String shares = graph.node(self + "shares", OnnxOperator.SOFTMAX, LAST_AXIS, masked);
        String value = heads(self, "value", products.projected(self + "value", input, sizes.hidden()), HEADS_FIRST);
        return joined(layer, graph.node(self + "mixed", OnnxOperator.MAT_MUL, shares, value));
    }

    /**
     * All products of attention in int8, which com.microsoft QAttention has for query, key and value alone. Without the mask
     * where nothing is padded, as nothing is in reads of a window and more: adding its zeros to the scores takes time.
     */
    private String int8Attention(String layer, String input, String mask) {
        String self = layer + "attention.self.";
        Int8 query = int8.left(self + "query", products.projected(self + "query", input, sizes.hidden()));
        Int8 key = int8.right(self + "key", products.projected(self + "key", input, sizes.hidden()));
        Int8 value = int8.right(self + "value", products.projected(self + "value", input, sizes.hidden()));
        String scale = graph.node(
                self + "scale", OnnxOperator.MUL, query.scale(), graph.scalar(self + "score_scale", scoreScale()));
        String scores = int8.product(
                self + "scores",
                new Int8(heads(self, "query", query.values(), HEADS_FIRST), scale, query.zeroPoint()),
                key.with(heads(self, "key", key.values(), TOKENS_LAST)));
        String shares = graph.choice(
                self + "shares",
                EncoderGraph.ALL_REAL,
                OnnxGraph.Number.FLOAT,
                then -> then.node(self + "unmasked_shares", OnnxOperator.SOFTMAX, LAST_AXIS, scores),
                otherwise -> otherwise.node(
                        self + "masked_shares",
                        OnnxOperator.SOFTMAX,
                        LAST_AXIS,
                        otherwise.node(self + "masked", OnnxOperator.ADD, scores, mask)));
        Int8 values = value.with(heads(self, "value", value.values(), HEADS_FIRST));
        return joined(layer, mixed(self, shares, values));
    }

    /**
     * Values by their shares, which are rounded to uint8 with a scale for each query: its largest share is 255. One scale for
     * all would leave two steps for each of 147 equal shares.
     */
    private String mixed(String self, String shares, Int8 value) {
        String largest = graph.node(
                self + "largest_share", OnnxOperator.REDUCE_MAX, shares, graph.constant(self + "axis_shares", -1L));
        String scale = graph.node( // (windows, heads, tokens, 1)
                self + "share_scale", OnnxOperator.DIV, largest, graph.scalar(self + "largest_uint8", LARGEST_UINT8));
        String rounded = graph.node( // (windows x heads x tokens, tokens)
                self + "rounded_shares",
                OnnxOperator.QUANTIZE_LINEAR,
                Map.of("axis", 0L),
                graph.node(self + "rows_of_shares", OnnxOperator.FLATTEN, Map.of("axis", 3L), shares),
                graph.node(self + "row_scales", OnnxOperator.RESHAPE, scale, graph.constant(self + "flat", -1L)));
        String square = graph.node(
                self + "square_shares",
                OnnxOperator.RESHAPE,
                rounded,
                graph.node(self + "share_shape", OnnxOperator.SHAPE, shares));
        Int8 left = new Int8(square, graph.scalar(self + "one", 1f), graph.scalar(self + "no_zero_point", (byte) 0));
        return graph.node(self + "mixed", OnnxOperator.MUL, int8.product(self + "mixed_steps", left, value), scale);
    }

    private float scoreScale() {
        return (float) (1 / Math.sqrt((double) sizes.hidden() / sizes.heads()));
    }

    /** (windows, tokens, hidden) split among the heads. */
    private String heads(String self, String part, String values, long[] permutation) {
        String split = graph.node(
                self + part + ".split",
                OnnxOperator.RESHAPE,
                values,
                graph.constant(self + part + ".shape", 0L, 0L, sizes.heads(), sizes.hidden() / sizes.heads()));
        return graph.node(self + part + ".heads", OnnxOperator.TRANSPOSE, Map.of("perm", permutation), split);
    }

    /** (windows, heads, tokens, headSize) to (windows, tokens, hidden). */
    private String joined(String layer, String mixed) {
        String self = layer + "attention.self.";
        return graph.node(
                layer + "context",
                OnnxOperator.RESHAPE,
                graph.node(self + "turned", OnnxOperator.TRANSPOSE, Map.of("perm", HEADS_FIRST), mixed),
                graph.constant(self + "joined_shape", 0L, 0L, sizes.hidden()));
    }
}
