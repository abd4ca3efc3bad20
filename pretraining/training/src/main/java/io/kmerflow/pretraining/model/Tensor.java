package io.kmerflow.pretraining.model;

import java.util.Arrays;
import java.util.Locale;

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
            throw new IllegalArgumentException(String.format(
                    Locale.ROOT, "Expected %d values for shape %s, got %d", size, Arrays.toString(shape), data.length));
        }
    }
}
