package io.kmerflow.export.graph;

import io.kmerflow.bundle.Precision;
import java.util.Locale;
import java.util.Map;

/** Trained weights by their Hugging Face names, and how they become constants of a graph. */
final class GraphWeights {
    private final OnnxGraph graph;
    private final Map<String, float[]> weights;

    /** @param weights row-major, (out, in) for linear layers */
    GraphWeights(OnnxGraph graph, Map<String, float[]> weights) {
        this.graph = graph;
        this.weights = weights;
    }

    /** Whether there is one of that name. */
    boolean has(String name) {
        return weights.containsKey(name);
    }

    /** @throws IllegalArgumentException if there is none of that name and size */
    float[] get(String name, int elements) {
        float[] weight = get(name);
        if (weight.length != elements) {
            throw new IllegalArgumentException(String.format(
                    Locale.ROOT, "Expected %d values in weight %s, got %d", elements, name, weight.length));
        }
        return weight;
    }

    /** @throws IllegalArgumentException if there is none of that name */
    float[] get(String name) {
        float[] weight = weights.get(name);
        if (weight == null) {
            throw new IllegalArgumentException(
                    String.format(Locale.ROOT, "Expected a weight named %s in the checkpoint, there is none", name));
        }
        return weight;
    }

    /** A linear layer's weight as (in, out), as ONNX wants it; PyTorch keeps (out, in). */
    float[] turned(String name, int in, int out) {
        return transposed(get(name, in * out), out, in);
    }

    /** Adds a weight as a constant of its name. */
    String constant(Precision precision, String name, int... shape) {
        int elements = 1;
        long[] dimensions = new long[shape.length];
        for (int i = 0; i < shape.length; i++) {
            elements *= shape[i];
            dimensions[i] = shape[i];
        }
        return numbers(precision, name, get(name, elements), dimensions);
    }

    /** Adds a constant of floating-point numbers: float16 in fp16, else float32. */
    String numbers(Precision precision, String name, float[] data, long... shape) {
        return precision == Precision.FP16 ? graph.halfConstant(name, data, shape) : graph.constant(name, data, shape);
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
}
