package io.kmerflow.pretraining.random;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

class Xoshiro256Test {
    @Test
    void theNumbersOfASeedNeverChange() {
        // SplitMix64 from 0 gives e220a8397b1dcdaf, 6e789e6aa1b965f4, 06c45d188009454f, f88bb8a8724c81ec (its authors'
        // own
        // test values); xoshiro256** from that state starts with rotl(s1 * 5, 7) * 9.
        Xoshiro256 random = Xoshiro256.of(0);
        assertThat(random.nextLong()).isEqualTo(Long.rotateLeft(0x6e789e6aa1b965f4L * 5, 7) * 9);
        assertThat(random.nextLong()).isEqualTo(secondNumber());
    }

    private static long secondNumber() {
        long s0 = 0xe220a8397b1dcdafL;
        long s1 = 0x6e789e6aa1b965f4L;
        long s2 = 0x06c45d188009454fL;
        long next1 = s1 ^ (s2 ^ s0);
        return Long.rotateLeft(next1 * 5, 7) * 9;
    }

    @Test
    void purposesAndStepsDoNotShareNumbers() {
        assertThat(Xoshiro256.of(1, 2, 3).nextLong())
                .isEqualTo(Xoshiro256.of(1, 2, 3).nextLong())
                .isNotEqualTo(Xoshiro256.of(1, 2, 4).nextLong())
                .isNotEqualTo(Xoshiro256.of(1, 3, 3).nextLong())
                .isNotEqualTo(Xoshiro256.of(2, 2, 3).nextLong());
    }

    @Test
    void gaussiansHaveMeanZeroAndDeviationOne() {
        Xoshiro256 random = Xoshiro256.of(7);
        double sum = 0;
        double squares = 0;
        int n = 100_000;
        for (int i = 0; i < n; i++) {
            double value = random.nextGaussian();
            sum += value;
            squares += value * value;
        }
        assertThat(sum / n).isCloseTo(0, within(0.02));
        assertThat(squares / n).isCloseTo(1, within(0.02));
    }

    @Test
    void boundedNumbersCoverTheirRangeEvenly() {
        Xoshiro256 random = Xoshiro256.of(7);
        int[] counts = new int[5];
        for (int i = 0; i < 50_000; i++) {
            counts[random.nextInt(5)]++;
        }
        for (int count : counts) {
            assertThat(count).isBetween(9_600, 10_400);
        }
    }
}
