package io.kmerflow.export.graph;

import io.kmerflow.bundle.Precision;
import io.kmerflow.contract.ModelContract;
import io.kmerflow.export.graph.Int8Products.Int8;
import io.kmerflow.token.Vocabulary;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Writes a BERT encoder with a classifier as an ONNX graph, straight from trained weights under their Hugging Face
 * names. Inputs {@code input_ids} and {@code attention_mask}, int64, shape (windows, tokens), both dimensions dynamic;
 * output {@code logits}, float32, shape (windows, labels). Token types are all 0, so their embedding is folded into the
 * positions. Architecture: Devlin et al. 2019 (post-LayerNorm, exact GELU but in int8), as DNABERT uses it.
 */
public final class EncoderGraph {
    private static final String EMBEDDINGS = "bert.embeddings.";
    private static final String LAYERS = "bert.encoder.layer.";
    private static final int TENSOR_INT32 = 6; // TensorProto.DataType
    private static final int TENSOR_BOOL = 9;
    private static final int TENSOR_FLOAT = 1;
    private static final int TENSOR_FLOAT16 = 10;
    /** Whether no window is padded. */
    private static final String ALL_REAL = "all_real";

    private static final float LARGEST_UINT8 = 255;
    private static final Map<String, Object> LAST_AXIS = Map.of("axis", -1L);
    /** (windows, tokens, heads, headSize) to (windows, heads, tokens, headSize), or back. */
    private static final long[] HEADS_FIRST = {0, 2, 1, 3};
    /** (windows, tokens, heads, headSize) to (windows, heads, headSize, tokens). */
    private static final long[] TOKENS_LAST = {0, 2, 3, 1};

    /**
     * Sizes that the weights' shapes do not tell, or that we check them against.
     *
     * @param vocabulary token ids
     * @param hidden width of a token's vector
     * @param layers encoder layers
     * @param heads attention heads; divides hidden
     * @param feedForward width of the inner layer
     * @param maxPositions most tokens of a window
     * @param layerNormEpsilon added to the variance
     * @param clsPooling true: tanh pooler on [CLS]; false: mean over real tokens, [CLS] and [SEP] included
     * @param labels classes
     * @param bothStrands logits are the mean over a window and its reverse complement; overlapping k-mers only
     */
    public record Sizes(
            int vocabulary,
            int hidden,
            int layers,
            int heads,
            int feedForward,
            int maxPositions,
            float layerNormEpsilon,
            boolean clsPooling,
            int labels,
            boolean bothStrands) {}

    private final Map<String, float[]> weights;
    private final Sizes sizes;
    private final GraphStyle style;
    private final Precision precision;
    private final OnnxGraph graph = new OnnxGraph("kmerflow-encoder");
    private final Int8Products int8;
    /** What goes into each product of the layers, by the name of its weight or, in attention, of the part of it. */
    private final Map<String, String> productInputs = new LinkedHashMap<>();

    /** @param weights row-major, (out, in) for linear layers, by Hugging Face name */
    public EncoderGraph(Map<String, float[]> weights, Sizes sizes, GraphStyle style) {
        this(weights, sizes, style, Precision.FP32, Map.of());
    }

    /**
     * @param weights row-major, (out, in) for linear layers, by Hugging Face name
     * @param precision of the layers, and of the embeddings if it is fp16; pooling and classifier, which are little work, are
     *     always fp32
     * @param ranges for int8: of what goes into each of the layers' products, as {@link Calibration} finds them; else empty
     * @throws IllegalArgumentException if int8 is asked for in standard operators, which have no product that stays int8
     */
    public EncoderGraph(
            Map<String, float[]> weights,
            Sizes sizes,
            GraphStyle style,
            Precision precision,
            Map<String, ActivationRange> ranges) {
        if (precision == Precision.INT8 && style != GraphStyle.FUSED) {
            throw new IllegalArgumentException("Expected fused operators for int8, got %s".formatted(style));
        }
        this.precision = precision;
        this.int8 = new Int8Products(graph, ranges);
        this.weights = weights;
        this.sizes = sizes;
        this.style = style;
    }

    /**
     * The graph as the bytes of an ONNX file; equal weights give equal bytes.
     *
     * @param metadata kept in the file's properties
     * @throws IllegalArgumentException if a weight is missing, of another size or beyond the precision's range
     */
    public byte[] toBytes(Map<String, String> metadata) {
        build();
        return graph.toBytes(metadata);
    }

