package io.kmerflow.pretraining.model;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;

/**
 * Arrays in memory of PyTorch's own. One over Java's buffer may begin at any address, and the order in which some kernels,
 * matrix products above all, add depends on it, so that two equal runs could differ in the last bits.
 */
public final class OwnMemory {
    private OwnMemory() {}

    /** A float32 array of that shape, row-major, on the manager. */
    public static NDArray of(NDManager manager, float[] values, Shape shape) {
        try (NDArray overBuffer = manager.create(values, shape)) {
            return overBuffer.duplicate();
        }
    }
}
