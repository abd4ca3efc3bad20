package io.kmerflow.export.graph;

import io.kmerflow.bundle.Precision;
import io.kmerflow.contract.ModelContract;
import io.kmerflow.token.Vocabulary;
import java.util.Locale;
import java.util.Map;

/**
 * Writes a BERT encoder with a classifier as an ONNX graph, straight from trained weights under their Hugging Face
 * names. Inputs {@code input_ids} and {@code attention_mask}, int64, shape (windows, tokens), both dimensions dynamic;
 * output {@code logits}, float32, shape (windows, labels). Token types are all 0, so their embedding is folded into the
 * positions. Architecture: Devlin et al. 2019 (post-LayerNorm, exact GELU but in int8), as DNABERT uses it.
 */
public final class EncoderGraph {
    private static final String EMBEDDINGS = "bert.embeddings.";
    /** Table (token ids, labels) of the wide term, its factor included; a model without one has no such weight. */
    public static final String WIDE = "classifier.wide.table";

    private static final int TENSOR_INT32 = 6; // TensorProto.DataType
    private static final int TENSOR_BOOL = 9;
    private static final int TENSOR_FLOAT = 1;
    private static final int TENSOR_FLOAT16 = 10;
    /** Whether no window is padded. */
    static final String ALL_REAL = "all_real";

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

