package io.kmerflow.pretraining.model;

import java.util.Arrays;

/**
 * A float32 tensor outside PyTorch.
 *
 * @param data row-major values; shared, not a copy
 * @param shape sizes of the axes; empty for a scalar
 */
public record Tensor(float[] data, long[] shape) {
    public Tensor {
        long size = 1;
        for (long axis : shape) {
            size *= axis;
        }
        if (size != data.length) {
            throw new IllegalArgumentException(
                    "Expected %d values for shape %s, got %d".formatted(size, Arrays.toString(shape), data.length));
        }
    }
}
