package io.kmerflow.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;

class SegmentChainTest {
    private static final Offset<Float> CLOSE = within(1e-5f);
    private static final List<Double> EVEN = List.of(0.5, 0.5);

    @Test
    void aSingleWindowWithAllItsEvidenceStaysAsItIs() {
        SegmentChain chain = new SegmentChain(1_000, List.of(0.45, 0.45, 0.1));
        float[][] given = chain.given(new float[][] {{0.7f, 0.2f, 0.1f}}, new int[] {120}, 1);
        assertThat(given[0]).containsExactly(new float[] {0.7f, 0.2f, 0.1f}, CLOSE);
    }

    @Test
    void twoWindowsSpeakForEachOtherAsFarAsTheLabelGoesOn() {
        // Of two labels one is the same after 100 bases of a mean of 100 with (1 + e^-2) / 2.
        // P(first, second) ~ l1 * l2 * (stays or not), likelihoods 0.9 : 0.1 and 0.4 : 0.6.
        double stays = (1 + Math.exp(-2)) / 2;
        double[][] joint = {{0.9 * 0.4 * stays, 0.9 * 0.6 * (1 - stays)}, {0.1 * 0.4 * (1 - stays), 0.1 * 0.6 * stays}};
        double all = joint[0][0] + joint[0][1] + joint[1][0] + joint[1][1];
        float[][] given =
                new SegmentChain(100, EVEN).given(new float[][] {{0.9f, 0.1f}, {0.4f, 0.6f}}, new int[] {50, 150}, 1);
        assertThat(given[0][0]).isCloseTo((float) ((joint[0][0] + joint[0][1]) / all), CLOSE);
        assertThat(given[1][0]).isCloseTo((float) ((joint[0][0] + joint[1][0]) / all), CLOSE);
        assertThat(given[1][0] + given[1][1]).isCloseTo(1f, CLOSE);
    }

    @Test
    void evidenceIsWhatAWindowAddsToTheFrequencies() {
        // A window that says no more than the frequencies changes nothing, whatever its evidence.
        SegmentChain chain = new SegmentChain(1e12, List.of(0.2, 0.8));
        float[] sure = {0.5f, 0.5f};
        float[][] given = chain.given(new float[][] {{0.2f, 0.8f}, sure, {0.2f, 0.8f}}, new int[] {0, 10, 20}, 1);
        assertThat(given[0]).containsExactly(new float[] {0.5f, 0.5f}, within(1e-4f));
        // Half the evidence: odds 0.2 : 0.8 times the square root of (0.5 / 0.2) : (0.5 / 0.8), which is 2.
        float[][] half = chain.given(new float[][] {sure}, new int[] {0}, 0.5);
        assertThat(half[0][0]).isCloseTo((float) (0.5 / 1.5), within(1e-4f));
    }

    @Test
    void aWeakWindowBetweenTwoSureOnesFollowsThemAndOneWithoutWeightStaysOut() {
        SegmentChain chain = new SegmentChain(1_000, EVEN);
        float[][] given = chain.given(
                new float[][] {{0.99f, 0.01f}, {0.4f, 0.6f}, null, {0.99f, 0.01f}}, new int[] {0, 80, 160, 240}, 1);
        assertThat(given[1][0]).isGreaterThan(0.95f);
        assertThat(given[2]).isNull();
        float[][] far = chain.given(new float[][] {{0.99f, 0.01f}, {0.4f, 0.6f}}, new int[] {0, 1_000_000}, 1);
        assertThat(far[1][0]).as("no label goes on for a million bases").isCloseTo(0.4f, within(1e-3f));
    }

    @Test
    void aChainWithoutSenseIsRefused() {
        for (SegmentChainArguments arguments : List.of(
                new SegmentChainArguments(0, EVEN),
                new SegmentChainArguments(Double.NaN, EVEN),
                new SegmentChainArguments(100, List.of(0.5, 0.6)),
                new SegmentChainArguments(100, List.of(1.0, 0.0)))) {
            assertThatThrownBy(() -> new SegmentChain(arguments.meanRunBases, arguments.frequencies))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("meanRunBases above 0 and frequencies above 0 that sum to 1");
        }
    }

    private record SegmentChainArguments(double meanRunBases, List<Double> frequencies) {}
}
