package io.kmerflow.job.scoring;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Locale;
import java.util.UUID;
import java.util.function.IntFunction;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ShadowTest {
    private static final int READS = 100_000;

    /** Names as sequencers give them: flow cell coordinates, UUIDs; and numbers. */
    private static final List<IntFunction<String>> NAMES = List.of(
            i -> String.format(
                    Locale.ROOT,
                    "A00123:45:HXXXX:%d:%d:%d:%d",
                    1 + i % 4,
                    1101 + i / 4_000,
                    1_000 + i % 1_000,
                    2_000 + i),
            i -> new UUID(i * 0x9E3779B97F4A7C15L, ~i * 0xC2B2AE3D27D4EB4FL).toString(),
            i -> "read" + i);

    private static long sampled(IntFunction<String> names, double share) {
        return IntStream.range(0, READS)
                .filter(i -> Shadow.sampled("run", names.apply(i), share))
                .count();
    }

    @ParameterizedTest
    @ValueSource(doubles = {0.01, 0.1, 0.5})
    void theSampleHasAboutTheShareAskedFor(double share) {
        for (IntFunction<String> names : NAMES) {
            assertThat(sampled(names, share) / (double) READS).isBetween(0.9 * share, 1.1 * share);
        }
    }

    @Test
    void aShareOfNothingIsNothingAndOfAllIsAll() {
        for (IntFunction<String> names : NAMES) {
            assertThat(sampled(names, 0)).isZero();
            assertThat(sampled(names, 1)).isEqualTo(READS);
        }
    }

    @Test
    void aLargerShareHasTheSmallerOneInIt() {
        assertThat(IntStream.range(0, READS).mapToObj(i -> "read" + i).filter(name -> Shadow.sampled("run", name, 0.1)))
                .allMatch(name -> Shadow.sampled("run", name, 0.2));
    }
}