    /**
     * The same graph with further outputs, float32 scalars: for every product of the layers the least and the largest value
     * that goes into it, under the names {@link #least} and {@link #largest}.
     */
    byte[] toBytesWithRanges() {
        build();
        productInputs.forEach((weight, input) -> {
            graph.scalarOutput(graph.node(least(weight), OnnxOperator.REDUCE_MIN, Map.of("keepdims", 0L), input));
            graph.scalarOutput(graph.node(largest(weight), OnnxOperator.REDUCE_MAX, Map.of("keepdims", 0L), input));
        });
        return graph.toBytes(Map.of());
    }

    static String least(String weight) {
        return weight + ".least_input";
    }

    static String largest(String weight) {
        return weight + ".largest_input";
    }

    private void build() {
        String ids = graph.int64Input(ModelContract.INPUT_IDS, "windows", "tokens");
        String mask = graph.int64Input(ModelContract.ATTENTION_MASK, "windows", "tokens");
        if (sizes.bothStrands()) {
            ids = withReverseComplements(ids, mask);
            mask = graph.node("both_masks", OnnxOperator.CONCAT, Map.of("axis", 0L), mask, mask);
        }
        String floatMask = graph.node("mask_float", OnnxOperator.CAST, Map.of("to", (long) TENSOR_FLOAT), mask);
        String attentionMask = style == GraphStyle.FUSED && precision != Precision.INT8
                ? graph.node("mask_int32", OnnxOperator.CAST, Map.of("to", (long) TENSOR_INT32), mask)
                : additiveMask(floatMask);
        if (precision == Precision.INT8) {
            String least = graph.node("least_mask", OnnxOperator.REDUCE_MIN, Map.of("keepdims", 0L), floatMask);
            graph.node(ALL_REAL, OnnxOperator.CAST, Map.of("to", (long) TENSOR_BOOL), least);
        }
        String states = embeddings(ids);
        for (int layer = 0; layer < sizes.layers(); layer++) {
            states = layer(layer, states, attentionMask);
        }
        if (precision == Precision.FP16) { // a mean over hundreds of tokens would lose what fp16 still has
            states = graph.node("states_float", OnnxOperator.CAST, Map.of("to", (long) TENSOR_FLOAT), states);
        }
        String pooled = sizes.clsPooling() ? clsPooled(states) : meanPooled(states, floatMask);
        String product = linear(
                Precision.FP32, "classifier.product", pooled, "classifier.weight", sizes.hidden(), sizes.labels());
        String bias = constant(Precision.FP32, "classifier.bias", sizes.labels());
        if (sizes.bothStrands()) {
            String both = graph.node("both_logits", OnnxOperator.ADD, product, bias);
            String pairs = graph.node( // (2, windows, labels)
                    "paired_logits", OnnxOperator.RESHAPE, both, graph.constant("pairs", 2L, -1L, sizes.labels()));
            String axis = graph.constant("axis_strands", 0L);
            graph.node(ModelContract.LOGITS, OnnxOperator.REDUCE_MEAN, Map.of("keepdims", 0L), pairs, axis);
        } else {
            graph.node(ModelContract.LOGITS, OnnxOperator.ADD, product, bias);
        }
        graph.floatOutput(ModelContract.LOGITS, "windows", sizes.labels());
    }

    /**
     * Token ids (windows, tokens) to (2 x windows, tokens): the windows, then each read from the other strand. Real tokens
     * are turned round before their padding, then mapped to those of the other strand.
     */
    private String withReverseComplements(String ids, String mask) {
        Vocabulary vocabulary = Vocabulary.ofSize(sizes.vocabulary());
        long[] otherStrand = new long[sizes.vocabulary()];
        for (int id = 0; id < otherStrand.length; id++) {
            otherStrand[id] = vocabulary.reverseComplement(id);
        }
        String lengths = graph.node(
                "token_counts",
                OnnxOperator.REDUCE_SUM,
                Map.of("keepdims", 0L),
                mask,
                graph.constant("axis_window_tokens", 1L));
        String turned = graph.node(
                "turned_ids", OnnxOperator.REVERSE_SEQUENCE, Map.of("batch_axis", 0L, "time_axis", 1L), ids, lengths);
        String other = graph.node(
                "other_strand_ids",
                OnnxOperator.GATHER,
                Map.of("axis", 0L),
                graph.constant("other_strand", otherStrand),
                turned);
        return graph.node("both_ids", OnnxOperator.CONCAT, Map.of("axis", 0L), ids, other);
    }

