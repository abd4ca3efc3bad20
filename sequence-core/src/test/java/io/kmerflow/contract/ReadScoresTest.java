package io.kmerflow.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kmerflow.contract.ModelContract.Aggregation;
import io.kmerflow.contract.ModelContract.Label;
import io.kmerflow.contract.ModelContract.StrandRule;
import io.kmerflow.sequence.BaseRange;
import io.kmerflow.token.Vocabulary;
import java.util.Arrays;
import java.util.List;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;

class ReadScoresTest {
    private static final Offset<Float> CLOSE = Offset.offset(1e-5f);

    private static ModelContract contract(Aggregation aggregation, double temperature, double threshold) {
        return new ModelContract(
                3,
                1,
                new Vocabulary(3).hash(),
                64,
                10,
                5,
                3,
                0,
                StrandRule.UNSTRANDED,
                aggregation,
                temperature,
                threshold,
                List.of(new Label("none", null, true), new Label("site", "SO:0000167")));
    }

    /** Logits whose softmax is (1 - p, p). */
    private static float[] site(double p) {
        return new float[] {(float) Math.log(1 - p), (float) Math.log(p)};
    }

    @Test
    void oneWindowGivesItsOwnProbabilities() {
        ReadScores scores = new ReadScores(contract(Aggregation.READ, 1, 0.5), 8);
        scores.put(0, site(0.7), 0, true);
        ReadScores.Outcome outcome = scores.outcome();
        assertThat(outcome.label()).hasValue(1);
        assertThat(outcome.score()).isCloseTo(0.7f, CLOSE);
        assertThat(outcome.segments()).singleElement().satisfies(segment -> {
            assertThat(segment.range()).isEqualTo(new BaseRange(0, 8));
            assertThat(segment.label()).isEqualTo(1);
        });
    }

    @Test
    void doesNotCallBackgroundLabel() {
        ReadScores scores = new ReadScores(contract(Aggregation.READ, 1, 0.1), 8);
        scores.put(0, site(0.2), 0, true);
        ReadScores.Outcome outcome = scores.outcome();
        assertThat(outcome.label()).isEmpty();
        assertThat(outcome.segments()).isEmpty();
        assertThat(outcome.score()).as("of the background label").isCloseTo(0.8f, CLOSE);
    }

    @Test
    void windowsWeighByTheBasesNotCoveredBefore() {
        // 12 bases, window 10, stride 5: [0, 10) has 10 new bases, [2, 12) has 2.
        ReadScores scores = new ReadScores(contract(Aggregation.READ, 1, 0.5), 12);
        assertThat(scores.windows()).isEqualTo(2);
        scores.put(1, site(0.9), 0, true);
        scores.put(0, site(0.2), 0, true);
        double[] mean = scores.meanLogProbabilities();
        assertThat(mean[1]).isCloseTo((10 * Math.log(0.2) + 2 * Math.log(0.9)) / 12, Offset.offset(1e-6));
    }

    @Test
    void theTemperatureSoftensAndTheThresholdLeavesUncalled() {
        ReadScores scores = new ReadScores(contract(Aggregation.READ, 2, 0.65), 10);
        scores.put(0, site(0.75), 0, true);
        ReadScores.Outcome outcome = scores.outcome();
        double odds = Math.sqrt(0.75 / 0.25);
        assertThat(outcome.score()).isCloseTo((float) (odds / (1 + odds)), CLOSE);
        assertThat(outcome.label()).isEmpty();
        assertThat(outcome.segments()).isEmpty();
    }

    @Test
    void aWindowWithoutWeightCountsForNothingAndNoneAtAllIsAmbiguous() {
        ReadScores scores = new ReadScores(contract(Aggregation.READ, 1, 0.5), 15);
        scores.put(0, site(0.1), 0, false);
        scores.put(1, site(0.9), 0, true);
        assertThat(scores.outcome().score()).isCloseTo(0.9f, CLOSE);

        ReadScores none = new ReadScores(contract(Aggregation.READ, 1, 0.5), 10);
        none.put(0, site(0.9), 0, false);
        assertThat(none.outcome().ambiguous()).isTrue();
    }

    @Test
    void segmentsOfALabelAreMergedWhereTheyTouchAndBackgroundIsNeverCalled() {
        // 40 bases: windows at 0, 5, ..., 30.
        ReadScores scores = new ReadScores(contract(Aggregation.SEGMENTS, 1, 0.6), 40);
        double[] site = {0.7, 0.9, 0.1, 0.1, 0.1, 0.1, 0.8};
        for (int window = 0; window < site.length; window++) {
            scores.put(window, site(site[window]), 0, true);
        }
        ReadScores.Outcome outcome = scores.outcome();
        assertThat(outcome.segments()).hasSize(2);
        assertThat(outcome.segments().get(0).range()).isEqualTo(new BaseRange(0, 15));
        assertThat(outcome.segments().get(0).score()).isCloseTo(0.9f, CLOSE);
        assertThat(outcome.segments().get(1).range()).isEqualTo(new BaseRange(30, 40));
    }

