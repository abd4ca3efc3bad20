package io.kmerflow.pretraining.study;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import org.junit.jupiter.api.Test;

class SeedSpreadTest {
    /** Mean 2, deviation 1, standard error 0.57735; t(2) at 97.5 % is 4.30265, at 80 % 1.06066. */
    @Test
    void threeSeedsByTheTable() {
        SeedSpread spread = SeedSpread.of(List.of(1.0, 2.0, 3.0)).orElseThrow();
        assertThat(spread.low()).isCloseTo(2 - 4.30265 * 0.57735, within(1e-4));
        assertThat(spread.high()).isCloseTo(2 + 4.30265 * 0.57735, within(1e-4));
        assertThat(spread.detectable()).isCloseTo((4.30265 + 1.06066) * 0.57735, within(1e-4));
    }

    @Test
    void oneSeedHasNoSpread() {
        assertThat(SeedSpread.of(List.of(0.1))).isEmpty();
    }
}