    private final Sizes sizes;
    private final GraphStyle style;
    private final Precision precision;
    private final OnnxGraph graph = new OnnxGraph("kmerflow-encoder");
    private final GraphWeights weights;
    private final LayerProducts products;
    private final EncoderAttention attention;

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
            throw new IllegalArgumentException(
                    String.format(Locale.ROOT, "Expected fused operators for int8, got %s", style));
        }
        this.precision = precision;
        this.sizes = sizes;
        this.style = style;
        this.weights = new GraphWeights(graph, weights);
        Int8Products int8 = new Int8Products(graph, ranges);
        products = new LayerProducts(graph, this.weights, precision, int8);
        attention = new EncoderAttention(graph, this.weights, products, int8, sizes, style, precision);
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
        products.inputs().forEach((weight, input) -> {
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
        if (precision == Precision.INT8 || precision == Precision.FP16 && style == GraphStyle.FUSED) {
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
        String product = fullLinear("classifier.product", pooled, "classifier.weight", sizes.hidden(), sizes.labels());
        String bias = weights.constant(Precision.FP32, "classifier.bias", sizes.labels());
        if (weights.has(WIDE)) {
            product = graph.node("deep_and_wide", OnnxOperator.ADD, product, wideTerm(ids, floatMask));
        }
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
        String words = weights.constant(precision, EMBEDDINGS + "word_embeddings.weight", sizes.vocabulary(), hidden);
        String gathered = graph.node("embedded_words", OnnxOperator.GATHER, Map.of("axis", 0L), words, ids);
        float[] positions = weights.get(EMBEDDINGS + "position_embeddings.weight", sizes.maxPositions() * hidden)
                .clone();
        float[] types = weights.get(EMBEDDINGS + "token_type_embeddings.weight");
        for (int i = 0; i < positions.length; i++) {
            positions[i] += types[i % hidden];
        }
        weights.numbers(precision, EMBEDDINGS + "positions_and_type", positions, sizes.maxPositions(), hidden);
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
                    weights.constant(precision, norm + ".weight", hidden),
                    weights.constant(precision, norm + ".bias", hidden));
        }
        return layerNorm("embedding_output", graph.node("embedded", OnnxOperator.ADD, gathered, sliced), norm);
    }

    private String layer(int index, String input, String mask) {
        String name = "bert.encoder.layer." + index + ".";
        int hidden = sizes.hidden();
        String context = attention.of(name, input, mask);
        String attended = products.linear(
                name + "attention.product", context, name + "attention.output.dense.weight", hidden, hidden);
        String middle = addAndNormalize(
                name + "attention.out",
                attended,
                input,
                name + "attention.output.dense.bias",
                name + "attention.output.LayerNorm");
        String wide = products.linear(
                name + "intermediate.product", middle, name + "intermediate.dense.weight", hidden, sizes.feedForward());
        String activated = activated(name, wide);
        String narrow = products.linear(
                name + "output.product", activated, name + "output.dense.weight", sizes.feedForward(), hidden);
        return addAndNormalize(name + "out", narrow, middle, name + "output.dense.bias", name + "output.LayerNorm");
    }

    /** GELU with bias; where its result is rounded to 8 bits, the approximation with tanh (Hendrycks and Gimpel 2016), which is faster. */
    private String activated(String layer, String wide) {
        String output = layer + "activated";
        String bias = weights.constant(precision, layer + "intermediate.dense.bias", sizes.feedForward());
        if (style == GraphStyle.FUSED) {
            OnnxOperator gelu = precision == Precision.INT8 ? OnnxOperator.FAST_GELU : OnnxOperator.BIAS_GELU;
            return graph.node(output, gelu, wide, bias);
        }
        String sum = graph.node(layer + "intermediate.sum", OnnxOperator.ADD, wide, bias);
        return graph.node(output, OnnxOperator.GELU, Map.of("approximate", "none"), sum);
    }

    /** Layer normalisation of {@code product + bias + residual}. */
    private String addAndNormalize(String output, String product, String residual, String biasName, String norm) {
        String bias = weights.constant(precision, biasName, sizes.hidden());
        if (style == GraphStyle.FUSED) {
            return graph.node(
                    output,
                    OnnxOperator.SKIP_LAYER_NORMALIZATION,
                    Map.of("epsilon", sizes.layerNormEpsilon()),
                    product,
                    residual,
                    weights.constant(precision, norm + ".weight", sizes.hidden()),
                    weights.constant(precision, norm + ".bias", sizes.hidden()),
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
                weights.constant(precision, name + ".weight", sizes.hidden()),
                weights.constant(precision, name + ".bias", sizes.hidden()));
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

    /** The mean of the real tokens' own terms, always fp32: (windows, labels). */
    private String wideTerm(String ids, String floatMask) {
        String table = weights.constant(Precision.FP32, WIDE, sizes.vocabulary(), sizes.labels());
        String terms = graph.node("wide_terms", OnnxOperator.GATHER, Map.of("axis", 0L), table, ids);
        String column = graph.node("wide_mask", OnnxOperator.UNSQUEEZE, floatMask, graph.constant("axis_labels", 2L));
        String tokenAxis = graph.constant("axis_wide_tokens", 1L);
        Map<String, Object> drop = Map.of("keepdims", 0L);
        String kept = graph.node("kept_wide_terms", OnnxOperator.MUL, terms, column);
        String sum = graph.node("wide_sum", OnnxOperator.REDUCE_SUM, drop, kept, tokenAxis);
        String count = graph.node("wide_tokens", OnnxOperator.REDUCE_SUM, drop, column, tokenAxis);
        return graph.node("wide_mean", OnnxOperator.DIV, sum, count);
    }

    private String clsPooled(String states) {
        String cls = graph.node(
                "cls_state", OnnxOperator.GATHER, Map.of("axis", 1L), states, graph.scalar("first_token", 0L));
        String product = fullLinear("pooler.product", cls, "bert.pooler.dense.weight", sizes.hidden(), sizes.hidden());
        String sum = graph.node(
                "pooler.sum",
                OnnxOperator.ADD,
                product,
                weights.constant(Precision.FP32, "bert.pooler.dense.bias", sizes.hidden()));
        return graph.node("pooled", OnnxOperator.TANH, sum);
    }

    /** A linear layer behind the encoder, always fp32. */
    private String fullLinear(String output, String input, String weightName, int in, int out) {
        float[] turned = weights.turned(weightName, in, out);
        return graph.node(output, OnnxOperator.MAT_MUL, input, graph.constant(weightName, turned, in, out));
    }
}
