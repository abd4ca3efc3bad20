package io.kmerflow.sequence.profile;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class DriftThresholdsTest {
    private static final int LABELS = 3;
    private static final int WINDOW = 100;

    /** A read of 50 to 149 bases with a GC share around the one given, called as one of three labels. */
    private static ReadFeatures read(SplittableRandom random, double gcShare) {
        byte[] bases = new byte[50 + random.nextInt(100)];
        byte[] qualities = new byte[bases.length];
        double own = gcShare + 0.2 * (random.nextDouble() - 0.5);
        for (int i = 0; i < bases.length; i++) {
            boolean gc = random.nextDouble() < own;
            bases[i] = (byte) (gc ? "GC" : "AT").charAt(random.nextInt(2));
        }
        Arrays.fill(qualities, (byte) (10 + random.nextInt(25)));
        double score = random.nextDouble();
        Outcome outcome = score > 0.2 ? Outcome.CALLED : Outcome.UNCALLED;
        return new ReadFeatures(bases, qualities, LABELS, outcome, random.nextInt(LABELS), score);
    }

    private static List<ReadFeatures> reads(int number, double gcShare, long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        List<ReadFeatures> reads = new ArrayList<>();
        for (int i = 0; i < number; i++) {
            reads.add(read(random, gcShare));
        }
        return reads;
    }

    private static ReadProfile profile(List<ReadFeatures> reads) {
        ReadProfile profile = new ReadProfile(LABELS);
        reads.forEach(profile::add);
        return profile;
    }

    @Test
    void oneInAThousandWindowsWithoutDriftExceedsAThreshold() {
        List<ReadFeatures> training = reads(4_000, 0.5, 1);
        DriftThresholds thresholds = DriftThresholds.resample(training, LABELS, WINDOW, 20_000, 7);
        ReadProfile profile = profile(training);
        SplittableRandom random = new SplittableRandom(99);
        int windows = 20_000;
        int alarms = 0;
        for (int w = 0; w < windows; w++) {
            ReadProfile window = new ReadProfile(LABELS);
            for (int i = 0; i < WINDOW; i++) {
                window.add(read(random, 0.5)); // none that the profile has seen
            }
            alarms += thresholds.exceeded(profile.divergences(window)).isEmpty() ? 0 : 1;
        }
        // 20 are expected, with a standard deviation of 4.5 of these and as much of the 20 that set the thresholds.
        assertThat(alarms).isBetween(5, 40);
    }

    @Test
    void otherReadsExceedTheThresholdsOfWhatChanged() {
        List<ReadFeatures> training = reads(4_000, 0.5, 1);
        DriftThresholds thresholds = DriftThresholds.resample(training, LABELS, WINDOW, 2_000, 7);
        ReadProfile profile = profile(training);

        assertThat(thresholds.exceeded(profile.divergences(profile(reads(WINDOW, 0.5, 2)))))
                .isEmpty();
        Map<Measure, Double> exceeded = thresholds.exceeded(profile.divergences(profile(reads(WINDOW, 0.35, 3))));
        assertThat(exceeded).containsOnlyKeys(Measure.GC, Measure.KMERS);
        assertThat(exceeded.get(Measure.KMERS)).isGreaterThan(1);
    }

    @Test
    void thresholdsDependOnTheSeedAlone() {
        List<ReadFeatures> training = reads(500, 0.5, 1);
        DriftThresholds one = DriftThresholds.resample(training, LABELS, WINDOW, 500, 7);
        assertThat(DriftThresholds.resample(training, LABELS, WINDOW, 500, 7)).isEqualTo(one);
        assertThat(DriftThresholds.resample(training, LABELS, WINDOW, 500, 8)).isNotEqualTo(one);
        assertThat(DriftThresholds.resample(training, LABELS, 2 * WINDOW, 500, 7)
                        .byMeasure())
                .allSatisfy((measure, threshold) -> assertThat(threshold)
                        .as(measure.text())
                        .isLessThanOrEqualTo(one.byMeasure().get(measure)));
    }

    @Test
    void aMeasureThatNeverVariesAlarmsAtAnyDifference() {
        List<ReadFeatures> training = reads(500, 0.5, 1);
        DriftThresholds thresholds = DriftThresholds.resample(training, LABELS, WINDOW, 500, 7);
        assertThat(thresholds.byMeasure().get(Measure.UNKNOWN)).isZero();
        List<ReadFeatures> window = reads(WINDOW - 1, 0.5, 2);
        window.add(new ReadFeatures("ACGTNNNN".getBytes(StandardCharsets.US_ASCII), null, LABELS, Outcome.OTHER, 0, 1));
        assertThat(thresholds.exceeded(profile(training).divergences(profile(window))))
                .containsEntry(Measure.UNKNOWN, Double.POSITIVE_INFINITY);
    }

    @Test
    void rejectsTooFewReadsAndThresholdsOfTooFewMeasures() {
        assertThatThrownBy(() -> DriftThresholds.resample(reads(2 * WINDOW - 1, 0.5, 1), LABELS, WINDOW, 10, 1))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("Expected 200 reads or more to draw windows of 100 of, got 199");
        assertThatThrownBy(() -> new DriftThresholds(WINDOW, Map.of(Measure.GC, 1.0)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("of 8 measures");
    }
}
