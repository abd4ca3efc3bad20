package io.kmerflow.sequence;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import org.junit.jupiter.api.Test;

class LengthHistogramTest {
    @Test
    void everyLengthFallsIntoTheBinThatBeginsAtOrBelowIt() {
        for (int length : new int[] {1, 2, 3, 150, 151, 1_000, 1_024, 5_000_000, Integer.MAX_VALUE}) {
            LengthHistogram histogram = new LengthHistogram();
            histogram.add(length);
            int bin = 0;
            while (histogram.reads()[bin] == 0) {
                bin++;
            }
            assertThat(LengthHistogram.lengthOfBin(bin)).isLessThanOrEqualTo(length);
            if (length < Integer.MAX_VALUE) {
                assertThat(LengthHistogram.lengthOfBin(bin + 1)).isGreaterThan(length);
            }
        }
    }

    @Test
    void n50IsTheLengthAboveWhichHalfOfTheBasesLie() {
        LengthHistogram histogram = new LengthHistogram();
        assertThat(histogram.n50()).isZero();
        for (int i = 0; i < 6; i++) {
            histogram.add(100);
        }
        histogram.add(500);
        assertThat(histogram.n50()).isEqualTo(100); // 500 of 1,100 bases are in the longer read
        histogram.add(500);
        assertThat(histogram.n50()).isEqualTo(500);
    }

    @Test
    void readsOfAnotherHistogramAreAdded() {
        LengthHistogram all = new LengthHistogram();
        all.add(100);
        LengthHistogram other = new LengthHistogram();
        other.add(500);
        other.add(1);

        all.addAll(other);

        assertThat(Arrays.stream(all.reads()).sum()).isEqualTo(3);
        assertThat(all.n50()).isEqualTo(500);
    }
}
