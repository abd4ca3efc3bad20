package io.kmerflow.gpucheck;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.kmerflow.gpucheck.Roofline.Arithmetic;
import org.junit.jupiter.api.Test;

/** Held against the figures of docs/gpu.md, which were computed by hand. */
class RooflineTest {
    private static final Roofline BUNDLED = new Roofline(2, 256, 512, 4);
    private static final Roofline BASE = new Roofline(12, 768, 3072, 12);
    private static final String H100 = "NVIDIA H100 80GB HBM3";

    @Test
    void countsWhatAWindowTakes() {
        assertThat(BUNDLED.flops(128)).isEqualTo(301_989_888);
        assertThat(BUNDLED.flops(512)).isEqualTo(1_610_612_736);
        assertThat(BUNDLED.numbersMoved(128)).isEqualTo(2_621_440);
        assertThat(BUNDLED.numbersMoved(512)).isEqualTo(16_777_216);
        assertThat(BASE.flops(128)).isCloseTo(22.3e9, within(0.05e9));
    }

    @Test
    void givesTheSmallerOfBothCeilings() {
        assertThat(BUNDLED.windowsPerSecond(H100, Arithmetic.FP16, 128).orElseThrow())
                .isCloseTo(639_000, within(500.0));
        assertThat(BASE.windowsPerSecond(H100, Arithmetic.FP16, 512).orElseThrow())
                .isCloseTo(4_930, within(5.0));
        assertThat(BASE.windowsPerSecond("NVIDIA A100-SXM4-80GB", Arithmetic.TF32, 128)
                        .orElseThrow())
                .as("bound by arithmetic")
                .isCloseTo(6_980, within(10.0));
    }

    @Test
    void knowsNothingOfOtherGpus() {
        assertThat(BASE.windowsPerSecond("NVIDIA GeForce RTX 3060", Arithmetic.FP16, 128))
                .isEmpty();
    }
}
