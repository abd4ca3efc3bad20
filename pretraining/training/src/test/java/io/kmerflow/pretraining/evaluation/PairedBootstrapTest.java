package io.kmerflow.pretraining.evaluation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.kmerflow.pretraining.random.Xoshiro256;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

class PairedBootstrapTest {
    private static final int[] TRUTH = calls(400, 0.0, 1);

    /** Right but for some part of the rows. */
    private static int[] calls(int rows, double wrong, long seed) {
        Xoshiro256 random = Xoshiro256.of(seed);
        int[] calls = new int[rows];
        Arrays.setAll(calls, i -> random.nextDouble() < wrong ? 1 - i % 2 : i % 2);
        return calls;
    }

    private static PairedBootstrap.Interval compare(int[] truth, List<int[]> ours, List<int[]> theirs) {
        return PairedBootstrap.of(truth, 2, ours, theirs, ConfusionMatrix::matthewsCorrelation);
    }

    @Test
    void aClearLeadIsAheadAndItsReverseIsNot() {
        List<int[]> good = List.of(calls(400, 0.10, 2), calls(400, 0.10, 3));
        List<int[]> bad = List.of(calls(400, 0.30, 4));
        PairedBootstrap.Interval lead = compare(TRUTH, good, bad);
        assertThat(lead.ahead()).isTrue();
        assertThat(lead.low()).isPositive().isLessThan(lead.difference());
        assertThat(lead.high()).isGreaterThan(lead.difference());
        PairedBootstrap.Interval behind = compare(TRUTH, bad, good);
        assertThat(behind.difference()).isCloseTo(-lead.difference(), within(1e-12));
        assertThat(behind.ahead()).isFalse();
    }

    @Test
    void theDifferenceIsThatOfTheMeansOverSeeds() {
        int[] one = calls(400, 0.1, 5);
        int[] two = calls(400, 0.2, 6);
        int[] base = calls(400, 0.3, 7);
        double expected = (mcc(one) + mcc(two)) / 2 - mcc(base);
        assertThat(compare(TRUTH, List.of(one, two), List.of(base)).difference())
                .isCloseTo(expected, within(1e-12));
    }

    private static double mcc(int[] calls) {
        return ConfusionMatrix.of(TRUTH, calls, 2).matthewsCorrelation();
    }

    @Test
    void theSameCallsAreNoLeadAndASmallLeadOnFewRowsIsNone() {
        List<int[]> same = List.of(calls(400, 0.2, 8));
        PairedBootstrap.Interval none = compare(TRUTH, same, same);
        assertThat(none).isEqualTo(new PairedBootstrap.Interval(0, 0, 0, 0));
        assertThat(none.ahead()).isFalse();
        int[] truth = calls(20, 0, 1);
        int[] better = calls(20, 0, 1);
        int[] worse = calls(20, 0, 1);
        better[3] = 0;
        worse[3] = 0;
        worse[6] = 1;
        PairedBootstrap.Interval small = compare(truth, List.of(better), List.of(worse));
        assertThat(small.difference()).isPositive();
        assertThat(small.ahead()).isFalse();
    }
}
