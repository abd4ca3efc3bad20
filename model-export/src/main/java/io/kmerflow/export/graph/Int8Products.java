package io.kmerflow.export.graph;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * Writes products of 8-bit integers into a graph: uint8 on the left, int8 on the right, sums in 32 bits, results float32.
 * That pair of types is the fast one of ONNX Runtime on a CPU.
 */
final class Int8Products {
    /**
     * The right side takes 7 of its 8 bits: a CPU without VNNI adds two products in 16 bits, and 2 x 255 x 63 still fits, so
     * that every CPU gives the same sums. Only activations beyond what calibration saw can be larger.
     */
    private static final int LARGEST_RIGHT = 63;

    /** Names of 8-bit numbers in the graph: value = (number - zero point) x scale. */
    record Int8(String values, String scale, String zeroPoint) {
        /** The same numbers in another shape. */
        Int8 with(String shaped) {
            return new Int8(shaped, scale, zeroPoint);
        }
    }

    private final OnnxGraph graph;
    private final Map<String, ActivationRange> ranges;

    /** @param ranges of what goes into the products, as {@link Calibration} finds them */
    Int8Products(OnnxGraph graph, Map<String, ActivationRange> ranges) {
        this.graph = graph;
        this.ranges = ranges;
    }

    /** {@code input x weight}, with the bias added if there is one. The input is rounded under the weight's name. */
    String linear(String output, String input, String weightName, float[] matrix, int in, int out, String... bias) {
        return product(output, left(weightName, input), weight(weightName, matrix, in, out), bias);
    }

    String product(String output, Int8 a, Int8 b, String... bias) {
        List<String> inputs =
                new ArrayList<>(List.of(a.values(), b.values(), a.scale(), b.scale(), a.zeroPoint(), b.zeroPoint()));
        inputs.addAll(List.of(bias));
        return graph.node(output, OnnxOperator.MAT_MUL_INTEGER_TO_FLOAT, inputs.toArray(String[]::new));
    }

    /**
     * What goes into a product from the left, as uint8. The scale is of the range that calibration saw, not of the batch at
     * hand: a window's logits must not depend on its neighbours in the batch.
     *
     * @param product name its range goes by
     */
    Int8 left(String product, String input) {
        ActivationRange range = range(product);
        String name = product + ".input";
        String zeroPoint = graph.scalar(name + ".zero_point", (byte) range.zeroPoint());
        return rounded(name, input, range.scale(), zeroPoint);
    }

    /** What is computed and goes into a product from the right, as int8, symmetric about 0; else as {@link #left}. */
    Int8 right(String product, String input) {
        String name = product + ".input";
        String zeroPoint = graph.constant(name + ".zero_point", new byte[1]);
        return rounded(name, input, range(product).largestMagnitude() / LARGEST_RIGHT, zeroPoint);
    }

    private Int8 rounded(String name, String input, float step, String zeroPoint) {
        String scale = graph.scalar(name + ".scale", step);
        return new Int8(graph.node(name, OnnxOperator.QUANTIZE_LINEAR, input, scale, zeroPoint), scale, zeroPoint);
    }

    private ActivationRange range(String product) {
        ActivationRange range = ranges.get(product);
        if (range == null) {
            throw new IllegalArgumentException(String.format(
                    Locale.ROOT, "Expected the range of what goes into %s for int8, there is none", product));
        }
        return range;
    }

    /** A weight (in, out) as int8, symmetric about 0, with a scale for each column of its own. */
    private Int8 weight(String name, float[] matrix, int in, int out) {
        byte[] values = new byte[matrix.length];
        float[] scales = new float[out];
        for (int column = 0; column < out; column++) {
            float most = 0;
            for (int row = 0; row < in; row++) {
                most = Math.max(most, Math.abs(matrix[row * out + column]));
            }
            scales[column] = most == 0 ? 1 : most / LARGEST_RIGHT;
            for (int row = 0; row < in; row++) {
                values[row * out + column] = (byte) Math.round(matrix[row * out + column] / scales[column]);
            }
        }
        return new Int8(
                graph.constant(name, values, in, out),
                graph.constant(name + ".scale", scales, out),
                graph.constant(name + ".zero_point", new byte[out], out));
    }
}
