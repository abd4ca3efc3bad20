package io.kmerflow.sequence;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class BaseRangeTest {
    @ParameterizedTest
    @CsvSource({"-1, 3", "0, 0", "3, 3", "4, 3"})
    void aRangeIsNeverEmptyAndBeginsAtZeroOrAbove(int start, int end) {
        assertThatThrownBy(() -> new BaseRange(start, end))
                .hasMessage("Expected 0 <= start < end, got [" + start + ", " + end + ")");
    }

    @Test
    void itsLengthIsThatOfItsBases() {
        assertThat(new BaseRange(0, 1).length()).isEqualTo(1);
        assertThat(new BaseRange(3, 10).length()).isEqualTo(7);
    }

    @ParameterizedTest
    @CsvSource({"0, 3, false", "0, 4, true", "3, 7, true", "4, 5, true", "0, 20, true", "6, 9, true", "7, 9, false"})
    void rangesOverlapIfTheyShareABase(int start, int end, boolean overlap) {
        BaseRange range = new BaseRange(3, 7);
        assertThat(range.overlaps(new BaseRange(start, end))).isEqualTo(overlap);
        assertThat(new BaseRange(start, end).overlaps(range)).isEqualTo(overlap);
    }
}
