package io.kmerflow.export.graph;

import java.util.Locale;
import java.util.Set;

/**
 * The operators our graphs use, with what the ONNX operator set 20 (domain "") and ONNX Runtime's contrib operators
 * version 1 (domain com.microsoft) say of their inputs and attributes.
 */
enum OnnxOperator {
    ADD("", "Add", 2, 2),
    CONCAT("", "Concat", 1, 16, "axis"),
    CAST("", "Cast", 1, 1, "to"),
    DIV("", "Div", 2, 2),
    FLATTEN("", "Flatten", 1, 1, "axis"),
    GATHER("", "Gather", 2, 2, "axis"),
    GELU("", "Gelu", 1, 1, "approximate"),
    IF("", "If", 1, 1, "then_branch", "else_branch"),
    LAYER_NORMALIZATION("", "LayerNormalization", 2, 3, "axis", "epsilon"),
    MAT_MUL("", "MatMul", 2, 2),
    MUL("", "Mul", 2, 2),
    QUANTIZE_LINEAR("", "QuantizeLinear", 2, 3, "axis"),
    REDUCE_MAX("", "ReduceMax", 1, 2, "keepdims"),
    REDUCE_MEAN("", "ReduceMean", 1, 2, "keepdims"),
    REDUCE_MIN("", "ReduceMin", 1, 2, "keepdims"),
    REDUCE_SUM("", "ReduceSum", 1, 2, "keepdims"),
    RESHAPE("", "Reshape", 2, 2),
    REVERSE_SEQUENCE("", "ReverseSequence", 2, 2, "batch_axis", "time_axis"),
    SHAPE("", "Shape", 1, 1, "start", "end"),
    SLICE("", "Slice", 3, 5),
    SOFTMAX("", "Softmax", 1, 1, "axis"),
    SUB("", "Sub", 2, 2),
    TANH("", "Tanh", 1, 1),
    TRANSPOSE("", "Transpose", 1, 1, "perm"),
    UNSQUEEZE("", "Unsqueeze", 2, 2),
    ATTENTION(OnnxGraph.MICROSOFT, "Attention", 3, 4, "num_heads"),
    MAT_MUL_INTEGER_TO_FLOAT(OnnxGraph.MICROSOFT, "MatMulIntegerToFloat", 6, 7),
    BIAS_GELU(OnnxGraph.MICROSOFT, "BiasGelu", 2, 2),
    FAST_GELU(OnnxGraph.MICROSOFT, "FastGelu", 2, 2),
    SKIP_LAYER_NORMALIZATION(OnnxGraph.MICROSOFT, "SkipLayerNormalization", 3, 5, "epsilon");

    private final String domain;
    private final String type;
    private final int minInputs;
    private final int maxInputs;
    private final Set<String> attributes;

    OnnxOperator(String domain, String type, int minInputs, int maxInputs, String... attributes) {
        this.domain = domain;
        this.type = type;
        this.minInputs = minInputs;
        this.maxInputs = maxInputs;
        this.attributes = Set.of(attributes);
    }

    String domain() {
        return domain;
    }

    String type() {
        return type;
    }

    void check(int inputs, Set<String> given) {
        if (inputs < minInputs || inputs > maxInputs) {
            throw new IllegalArgumentException(String.format(
                    Locale.ROOT, "Expected %d to %d inputs of %s, got %d", minInputs, maxInputs, type, inputs));
        }
        if (!attributes.containsAll(given)) {
            throw new IllegalArgumentException(
                    String.format(Locale.ROOT, "Expected attributes %s of %s, got %s", attributes, type, given));
        }
    }
}
