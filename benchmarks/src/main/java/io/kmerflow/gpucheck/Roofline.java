package io.kmerflow.gpucheck;

import java.util.Map;
import java.util.Optional;

/**
 * Most windows per second that a GPU can score, by its peak arithmetic and its memory bandwidth (Williams et al. 2009): docs/gpu.md
 * has the formulas.
 *
 * @param layers of the encoder
 * @param hidden width
 * @param feedForward inner width of the feed-forward part
 * @param heads of attention
 */
public record Roofline(int layers, int hidden, int feedForward, int heads) {
    /** How numbers are held and multiplied. */
    public enum Arithmetic {
        FP32(4),
        TF32(4),
        FP16(2);

        private final int bytes;

        Arithmetic(int bytes) {
            this.bytes = bytes;
        }
    }

    /**
     * Peaks of a GPU from its maker's data sheet, dense.
     *
     * @param teraflops per second, by arithmetic
     * @param terabytesPerSecond of device memory
     */
    private record Peaks(Map<Arithmetic, Double> teraflops, double terabytesPerSecond) {
        static Peaks of(double fp32, double tf32, double fp16, double terabytesPerSecond) {
            return new Peaks(
                    Map.of(Arithmetic.FP32, fp32, Arithmetic.TF32, tf32, Arithmetic.FP16, fp16), terabytesPerSecond);
        }
    }

    private static final Map<String, Peaks> SHEETS = Map.of(
            "A100", Peaks.of(19.5, 156, 312, 2.04),
            "H100", Peaks.of(67, 495, 989, 3.35),
            "H200", Peaks.of(67, 495, 989, 4.8));

    /** Floating-point operations to score one window of this many tokens; embeddings and head are not counted. */
    public double flops(int tokens) {
        return (double) tokens
                * layers
                * (2 * (4.0 * hidden * hidden + 2.0 * hidden * feedForward) + 4.0 * tokens * hidden);
    }

    /** Numbers read from and written to device memory for a window, if every operator does so. */
    public double numbersMoved(int tokens) {
        return layers * ((24 + 4.0 * feedForward / hidden) * tokens * hidden + 4.0 * heads * (double) tokens * tokens);
    }

    /**
     * Windows per second at most.
     *
     * @param gpu its name, as the driver says it
     * @return nothing for a GPU whose data sheet is not known here
     */
    public Optional<Double> windowsPerSecond(String gpu, Arithmetic arithmetic, int tokens) {
        return SHEETS.entrySet().stream()
                .filter(sheet -> gpu.contains(sheet.getKey()))
                .map(Map.Entry::getValue)
                .findFirst()
                .map(peaks -> Math.min(
                        peaks.teraflops().get(arithmetic) * 1e12 / flops(tokens),
                        peaks.terabytesPerSecond() * 1e12 / (numbersMoved(tokens) * arithmetic.bytes)));
    }
}
