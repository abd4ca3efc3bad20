package io.kmerflow.pretraining;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.kmerflow.pretraining.MaskingConfig.Strategy;
import io.kmerflow.pretraining.masking.MaskingStrategy;
import io.kmerflow.pretraining.masking.Replacement;
import io.kmerflow.pretraining.random.Xoshiro256;
import io.kmerflow.pretraining.settings.SettingsTree;
import java.util.HashMap;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class MaskingConfigTest {
    /** Spans in tokens that sequences get in the first and in the last of 1,000 steps. */
    @ParameterizedTest
    @CsvSource({
        "CONTIGUOUS, , 6, 6, BOUNDARY",
        "RANDOM_MASK, , 6, 14, BOUNDARY",
        "RANDOM_MASK_DRAWN, , 6, 6 8 10 12 14, UP_TO_BOUNDARY",
        "RANDOM_MASK_DRAWN_PER_SPAN, , 6, 6 8 10 12 14, UP_TO_BOUNDARY_PER_SPAN",
        "RANDOM_MASK_REVERSED, , 14, 6, BOUNDARY",
        "UNIFORM, , 6 8 10 12 14, 6 8 10 12 14, UP_TO_BOUNDARY",
        "FIXED, 14, 14, 14, BOUNDARY",
    })
    void everyArmHasItsSpans(Strategy strategy, Integer span, String first, String last, MaskingStrategy.Width width) {
        Map<String, Object> values = new HashMap<>(Map.of("strategy", strategy, "replacement", Replacement.PER_SPAN));
        values.put("span", span);
        MaskingStrategy made = SettingsTree.of(values, MaskingConfig.class).toStrategy(6, 1_000);
        assertThat(spans(made, 0)).isEqualTo(first);
        assertThat(spans(made, 999)).isEqualTo(last);
        assertThat(made.width()).isEqualTo(width);
        assertThat(made.centreProbability()).isEqualTo(0.025);
        assertThat(made.replacement()).isEqualTo(Replacement.PER_SPAN);
    }

    private static String spans(MaskingStrategy strategy, long step) {
        Xoshiro256 random = Xoshiro256.of(2);
        return IntStream.range(0, 500)
                .map(i -> strategy.span(step, random))
                .distinct()
                .sorted()
                .mapToObj(Integer::toString)
                .collect(Collectors.joining(" "));
    }

    @Test
    void theShareControlRaisesTheCentreProbability() {
        MaskingConfig control = SettingsTree.of("{strategy: CONTIGUOUS, maskedShare: 0.3}", MaskingConfig.class);
        assertThat(control.toStrategy(6, 100).centreProbability()).isCloseTo(0.0577, within(1e-4));
        assertThat(control.toStrategy(6, 100).curriculum().span(99)).isEqualTo(6);
    }

    @Test
    void valuesThatContradictEachOtherAreRefused() {
        assertThatThrownBy(() -> SettingsTree.of("strategy: FIXED", MaskingConfig.class))
                .hasMessageContaining("Expected a span");
        assertThatThrownBy(() -> SettingsTree.of(
                        "{strategy: CONTIGUOUS, probability: 0.025, maskedShare: 0.3}", MaskingConfig.class))
                .hasMessageContaining("without a probability");
        assertThatThrownBy(() -> SettingsTree.of("{strategy: RANDOM_MASK, maskedShare: 0.3}", MaskingConfig.class))
                .hasMessageContaining("CONTIGUOUS or FIXED");
    }
}
