package io.kmerflow.job.model;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class RevisionsTest {
    private static final long NOW_MILLIS = 1_795_780_000_000L; // November 2026
    private static final long HIGHEST = 1_795_866_400_000_000_000L;

    @Test
    void countersAndTimesOfAnyUnitAreInBounds() {
        for (long revision : new long[] {0, 1, NOW_MILLIS / 1_000, NOW_MILLIS, NOW_MILLIS * 1_000_000, HIGHEST}) {
            assertThat(Revisions.valid(revision, NOW_MILLIS)).as("%d", revision).isTrue();
        }
        for (long revision : new long[] {-1, Long.MIN_VALUE, Long.MAX_VALUE, HIGHEST + 1}) {
            assertThat(Revisions.valid(revision, NOW_MILLIS)).as("%d", revision).isFalse();
        }
        assertThat(Revisions.highest(NOW_MILLIS)).isEqualTo(HIGHEST);
    }

    @Test
    void noAcceptedRevisionIsTheLast() {
        assertThat(Revisions.valid(HIGHEST + 1, NOW_MILLIS + 1)).isTrue();
    }
}
