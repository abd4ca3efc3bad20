package io.kmerflow.scoring;

import java.io.Serializable;
import java.util.Locale;

/**
 * How a session takes native memory.
 *
 * @param cpuArena keep freed host memory for the next call; without, every call takes it from the system anew
 * @param pattern remember, for every shape of a batch ever seen, one block for all its tensors: worth it where all batches
 *     have one shape, while here nearly every batch has a shape of its own
 * @param gpuLimitBytes most device memory of the session, at least 1; 0 for all there is
 * @param gpuGrowth by how much the arena on the device grows
 */
public record SessionMemory(boolean cpuArena, boolean pattern, long gpuLimitBytes, Growth gpuGrowth)
        implements Serializable {
    /** By how much an arena grows when it is too small. */
    public enum Growth {
        /** By what is asked for. */
        SAME_AS_REQUESTED("kSameAsRequested"),
        /** To the next power of two, ONNX Runtime's own default: fewer requests, up to twice the memory. */
        NEXT_POWER_OF_TWO("kNextPowerOfTwo");

        private final String onnxRuntimeName;

        Growth(String onnxRuntimeName) {
            this.onnxRuntimeName = onnxRuntimeName;
        }

        String onnxRuntimeName() {
            return onnxRuntimeName;
        }
    }

    /** What does not grow over batches of many shapes. */
    public static final SessionMemory DEFAULT = new SessionMemory(true, false, 0, Growth.SAME_AS_REQUESTED);

    public SessionMemory {
        if (gpuLimitBytes < 0) {
            throw new IllegalArgumentException(String.format(
                    Locale.ROOT, "Expected a limit of device memory of 0 (none) or more bytes, got %d", gpuLimitBytes));
        }
    }
}