    @Test
    void theOrderOfArrivalDoesNotMatterAndAMissingWindowIsAnError() {
        ReadScores forward = new ReadScores(contract(Aggregation.READ, 1, 0.5), 40);
        ReadScores backward = new ReadScores(contract(Aggregation.READ, 1, 0.5), 40);
        for (int window = 0; window < 7; window++) {
            forward.put(window, site(0.1 + window * 0.1), 0, true);
            assertThatThrownBy(backward::outcome).isInstanceOf(IllegalStateException.class);
            backward.put(6 - window, site(0.7 - window * 0.1), 0, true);
        }
        assertThat(backward.outcome().probabilities())
                .isEqualTo(forward.outcome().probabilities());
        assertThatThrownBy(() -> forward.put(0, site(0.5), 0, true)).hasMessageContaining("twice");
    }

    @Test
    void segmentsThatMeetWithoutOverlapAreOne() {
        // Windows of 10 bases at 0, 5, 10: the second says nothing, so the first and the last meet at 10.
        ReadScores scores = new ReadScores(contract(Aggregation.SEGMENTS, 1, 0.6), 20);
        double[] site = {0.9, 0.1, 0.8};
        for (int window = 0; window < site.length; window++) {
            scores.put(window, site(site[window]), 0, true);
        }
        assertThat(scores.outcome().segments())
                .extracting(segment -> segment.range())
                .containsExactly(new BaseRange(0, 20));
        assertThat(scores.outcome().label()).hasValue(1);
    }

    @Test
    void probabilitiesOfLogitsFarFromZeroAreFinite() {
        for (double shift : new double[] {-5_000, 0, 5_000}) {
            float[] probabilities = ReadScores.probabilities(new double[] {shift + Math.log(3), shift}, 1);
            assertThat(probabilities[0]).isCloseTo(0.75f, CLOSE);
            assertThat(probabilities[1]).isCloseTo(0.25f, CLOSE);
        }
    }

    @Test
    void theFirstOfEqualValuesIsTheHighest() {
        assertThat(ReadScores.argMax(new float[] {0.2f, 0.4f, 0.4f})).isEqualTo(1);
        assertThat(ReadScores.argMax(new float[] {0.4f, 0.2f, 0.4f})).isZero();
    }

    /** Of two labels that begin at one place the lower comes first, and the stronger is the read's. */
    @Test
    void segmentsAreInTheOrderOfTheirPlaceAndThenOfTheirLabel() {
        ModelContract two = new ModelContract(
                3,
                1,
                new Vocabulary(3).hash(),
                64,
                10,
                10,
                3,
                0,
                StrandRule.UNSTRANDED,
                Aggregation.SEGMENTS,
                1,
                0.3,
                List.of(new Label("a", null), new Label("b", null)));
        ReadScores scores = new ReadScores(two, 20);
        scores.put(0, site(0.35), 0, true);
        scores.put(1, site(0.6), 0, true);
        ReadScores.Outcome outcome = scores.outcome();
        assertThat(outcome.segments())
                .extracting(segment -> segment.label() + " " + segment.range().start() + "-"
                        + segment.range().end())
                .containsExactly("0 0-20", "1 0-20");
        assertThat(outcome.label()).as("0.65 in its window").hasValue(0);
    }

    private static ReadScores early(Certainty certainty, int bases) {
        return new ReadScores(contract(Aggregation.READ, 1, 0.5).withCertainty(certainty), bases, false);
    }

    private static ReadScores put(ReadScores scores, double... leads) {
        int[] windows = {0, 64, 32, 96, 16, 80, 48, 8};
        for (int i = 0; i < leads.length; i++) {
            scores.put(windows[i] % scores.windows(), new float[] {0, (float) leads[i]}, 0, true);
        }
        return scores;
    }

    /** 500 bases have 99 windows of 10 every 5; the first weighs 1, the others 0.5 each. */
    @Test
    void scoringEndsWhereTheLeadIsThatManyStandardErrors() {
        // Four windows that lead by 2 and as many that deviate by 2 from nothing: variance 16 / 7.
        double errors = 2 / Math.sqrt(16.0 / 7 * (1.0 / 4 - 1.0 / 99));
        assertThat(put(early(new Certainty(0.999 * errors, 100, 1), 500), 2, 2, 2, 2)
                        .decided())
                .isTrue();
        assertThat(put(early(new Certainty(1.001 * errors, 100, 1), 500), 2, 2, 2, 2)
                        .decided())
                .isFalse();
        assertThat(put(early(new Certainty(0.1, 100, 1), 500), 2, 2, 2).decided())
                .as("too few windows")
                .isFalse();
    }

