package io.kmerflow.pretraining;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.kmerflow.pretraining.MaskingConfig.Strategy;
import io.kmerflow.pretraining.masking.MaskingStrategy;
import io.kmerflow.pretraining.random.Xoshiro256;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

class MaskingConfigTest {
    @Test
    void theShareControlRaisesTheCentreProbability() {
        MaskingConfig control = new MaskingConfig(Strategy.CONTIGUOUS, null, null, 0.3, null);
        assertThat(control.toStrategy(6, 100).centreProbability()).isCloseTo(0.0577, within(1e-4));
        assertThat(control.toStrategy(6, 100).curriculum().span(99)).isEqualTo(6);
    }

    @Test
    void uniformDrawsEverySpanFromTheFirstStepOn() {
        MaskingStrategy uniform = MaskingConfig.of(Strategy.UNIFORM).toStrategy(6, 1_000);
        Xoshiro256 random = Xoshiro256.of(1);
        int[] spans = new int[500];
        Arrays.setAll(spans, i -> uniform.span(0, random));
        assertThat(Arrays.stream(spans).distinct().sorted()).containsExactly(6, 8, 10, 12, 14);
    }

    @Test
    void valuesThatContradictEachOtherAreRefused() {
        assertThatThrownBy(() -> new MaskingConfig(Strategy.FIXED, null, null, null, null))
                .hasMessageContaining("Expected a span");
        assertThatThrownBy(() -> new MaskingConfig(Strategy.CONTIGUOUS, 0.025, null, 0.3, null))
                .hasMessageContaining("without a probability");
        assertThatThrownBy(() -> new MaskingConfig(Strategy.RANDOM_MASK, null, null, 0.3, null))
                .hasMessageContaining("CONTIGUOUS or FIXED");
    }
}
