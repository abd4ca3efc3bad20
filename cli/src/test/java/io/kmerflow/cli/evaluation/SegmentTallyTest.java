package io.kmerflow.cli.evaluation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.kmerflow.cli.evaluation.CalledStretches.Stretch;
import io.kmerflow.pretraining.annotation.CodingMap.State;
import io.kmerflow.sequence.BaseRange;
import io.kmerflow.sequence.Strand;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class SegmentTallyTest {
    private final State[] truth = new State[1_000];

    SegmentTallyTest() {
        Arrays.fill(truth, State.NON_CODING);
    }

    private static Stretch called(int start, int end, Strand strand) {
        return new Stretch(new BaseRange(start, end), strand);
    }

    private Map<String, Object> figures(Stretch... calls) {
        SegmentTally tally = new SegmentTally(50);
        tally.add(truth, List.of(calls));
        return tally.figures();
    }

    private static double value(Map<String, Object> figures, String name) {
        return ((Number) figures.get(name)).doubleValue();
    }

    @Test
    void basesCountByStrandAndUnclearOnesForNothing() {
        Arrays.fill(truth, 100, 400, State.FORWARD);
        Arrays.fill(truth, 600, 700, State.REVERSE);
        Arrays.fill(truth, 800, 900, State.UNCLEAR);
        Map<String, Object> figures = figures(
                called(150, 450, Strand.FORWARD), // 250 right, 50 wrong
                called(600, 640, Strand.FORWARD), // 40 on the other strand
                called(820, 910, Strand.REVERSE), // 80 unclear, 10 wrong
                called(300, 350, Strand.REVERSE)); // 50 wrong on bases that are right forward
        assertThat(value(figures, "reads")).isEqualTo(1);
        assertThat(value(figures, "bases")).isEqualTo(1_000);
        assertThat(value(figures, "codingBases")).isEqualTo(400);
        assertThat(value(figures, "baseRecall")).isEqualTo(250 / 400.0);
        assertThat(value(figures, "basePrecision")).isEqualTo(250 / 400.0);
        assertThat(value(figures, "baseF1")).isCloseTo(0.625, within(1e-12));
        assertThat(value(figures, "specificity"))
                .as("500 clear non-coding bases, 50 and 10 of them called")
                .isEqualTo(440 / 500.0);
        assertThat(value(figures, "strandRight"))
                .as("those called on both strands are right")
                .isEqualTo(250 / 290.0);
    }

    @Test
    void stretchesAreFoundByHalfAndCallsRightByHalf() {
        Arrays.fill(truth, 100, 200, State.FORWARD);
        Arrays.fill(truth, 300, 340, State.FORWARD); // too short to count
        Arrays.fill(truth, 500, 700, State.FORWARD);
        Arrays.fill(truth, 700, 800, State.REVERSE);
        Map<String, Object> figures = figures(
                called(150, 250, Strand.FORWARD), // half of the first, and half right
                called(240, 260, Strand.FORWARD), // merged with it: now 110 bases, 50 of them right
                called(595, 605, Strand.FORWARD), // short
                called(640, 690, Strand.FORWARD),
                called(700, 760, Strand.REVERSE));
        assertThat(value(figures, "stretches")).isEqualTo(3);
        assertThat(value(figures, "stretchRecall"))
                .as("50 of 100, 60 of 200, 60 of 100")
                .isEqualTo(2 / 3.0);
        assertThat(value(figures, "calledStretches")).isEqualTo(3);
        assertThat(value(figures, "stretchPrecision"))
                .as("50 of 110, 50 of 50, 60 of 60")
                .isEqualTo(2 / 3.0);
    }

    @Test
    void endsCountWhereTheGeneEndsWithinTheReadAndNothingUnclearFollows() {
        Arrays.fill(truth, 0, 200, State.FORWARD); // its start is that of the read
        Arrays.fill(truth, 300, 500, State.REVERSE);
        Arrays.fill(truth, 530, 700, State.REVERSE); // 30 bases behind the one before
        Arrays.fill(truth, 720, 740, State.UNCLEAR);
        Map<String, Object> figures = figures(
                called(10, 190, Strand.FORWARD), called(320, 700, Strand.REVERSE), called(205, 207, Strand.REVERSE));
        // 200 forward and 300 reverse are ends; 500 and 530 are too near each other, 700 has something unclear behind
        // it.
        assertThat(value(figures, "ends")).isEqualTo(2);
        assertThat(value(figures, "endsFound")).isEqualTo(1);
        assertThat(value(figures, "endDistanceMedian")).as("10 and 20").isEqualTo(10);
        assertThat(value(figures, "endDistance90")).isEqualTo(20);
        assertThat(value(figures(), "endsFound")).isZero();
        assertThat(value(figures(called(0, 401, Strand.FORWARD)), "endsFound"))
                .as("201 bases away")
                .isZero();
        assertThat(value(figures(called(0, 400, Strand.FORWARD)), "endsFound"))
                .as("200 bases away")
                .isEqualTo(0.5);
    }

    @Test
    void figuresOfNothingAreNoNumbers() {
        assertThat(value(figures(), "basePrecision")).isNaN();
        assertThat(value(figures(), "stretchRecall")).isNaN();
        assertThat(value(figures(), "endDistanceMedian")).isNaN();
    }
}