    @Test
    void theDeviationBetweenWindowsCounts() {
        // 3 and 1 about a weighted mean of (3 + 0.5 (1 + 3 + 1)) / 2.5 = 2.2; squares about the plain mean 2 add up to
        // 4.
        double errors = 2.2 / Math.sqrt((4 + 16) / 7.0 * (1.0 / 4 - 1.0 / 99));
        assertThat(put(early(new Certainty(0.999 * errors, 100, 1), 500), 3, 1, 3, 1)
                        .decided())
                .isTrue();
        assertThat(put(early(new Certainty(1.001 * errors, 100, 1), 500), 3, 1, 3, 1)
                        .decided())
                .isFalse();
    }

    @Test
    void fewWindowsLeftChangeLittle() {
        Certainty certainty = new Certainty(4, 100, 1);
        ReadScores five = early(certainty, 30); // 5 windows
        for (int window : new int[] {0, 4, 2, 1}) {
            five.put(window, new float[] {0, 2}, 0, true);
        }
        assertThat(five.windows()).isEqualTo(5);
        assertThat(five.decided()).as("2 / sqrt(16 / 7 x 0.05) = 5.9").isTrue();
        assertThat(put(early(certainty, 500), 2, 2, 2, 2).decided())
                .as("2 / sqrt(16 / 7 x 0.24) = 2.7")
                .isFalse();
    }

    @Test
    void aWindowWithoutWeightDoesNotCount() {
        ReadScores scores = early(new Certainty(0.1, 100, 1), 500);
        put(scores, 2, 2, 2).put(96, new float[] {0, 2}, 0, false);
        assertThat(scores.scoredWindows()).isEqualTo(4);
        assertThat(scores.decided()).as("three with weight").isFalse();
        scores.put(16, new float[] {0, 2}, 0, true);
        assertThat(scores.decided()).isTrue();
    }

    @Test
    void theCallIsOfTheWindowsPutWithTheTemperatureOfReadsScoredInPart() {
        ReadScores scores = put(early(new Certainty(2, 100, 4), 500), 2, 2, 2, 2);
        assertThat(scores.decided()).isTrue();
        assertThat(scores.scoredWindows()).isEqualTo(4);
        ReadScores.Outcome outcome = scores.outcome();
        assertThat(outcome.label()).hasValue(1);
        assertThat(outcome.score()).isCloseTo((float) (1 / (1 + Math.exp(-2.0 / 4))), CLOSE);
        assertThat(outcome.segments().get(0).range()).isEqualTo(new BaseRange(0, 500));
    }

    @Test
    void aCompleteReadHasTheModelsTemperature() {
        ReadScores scores = early(new Certainty(1, 100, 4), 10);
        scores.put(0, new float[] {0, 2}, 0, true);
        assertThat(scores.outcome().score()).isCloseTo((float) (1 / (1 + Math.exp(-2))), CLOSE);
    }

    @Test
    void scoringEndsAtTheMaximumOfWindows() {
        ReadScores scores = early(new Certainty(1e9, 2, 1), 500);
        scores.put(0, site(0.9), 0, true);
        assertThat(scores.decided()).isFalse();
        assertThatThrownBy(scores::outcome).hasMessageContaining("98 of 99 are missing");
        scores.put(64, site(0.9), 0, true);
        assertThat(scores.decided()).isTrue();
        assertThat(scores.outcome().label()).hasValue(1);
    }

    @Test
    void everyWindowIsScoredWithoutACertaintyOrWhenAskedFor() {
        ModelContract certain = contract(Aggregation.READ, 1, 0.5).withCertainty(new Certainty(1, 2, 1));
        for (ReadScores scores : List.of(
                new ReadScores(certain, 500),
                new ReadScores(certain, 500, true),
                new ReadScores(contract(Aggregation.READ, 1, 0.5), 500, false))) {
            assertThat(scores.scoresAll()).isTrue();
            scores.put(0, site(0.999), 0, true);
            scores.put(64, site(0.999), 0, true);
            assertThat(scores.decided()).isFalse();
        }
    }

    @Test
    void aCertaintyIsForWholeReadsAndCoherent() {
        Certainty certainty = new Certainty(1, 2, 1);
        assertThatThrownBy(() -> contract(Aggregation.SEGMENTS, 1, 0.5).withCertainty(certainty))
                .hasMessage("Expected aggregation READ with a certainty in the model contract, got SEGMENTS");
        assertThatThrownBy(() -> new Certainty(0, 2, 1)).hasMessageContaining("deviations above 0");
        assertThatThrownBy(() -> new Certainty(Double.NaN, 2, 1)).hasMessageContaining("deviations above 0");
        assertThatThrownBy(() -> new Certainty(1, 1, 1)).hasMessageContaining("2 windows or more");
        assertThatThrownBy(() -> new Certainty(1, 2, 0)).hasMessageContaining("temperature above 0");
        ModelContract contract = contract(Aggregation.READ, 1, 0.5).withCertainty(certainty);
        assertThat(contract.withCalibration(2, 0.7).certainty()).isEqualTo(certainty);
    }

