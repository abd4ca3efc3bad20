package io.kmerflow.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.kmerflow.contract.ModelContract.Aggregation;
import io.kmerflow.contract.ModelContract.Label;
import io.kmerflow.contract.ModelContract.StrandRule;
import io.kmerflow.contract.ReadScores.Segment;
import io.kmerflow.sequence.BaseRange;
import io.kmerflow.sequence.Strand;
import io.kmerflow.token.Vocabulary;
import java.util.List;
import org.junit.jupiter.api.Test;

class MiddleSegmentsTest {
    private static final int FORWARD = 0;
    private static final int REVERSE = 1;

    /** Windows of 240 bases every 80: their middles are 120, 200, 280 and so on. */
    private static ModelContract contract(double temperature, double threshold) {
        return new ModelContract(
                3,
                1,
                new Vocabulary(3).hash(),
                260,
                240,
                80,
                3,
                0,
                StrandRule.UNSTRANDED,
                Aggregation.MIDDLE_SEGMENTS,
                temperature,
                threshold,
                List.of(
                        new Label("forward", "SO:0000316", false, Strand.FORWARD),
                        new Label("reverse", "SO:0000316", false, Strand.REVERSE),
                        new Label("neither", null, true)));
    }

    private static float[] logits(double forward, double reverse) {
        return new float[] {
            (float) Math.log(forward), (float) Math.log(reverse), (float) Math.log(1 - forward - reverse)
        };
    }

    private static List<Segment> segments(double threshold, int readBases, double[]... windows) {
        ReadScores scores = new ReadScores(contract(1, threshold), readBases);
        assertThat(scores.windows()).isEqualTo(windows.length);
        for (int window = windows.length - 1; window >= 0; window--) {
            if (windows[window] == null) {
                scores.put(window, logits(0.9, 0.05), 0, false);
            } else {
                scores.put(window, logits(windows[window][0], windows[window][1]), 0, true);
            }
        }
        return scores.outcome().segments();
    }

    private static double[] p(double forward, double reverse) {
        return new double[] {forward, reverse};
    }

    @Test
    void endsLieWhereTheLineBetweenMiddlesCrossesTheThreshold() {
        assertThat(segments(0.5, 320, p(0.91, 0.02), p(0.1, 0.02)))
                .singleElement()
                .satisfies(segment -> {
                    assertThat(segment.label()).isEqualTo(FORWARD);
                    assertThat(segment.range()).isEqualTo(new BaseRange(0, 161));
                    // 120 bases of 0.91, then 41 from 0.91 down to 0.505.
                    assertThat(segment.score()).isCloseTo((float) ((120 * 0.91 + 41 * 0.7075) / 161), within(1e-4f));
                });
        assertThat(segments(0.7, 320, p(0.91, 0.02), p(0.1, 0.02)))
                .singleElement()
                .satisfies(segment -> assertThat(segment.range()).isEqualTo(new BaseRange(0, 141)));
    }

    @Test
    void theMostLikelyLabelIsCalledAndStrandsDoNotOverlap() {
        List<Segment> segments = segments(0, 400, p(0.81, 0.1), p(0.1, 0.8), p(0.05, 0.05));
        assertThat(segments).extracting(Segment::label).containsExactly(FORWARD, REVERSE);
        assertThat(segments.get(0).range()).as("equal a little behind 160").isEqualTo(new BaseRange(0, 161));
        // From 200 on reverse falls from 0.8 to 0.05 and neither rises from 0.1 to 0.9: equal at 200 + 80 * 0.7 / 1.55.
        assertThat(segments.get(1).range()).isEqualTo(new BaseRange(161, 237));
    }

    @Test
    void aWindowWithoutWeightEndsASegment() {
        assertThat(segments(0.5, 400, p(0.9, 0.05), null, p(0.9, 0.05)))
                .extracting(Segment::range)
                .containsExactly(new BaseRange(0, 156), new BaseRange(245, 400));
    }

    @Test
    void withAChainWindowsOfAReadSpeakForEachOther() {
        double[][] windows = {{0.9, 0.05}, {0.9, 0.05}, {0.4, 0.45}, {0.9, 0.05}, {0.9, 0.05}};
        assertThat(segments(0.5, 560, windows)).as("each for itself").hasSize(2);
        ModelContract chained = contract(1, 0.5).withChain(new SegmentChain(1_000, List.of(0.45, 0.45, 0.1)));
        ReadScores scores = new ReadScores(chained, 560);
        for (int window = 0; window < windows.length; window++) {
            scores.put(window, logits(windows[window][0], windows[window][1]), 0, true);
        }
        assertThat(scores.outcome().segments()).singleElement().satisfies(segment -> {
            assertThat(segment.label()).isEqualTo(FORWARD);
            assertThat(segment.range()).isEqualTo(new BaseRange(0, 560));
        });
        assertThat(scores.windowProbabilities()[0]).as("scores of windows stay").isCloseTo(0.9f, within(1e-5f));
        assertThatThrownBy(() -> contract(1, 0.5).withChain(new SegmentChain(1_000, List.of(0.5, 0.5))))
                .hasMessageContaining("a chain with a frequency of each label");
        ReadScores short1 = new ReadScores(chained, 100);
        short1.put(0, logits(0.2, 0.6), 0, true);
        assertThat(short1.outcome().segments())
                .singleElement()
                .satisfies(segment ->
                        assertThat(segment.score()).as("a read of one window").isCloseTo(0.6f, within(1e-5f)));
    }

    @Test
    void aReadOfOneWindowIsOneSegmentOrNone() {
        assertThat(segments(0.5, 100, p(0.2, 0.6))).singleElement().satisfies(segment -> {
            assertThat(segment.label()).isEqualTo(REVERSE);
            assertThat(segment.range()).isEqualTo(new BaseRange(0, 100));
            assertThat(segment.score()).isCloseTo(0.6f, within(1e-5f));
        });
        assertThat(segments(0.5, 100, p(0.2, 0.2))).isEmpty();
        assertThat(segments(0.5, 100, p(0.4, 0.35)))
                .as("coding, but on which strand?")
                .isEmpty();
    }

    @Test
    void theLastWindowIsPulledBackAndItsMiddleWithIt() {
        // 330 bases: windows at 0, 80 and 90, middles 120, 200 and 210.
        assertThat(segments(0.5, 330, p(0.05, 0.05), p(0.05, 0.05), p(0.96, 0.02)))
                .extracting(Segment::range)
                .containsExactly(new BaseRange(205, 330));
    }

    @Test
    void temperatureSoftensWindowsBeforeTheyAreInterpolated() {
        ReadScores scores = new ReadScores(contract(2, 0.5), 240);
        scores.put(0, logits(0.6, 0.1), 0, true);
        // Square roots of 0.6, 0.1, 0.3 over their sum: 0.473.
        assertThat(scores.outcome().segments()).isEmpty();
    }
}
