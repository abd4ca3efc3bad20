package io.kmerflow.export.graph;

import io.kmerflow.bundle.Precision;
import java.util.LinkedHashMap;
import java.util.Map;

/** The linear layers inside the encoder, in its precision, and a record of what goes into its products. */
final class LayerProducts {
    private final OnnxGraph graph;
    private final GraphWeights weights;
    private final Precision precision;
    private final Int8Products int8;
    private final Map<String, String> inputs = new LinkedHashMap<>();

    LayerProducts(OnnxGraph graph, GraphWeights weights, Precision precision, Int8Products int8) {
        this.graph = graph;
        this.weights = weights;
        this.precision = precision;
        this.int8 = int8;
    }

    /** {@code input x weightᵀ}, with the bias added if there is one. */
    String linear(String output, String input, String weightName, int in, int out, String... bias) {
        inputs.put(weightName, input);
        float[] turned = weights.turned(weightName, in, out);
        if (precision == Precision.INT8) {
            return int8.linear(output, input, weightName, turned, in, out, bias);
        }
        String product = graph.node(
                bias.length == 0 ? output : output + ".product",
                OnnxOperator.MAT_MUL,
                input,
                weights.numbers(precision, weightName, turned, in, out));
        return bias.length == 0 ? product : graph.node(output, OnnxOperator.ADD, product, bias[0]);
    }

    /** Query, key or value (windows, tokens, hidden): a linear layer with its bias. */
    String projected(String output, String input, int hidden) {
        inputs.put(output, output);
        String bias = weights.constant(precision, output + ".bias", hidden);
        return linear(output, input, output + ".weight", hidden, hidden, bias);
    }

    /** Names of what goes into each product, by the name of its weight or, in attention, of the query, key or value. */
    Map<String, String> inputs() {
        return inputs;
    }
}