    /** (windows, tokens) of 0 and 1 to (windows, 1, 1, tokens) of −10000 and 0, added to attention scores. */
    private String additiveMask(String floatMask) {
        graph.constant("axes_heads_queries", 1L, 2L);
        String wide = graph.node("mask_wide", OnnxOperator.UNSQUEEZE, floatMask, "axes_heads_queries");
        String inverse = graph.node("mask_inverse", OnnxOperator.SUB, graph.constant("one", new float[] {1}), wide);
        String additive =
                graph.node("mask_additive", OnnxOperator.MUL, inverse, graph.constant("masked", new float[] {-10_000}));
        return precision == Precision.FP16
                ? graph.node("mask_half", OnnxOperator.CAST, Map.of("to", (long) TENSOR_FLOAT16), additive)
                : additive;
    }

    /** (windows, tokens) to (windows, tokens, hidden). */
    private String embeddings(String ids) {
        int hidden = sizes.hidden();
        String words = constant(precision, EMBEDDINGS + "word_embeddings.weight", sizes.vocabulary(), hidden);
        String gathered = graph.node("embedded_words", OnnxOperator.GATHER, Map.of("axis", 0L), words, ids);
        float[] positions = weight(EMBEDDINGS + "position_embeddings.weight", sizes.maxPositions() * hidden)
                .clone();
        float[] types = weights.get(EMBEDDINGS + "token_type_embeddings.weight");
        for (int i = 0; i < positions.length; i++) {
            positions[i] += types[i % hidden];
        }
        numbers(precision, EMBEDDINGS + "positions_and_type", positions, sizes.maxPositions(), hidden);
        String tokens = graph.node("token_count", OnnxOperator.SHAPE, Map.of("start", 1L, "end", 2L), ids);
        String zero = graph.constant("first_position", 0L);
        String sliced =
                graph.node("embedded_positions", OnnxOperator.SLICE, EMBEDDINGS + "positions_and_type", zero, tokens);
        String norm = EMBEDDINGS + "LayerNorm";
        if (style == GraphStyle.FUSED) { // on a CPU a quarter of the time of its two operators
            return graph.node(
                    "embedding_output",
                    OnnxOperator.SKIP_LAYER_NORMALIZATION,
                    Map.of("epsilon", sizes.layerNormEpsilon()),
                    gathered,
                    sliced,
                    constant(precision, norm + ".weight", hidden),
                    constant(precision, norm + ".bias", hidden));
        }
        return layerNorm("embedding_output", graph.node("embedded", OnnxOperator.ADD, gathered, sliced), norm);
    }

    private String layer(int index, String input, String mask) {
        String name = LAYERS + index + ".";
        int hidden = sizes.hidden();
        String context = attention(name, input, mask);
        String attended = linear(
                precision, name + "attention.product", context, name + "attention.output.dense.weight", hidden, hidden);
        String middle = addAndNormalize(
                name + "attention.out",
                attended,
                input,
                name + "attention.output.dense.bias",
                name + "attention.output.LayerNorm");
        String wide = linear(
                precision,
                name + "intermediate.product",
                middle,
                name + "intermediate.dense.weight",
                hidden,
                sizes.feedForward());
        String activated = activated(name, wide);
        String narrow = linear(
                precision,
                name + "output.product",
                activated,
                name + "output.dense.weight",
                sizes.feedForward(),
                hidden);
        return addAndNormalize(name + "out", narrow, middle, name + "output.dense.bias", name + "output.LayerNorm");
    }

    /** GELU with bias; where its result is rounded to 8 bits, the approximation with tanh (Hendrycks and Gimpel 2016), which is faster. */
    private String activated(String layer, String wide) {
        String output = layer + "activated";
        String bias = constant(precision, layer + "intermediate.dense.bias", sizes.feedForward());
        if (style == GraphStyle.FUSED) {
            OnnxOperator gelu = precision == Precision.INT8 ? OnnxOperator.FAST_GELU : OnnxOperator.BIAS_GELU;
            return graph.node(output, gelu, wide, bias);
        }
        String sum = graph.node(layer + "intermediate.sum", OnnxOperator.ADD, wide, bias);
        return graph.node(output, OnnxOperator.GELU, Map.of("approximate", "none"), sum);
    }

