package io.kmerflow.export.graph;

import io.kmerflow.bundle.Precision;
import io.kmerflow.contract.ModelContract;
import io.kmerflow.token.Vocabulary;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
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

    private static final int LARGEST_INT8_WEIGHT = 63;

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
    private final Map<String, ActivationRange> ranges;
    private final OnnxGraph graph = new OnnxGraph("kmerflow-encoder");
    /** What goes into each product of the layers, by the name of its weight. */
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
        this.ranges = ranges;
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
        String attentionMask = style == GraphStyle.FUSED
                ? graph.node("mask_int32", OnnxOperator.CAST, Map.of("to", (long) TENSOR_INT32), mask)
                : additiveMask(floatMask);
        if (precision == Precision.INT8) {
            String least = graph.node("least_mask", OnnxOperator.REDUCE_MIN, Map.of("keepdims", 0L), attentionMask);
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
        String context =
                style == GraphStyle.FUSED ? fusedAttention(name, input, mask) : standardAttention(name, input, mask);
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

    /**
     * One com.microsoft Attention: weights (hidden, 3 x hidden) as query, key, value side by side. In int8 without the mask
     * where nothing is padded, as nothing is in reads of a window and more: adding its zeros to the scores takes time.
     */
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
        Map<String, Object> heads = Map.of("num_heads", (long) sizes.heads());
        productInputs.put(weight, input);
        if (precision == Precision.INT8) {
            Int8 a = quantized(weight, input);
            Int8 b = quantizedWeight(weight, packed, hidden, 3 * hidden);
            List<String> masked =
                    List.of(a.values(), b.values(), biases, a.scale(), b.scale(), mask, a.zeroPoint(), b.zeroPoint());
            List<String> unmasked = new ArrayList<>(masked);
            unmasked.set(masked.indexOf(mask), "");
            return graph.choice(layer + "context", ALL_REAL, OnnxOperator.Q_ATTENTION, heads, unmasked, masked);
        }
        return graph.node(
                layer + "context",
                OnnxOperator.ATTENTION,
                heads,
                input,
                numbers(precision, weight, packed, hidden, 3L * hidden),
                biases,
                mask);
    }

    private String standardAttention(String layer, String input, String mask) {
        int headSize = sizes.hidden() / sizes.heads();
        String self = layer + "attention.self.";
        String query = heads(self, "query", input, 0, 2, 1, 3); // (windows, heads, tokens, headSize)
        String key = heads(self, "key", input, 0, 2, 3, 1); // (windows, heads, headSize, tokens)
        String value = heads(self, "value", input, 0, 2, 1, 3);
        String scale = numbers(precision, self + "scale", new float[] {(float) (1 / Math.sqrt(headSize))});
        String scaled = graph.node(self + "scaled", OnnxOperator.MUL, query, scale); // before the product: fp16's range
        String scores =
                graph.node(self + "scores", OnnxOperator.MAT_MUL, scaled, key); // (windows, heads, tokens, tokens)
        String masked = graph.node(self + "masked", OnnxOperator.ADD, scores, mask);
        String shares = graph.node(self + "shares", OnnxOperator.SOFTMAX, Map.of("axis", -1L), masked);
        String mixed = graph.node(self + "mixed", OnnxOperator.MAT_MUL, shares, value);
        String turned =
                graph.node(self + "turned", OnnxOperator.TRANSPOSE, Map.of("perm", new long[] {0, 2, 1, 3}), mixed);
        return graph.node(
                layer + "context",
                OnnxOperator.RESHAPE,
                turned,
                graph.constant(self + "joined_shape", 0L, 0L, sizes.hidden()));
    }

    private String heads(String self, String part, String input, long... permutation) {
        int hidden = sizes.hidden();
        String sum = graph.node(
                self + part,
                OnnxOperator.ADD,
                linear(precision, self + part + ".product", input, self + part + ".weight", hidden, hidden),
                constant(precision, self + part + ".bias", hidden));
        String split = graph.node(
                self + part + ".split",
                OnnxOperator.RESHAPE,
                sum,
                graph.constant(self + part + ".shape", 0L, 0L, sizes.heads(), hidden / sizes.heads()));
        return graph.node(self + part + ".heads", OnnxOperator.TRANSPOSE, Map.of("perm", permutation), split);
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
        float[] turned = transposed(weight(weightName, in * out), out, in);
        if (precision == Precision.INT8) {
            Int8 a = quantized(weightName, input);
            Int8 b = quantizedWeight(weightName, turned, in, out);
            return graph.node(
                    output,
                    OnnxOperator.MAT_MUL_INTEGER_TO_FLOAT,
                    a.values(),
                    b.values(),
                    a.scale(),
                    b.scale(),
                    a.zeroPoint(),
                    b.zeroPoint());
        }
        return graph.node(output, OnnxOperator.MAT_MUL, input, numbers(precision, weightName, turned, in, out));
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

    /** Names of 8-bit numbers in the graph: value = (number - zero point) x scale. */
    private record Int8(String values, String scale, String zeroPoint) {}

    /**
     * What goes into a product, as uint8. The scale is of the range that calibration saw, not of the batch at hand: a window's
     * logits must not depend on its neighbours in the batch.
     */
    private Int8 quantized(String weightName, String input) {
        ActivationRange range = ranges.get(weightName);
        if (range == null) {
            throw new IllegalArgumentException(
                    "Expected the range of what goes into %s for int8, there is none".formatted(weightName));
        }
        String name = weightName + ".input";
        String scale = graph.scalar(name + ".scale", range.scale());
        String zeroPoint = graph.scalar(name + ".zero_point", (byte) range.zeroPoint());
        String values = graph.node(name, OnnxOperator.QUANTIZE_LINEAR, input, scale, zeroPoint);
        return new Int8(values, scale, zeroPoint);
    }

    /**
     * A weight (in, out) as int8, symmetric about 0, with a scale for each column of its own. 7 of the 8 bits: a CPU without
     * VNNI adds two products in 16 bits, and 2 x 255 x 63 still fits, so that every CPU gives the same sums.
     */
    private Int8 quantizedWeight(String name, float[] matrix, int in, int out) {
        byte[] values = new byte[matrix.length];
        float[] scales = new float[out];
        for (int column = 0; column < out; column++) {
            float most = 0;
            for (int row = 0; row < in; row++) {
                most = Math.max(most, Math.abs(matrix[row * out + column]));
            }
            scales[column] = most == 0 ? 1 : most / LARGEST_INT8_WEIGHT;
            for (int row = 0; row < in; row++) {
                values[row * out + column] = (byte) Math.round(matrix[row * out + column] / scales[column]);
            }
        }
        return new Int8(
                graph.constant(name, values, in, out),
                graph.constant(name + ".scale", scales, out),
                graph.constant(name + ".zero_point", new byte[out], out));
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
