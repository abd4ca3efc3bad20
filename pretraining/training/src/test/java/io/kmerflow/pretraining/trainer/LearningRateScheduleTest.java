package io.kmerflow.pretraining.trainer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

class LearningRateScheduleTest {
    private static final double TINY = 1e-15;

    @Test
    void risesToThePeakThenFallsToZero() {
        LearningRateSchedule schedule = new LearningRateSchedule(4e-4, 10, 110);
        assertThat(schedule.rate(0)).isCloseTo(4e-5, within(TINY));
        assertThat(schedule.rate(9)).isCloseTo(4e-4, within(TINY));
        assertThat(schedule.rate(10)).isCloseTo(4e-4, within(TINY));
        assertThat(schedule.rate(60)).isCloseTo(2e-4, within(TINY));
        assertThat(schedule.rate(109)).isCloseTo(4e-6, within(TINY));
        assertThat(schedule.rate(110)).isZero();
    }

    @Test
    void withoutWarmUpTheFirstStepHasThePeak() {
        assertThat(new LearningRateSchedule(1e-3, 0, 10).rate(0)).isCloseTo(1e-3, within(TINY));
    }
}