    private String attention(String layer, String input, String mask) {
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
            float[] matrix = weight(layer + "attention.self." + parts[part] + ".weight", hidden * hidden);
            for (int out = 0; out < hidden; out++) {
                for (int in = 0; in < hidden; in++) {
                    packed[in * 3 * hidden + part * hidden + out] = matrix[out * hidden + in];
                }
            }
            System.arraycopy(
                    weight(layer + "attention.self." + parts[part] + ".bias", hidden), 0, bias, part * hidden, hidden);
        }
        String weight = layer + "attention.self.qkv.weight";
        String biases = numbers(precision, layer + "attention.self.qkv.bias", bias, 3L * hidden);
        return graph.node(
                layer + "context",
                OnnxOperator.ATTENTION,
                Map.of("num_heads", (long) sizes.heads()),
                input,
                numbers(precision, weight, packed, hidden, 3L * hidden),
                biases,
                mask);
    }

    private String standardAttention(String layer, String input, String mask) {
        String self = layer + "attention.self.";
        String scale = numbers(precision, self + "scale", new float[] {scoreScale()});
        String query = projected(self, "query", input);
        String scaled = graph.node(self + "scaled", OnnxOperator.MUL, query, scale); // before the product: fp16's range
        String scores = graph.node( // (windows, heads, tokens, tokens)
                self + "scores",
                OnnxOperator.MAT_MUL,
                heads(self, "query", scaled, HEADS_FIRST),
                heads(self, "key", projected(self, "key", input), TOKENS_LAST));
        String masked = graph.node(self + "masked", OnnxOperator.ADD, scores, mask);
        String shares = graph.node(self + "shares", OnnxOperator.SOFTMAX, LAST_AXIS, masked);
        String value = heads(self, "value", projected(self, "value", input), HEADS_FIRST);
        return joined(layer, graph.node(self + "mixed", OnnxOperator.MAT_MUL, shares, value));
    }

    /**
     * All products of attention in int8, which com.microsoft QAttention has for query, key and value alone. Without the mask
     * where nothing is padded, as nothing is in reads of a window and more: adding its zeros to the scores takes time.
     */
    private String int8Attention(String layer, String input, String mask) {
        String self = layer + "attention.self.";
        Int8 query = int8.left(self + "query", projected(self, "query", input));
        Int8 key = int8.right(self + "key", projected(self, "key", input));
        Int8 value = int8.right(self + "value", projected(self, "value", input));
        String scores = int8.product(
                self + "scores",
                new Int8(
                        heads(self, "query", query.values(), HEADS_FIRST),
                        graph.node(
                                self + "scale",
                                OnnxOperator.MUL,
                                query.scale(),
                                graph.scalar(self + "score_scale", scoreScale())),
                        query.zeroPoint()),
                new Int8(heads(self, "key", key.values(), TOKENS_LAST), key.scale(), key.zeroPoint()));
        String shares = graph.choice(
                self + "shares",
                ALL_REAL,
                then -> then.node(self + "unmasked_shares", OnnxOperator.SOFTMAX, LAST_AXIS, scores),
                otherwise -> otherwise.node(
                        self + "masked_shares",
                        OnnxOperator.SOFTMAX,
                        LAST_AXIS,
                        otherwise.node(self + "masked", OnnxOperator.ADD, scores, mask)));
        return joined(
                layer,
                mixed(
                        self,
                        shares,
                        new Int8(heads(self, "value", value.values(), HEADS_FIRST), value.scale(), value.zeroPoint())));
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

    /** Query, key or value (windows, tokens, hidden). */
    private String projected(String self, String part, String input) {
        int hidden = sizes.hidden();
        String bias = constant(precision, self + part + ".bias", hidden);
        String weight = self + part + ".weight";
        String output = self + part;
        if (precision == Precision.INT8) {
            return int8.linear(output, input, weight, turnedWeight(weight, hidden, hidden), hidden, hidden, bias);
        }
        String product = linear(precision, output + ".product", input, weight, hidden, hidden);
        graph.node(output, OnnxOperator.ADD, product, bias);
        productInputs.put(output, output);
        return output;
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

    /** Layer normalisation of {@code product + bias + residual}. */
    private String addAndNormalize(String output, String product, String residual, String biasName, String norm) {
        String bias = constant(precision, biasName, sizes.hidden());
        if (style == GraphStyle.FUSED) {
            return graph.node(
                    output,
                    OnnxOperator.SKIP_LAYER_NORMALIZATION,
                    Map.of("epsilon", sizes.layerNormEpsilon()),
                    product,
                    residual,
                    constant(precision, norm + ".weight", sizes.hidden()),
                    constant(precision, norm + ".bias", sizes.hidden()),
                    bias);
        }
        String sum = graph.node(output + ".biased", OnnxOperator.ADD, product, bias);
        return layerNorm(output, graph.node(output + ".sum", OnnxOperator.ADD, sum, residual), norm);
    }

    private String layerNorm(String output, String input, String name) {
        return graph.node(
                output,
                OnnxOperator.LAYER_NORMALIZATION,
                Map.of("axis", -1L, "epsilon", sizes.layerNormEpsilon()),
                input,
                constant(precision, name + ".weight", sizes.hidden()),
                constant(precision, name + ".bias", sizes.hidden()));
    }

    private String meanPooled(String states, String floatMask) {
        String column = graph.node("mask_column", OnnxOperator.UNSQUEEZE, floatMask, graph.constant("axis_hidden", 2L));
        String tokenAxis = graph.constant("axis_tokens", 1L);
        String kept = graph.node("kept_states", OnnxOperator.MUL, states, column);
        Map<String, Object> drop = Map.of("keepdims", 0L);
        String sum = graph.node("state_sum", OnnxOperator.REDUCE_SUM, drop, kept, tokenAxis);
        String count = graph.node("real_tokens", OnnxOperator.REDUCE_SUM, drop, column, tokenAxis);
        return graph.node("pooled", OnnxOperator.DIV, sum, count); // (windows, hidden)
    }

    private String clsPooled(String states) {
        String cls = graph.node(
                "cls_state", OnnxOperator.GATHER, Map.of("axis", 1L), states, graph.scalar("first_token", 0L));
        String product = linear(
                Precision.FP32, "pooler.product", cls, "bert.pooler.dense.weight", sizes.hidden(), sizes.hidden());
        String sum = graph.node(
                "pooler.sum",
                OnnxOperator.ADD,
                product,
                constant(Precision.FP32, "bert.pooler.dense.bias", sizes.hidden()));
        return graph.node("pooled", OnnxOperator.TANH, sum);
    }

    /** {@code input x weightᵀ}: PyTorch keeps (out, in), ONNX wants (in, out). */
    private String linear(Precision precision, String output, String input, String weightName, int in, int out) {
        if (weightName.startsWith(LAYERS)) {
            productInputs.put(weightName, input);
        }
        float[] turned = turnedWeight(weightName, in, out);
        if (precision == Precision.INT8) {
            return int8.linear(output, input, weightName, turned, in, out);
        }
        return graph.node(output, OnnxOperator.MAT_MUL, input, numbers(precision, weightName, turned, in, out));
    }

    /** A linear layer's weight as (in, out). */
    private float[] turnedWeight(String name, int in, int out) {
        return transposed(weight(name, in * out), out, in);
    }

    /** (rows, columns) to (columns, rows), both row-major. */
    static float[] transposed(float[] matrix, int rows, int columns) {
        float[] turned = new float[matrix.length];
        for (int row = 0; row < rows; row++) {
            for (int column = 0; column < columns; column++) {
                turned[column * rows + row] = matrix[row * columns + column];
            }
        }
        return turned;
    }

    /** A constant of floating-point numbers. */
    private String numbers(Precision precision, String name, float[] data, long... shape) {
        return precision == Precision.FP16 ? graph.halfConstant(name, data, shape) : graph.constant(name, data, shape);
    }

    private String constant(Precision precision, String name, int... shape) {
        int elements = 1;
        long[] dimensions = new long[shape.length];
        for (int i = 0; i < shape.length; i++) {
            elements *= shape[i];
            dimensions[i] = shape[i];
        }
        return numbers(precision, name, weight(name, elements), dimensions);
    }

    private float[] weight(String name, int elements) {
        float[] weight = weights.get(name);
        if (weight == null) {
            throw new IllegalArgumentException(
                    "Expected a weight named %s in the checkpoint, there is none".formatted(name));
        }
        if (weight.length != elements) {
            throw new IllegalArgumentException(
                    "Expected %d values in weight %s, got %d".formatted(elements, name, weight.length));
        }
        return weight;
    }
}
