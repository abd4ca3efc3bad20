package io.kmerflow.pretraining.model;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;

/**
 * Arrays in memory of PyTorch's own, for all that takes part in a forward pass. One over Java's buffer has two traps:
 *
 * <ul>
 *   <li>It may begin at any address, and the order in which some kernels, matrix products above all, add depends on it, so
 *       that two equal runs could differ in the last bits.
 *   <li>Closing it lets the collector free the buffer, though the backward pass may still read it: {@code a.mul(0.5)} of DJL
 *       closes its factor at once, and the gradient of {@code a} is then what lies in freed memory.
 * </ul>
 */
public final class OwnMemory {
    private OwnMemory() {}

    /** A float32 array of that shape, row-major, on the manager. */
    public static NDArray of(NDManager manager, float[] values, Shape shape) {
        try (NDArray overBuffer = manager.create(values, shape)) {
            return overBuffer.duplicate();
        }
    }

    /** A float32 scalar, shape (), on the manager; filled on the device, which on a GPU spares a copy that waits for it. */
    public static NDArray of(NDManager manager, float value) {
        return manager.full(new Shape(), value);
    }
}
