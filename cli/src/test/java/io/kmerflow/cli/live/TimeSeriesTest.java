package io.kmerflow.cli.live;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class TimeSeriesTest {
    private static List<Long> reads(TimeSeries series) {
        List<Long> reads = new ArrayList<>();
        for (int place = 0; place < series.length(); place++) {
            reads.add(series.at(place).reads());
        }
        return reads;
    }

    @Test
    void intervalsBecomeWiderUntilAllTimesHaveRoom() {
        TimeSeries series = TimeSeries.ofAll(4, 1_000);
        for (int second = 10; second < 14; second++) {
            series.add(second * 1_000L, 0, 100);
        }
        assertThat(series.widthMillis()).isEqualTo(1_000);
        assertThat(reads(series)).containsExactly(1L, 1L, 1L, 1L);

        series.add(17_500, 1, 7);
        assertThat(series.widthMillis()).isEqualTo(2_000);
        assertThat(series.startMillis()).isEqualTo(10_000);
        assertThat(reads(series)).containsExactly(2L, 2L, 0L, 1L);
        assertThat(series.at(0).bases()).isEqualTo(200);
        assertThat(series.at(3).reads(1)).isEqualTo(1);
        assertThat(series.at(3).reads(0)).isZero();
        assertThat(series.lastMillis()).isEqualTo(17_500);
    }

    @Test
    void anEarlierTimeFindsRoomToo() {
        TimeSeries series = TimeSeries.ofAll(4, 1_000);
        series.add(10_000, 0, 1);
        series.add(3_000, 0, 1);

        assertThat(series.widthMillis()).isEqualTo(4_000);
        assertThat(series.startMillis()).isZero();
        assertThat(reads(series)).containsExactly(1L, 0L, 1L);
    }

    @Test
    void theOldestIntervalsAreDropped() {
        TimeSeries series = TimeSeries.ofLast(3, 1_000);
        for (int second : new int[] {1, 2, 3, 4, 1, 2}) {
            series.add(second * 1_000L, 0, 10);
        }

        assertThat(series.startMillis()).isEqualTo(2_000);
        assertThat(reads(series)).containsExactly(2L, 1L, 1L);
    }

    @Test
    void ratesAreOverWholeIntervalsBeforeTheMoment() {
        TimeSeries series = TimeSeries.ofLast(100, 1_000);
        for (int second = 0; second < 20; second++) {
            series.add(second * 1_000L, 0, 50);
            series.add(second * 1_000L + 1, 0, 50);
        }

        assertThat(series.rates(20_500, 10_000)).containsExactly(2, 100);
        assertThat(series.rates(25_000, 10_000)).containsExactly(1, 50);
        assertThat(series.rates(60_000, 10_000)).containsExactly(0, 0);
    }
}