    @Test
    void longReadsHaveAThresholdOfTheirOwn() {
        ModelContract contract = contract(Aggregation.READ, 1, 0.5).withLongReadThreshold(0.8);
        assertThat(contract.threshold(1, 1)).isEqualTo(0.5);
        assertThat(contract.threshold(1, 2)).isCloseTo(0.6, Offset.offset(1e-9));
        assertThat(contract.threshold(1, 8)).isCloseTo(0.8, Offset.offset(1e-9));
        assertThat(contract.threshold(1, 5_000)).isCloseTo(0.8, Offset.offset(1e-9));
        assertThat(contract(Aggregation.READ, 1, 0.5).threshold(1, 5_000)).isEqualTo(0.5);
        assertThat(contract.withCalibration(1, 0.3).threshold(1, 5_000))
                .as("one that is given holds for all")
                .isEqualTo(0.3);
        assertThatThrownBy(() -> contract(Aggregation.SEGMENTS, 1, 0.5).withLongReadThreshold(0.8))
                .hasMessageContaining("longReadThreshold from 0 to 1 with aggregation READ");

        ReadScores longRead = new ReadScores(contract, 45); // 8 windows
        ReadScores shortRead = new ReadScores(contract, 10);
        for (int window = 0; window < 8; window++) {
            longRead.put(window, site(0.7), 0, true);
        }
        shortRead.put(0, site(0.7), 0, true);
        assertThat(longRead.outcome().label()).isEmpty();
        assertThat(shortRead.outcome().label()).hasValue(1);
    }

    @Test
    void labelsMayHaveThresholdsOfLongReadsOfTheirOwn() {
        ModelContract contract = contract(Aggregation.READ, 1, 0.5)
                .withCertainty(new Certainty(2, 100, 1))
                .withLongReadThresholds(0.8, Arrays.asList(null, 0.6));
        assertThat(contract.threshold(0, 8)).isCloseTo(0.8, Offset.offset(1e-9));
        assertThat(contract.threshold(1, 8)).isCloseTo(0.6, Offset.offset(1e-9));
        assertThat(contract.threshold(1, 1)).isEqualTo(0.5);
        assertThat(contract.withCalibration(1, 0.3).threshold(1, 8)).isEqualTo(0.3);
        assertThat(contract.withLongReadThreshold(0.9).threshold(1, 8)).isEqualTo(0.9);
        assertThatThrownBy(() -> contract.withLongReadThresholds(0.8, Arrays.asList(0.7, null)))
                .as("of a background label, which is never called")
                .hasMessageContaining("a longReadThreshold of a label from 0 to 1");
        assertThatThrownBy(() -> contract.withLongReadThresholds(0.8, Arrays.asList(null, 1.1)))
                .hasMessageContaining("a longReadThreshold of a label from 0 to 1");

        ReadScores whole = new ReadScores(contract, 45);
        for (int window = 0; window < 8; window++) {
            whole.put(window, site(0.7), 0, true);
        }
        assertThat(whole.outcome().label()).hasValue(1);
        ReadScores part = new ReadScores(contract, 500, false);
        for (int window : new int[] {0, 64, 32, 96, 16, 80}) {
            part.put(window, site(0.82), 0, true);
        }
        assertThat(part.decided())
                .as("0.82 is far from 0.6, and near the 0.8 of other labels")
                .isTrue();
    }

    @Test
    void scoringGoesOnWhileTheScoreIsNearTheThreshold() {
        ModelContract contract = contract(Aggregation.READ, 1, 0.8).withCertainty(new Certainty(2, 100, 1));
        ReadScores near = new ReadScores(contract, 500, false);
        ReadScores above = new ReadScores(contract, 500, false);
        ReadScores below = new ReadScores(contract, 500, false);
        ReadScores background = new ReadScores(contract, 500, false);
        for (int window : new int[] {0, 64, 32, 96, 16, 80}) { // weigh 1 and five times 0.5
            near.put(window, site(0.82), 0, true);
            above.put(window, site(0.98), 0, true);
            below.put(window, site(0.55), 0, true);
            background.put(window, site(0.2), 0, true);
        }
        assertThat(near.decided()).as("0.82 against 0.8").isFalse();
        assertThat(above.decided()).isTrue();
        assertThat(below.decided()).as("the label is not clear").isFalse();
        assertThat(background.decided()).as("no threshold").isTrue();
    }
}
