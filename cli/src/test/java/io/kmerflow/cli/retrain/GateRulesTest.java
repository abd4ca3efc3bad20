package io.kmerflow.cli.retrain;

import static org.assertj.core.api.Assertions.assertThat;

import io.kmerflow.pretraining.settings.SettingsTree;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class GateRulesTest {
    private static final List<String> LABELS = List.of("a", "b", "new");
    private static final GateRules RULES = SettingsTree.of("", GateRules.class);

    /** Reads of a label, of which the parent gets that many right and the new model those, the first ones. */
    private record Part(int label, int reads, int before, int after) {}

    private static GateRules.Labelled labelled(Part... parts) {
        int[] truth = Arrays.stream(parts)
                .flatMapToInt(part -> IntStream.generate(part::label).limit(part.reads()))
                .toArray();
        int[] before = calls(Part::before, parts);
        int[] after = calls(Part::after, parts);
        double[] scores = new double[truth.length];
        Arrays.fill(scores, 0.95);
        return new GateRules.Labelled(LABELS, 2, truth, before, after, scores);
    }

    private static int[] calls(java.util.function.ToIntFunction<Part> right, Part... parts) {
        return Arrays.stream(parts)
                .flatMapToInt(part -> IntStream.range(0, part.reads())
                        .map(i -> i < right.applyAsInt(part) ? part.label() : (part.label() + 1) % LABELS.size()))
                .toArray();
    }

    private static List<Check> judge(GateRules.Labelled heldOut, GateRules.Labelled suite) {
        return RULES.judge(new GateRules.Measured(heldOut, suite, 0.2, 0.2, 1.0));
    }

    private static List<String> failed(List<Check> checks) {
        return checks.stream().filter(check -> !check.passed()).map(Check::rule).toList();
    }

    private static final GateRules.Labelled GOOD_HELD_OUT =
            labelled(new Part(0, 200, 190, 190), new Part(1, 200, 190, 190), new Part(2, 200, 0, 190));

    @Test
    void passesAModelThatLearnsTheNewAndKeepsTheOld() {
        assertThat(failed(judge(GOOD_HELD_OUT, labelled(new Part(0, 300, 285, 285), new Part(1, 300, 285, 286)))))
                .isEmpty();
    }

    @Test
    void refusesANewLabelThatIsNotLearned() {
        GateRules.Labelled heldOut =
                labelled(new Part(0, 200, 190, 190), new Part(1, 200, 190, 190), new Part(2, 200, 0, 150));
        List<Check> checks = judge(heldOut, null);
        assertThat(failed(checks)).contains("minNewRecall of new");
        assertThat(checks.get(0).sentence()).contains("expected 0.8000 or more, got 0.7500", "off by 0.0500");
    }

    @Test
    void refusesALossOnTheOldLabelsByRuleAndLabel() {
        List<Check> checks = judge(GOOD_HELD_OUT, labelled(new Part(0, 300, 285, 260), new Part(1, 300, 285, 285)));
        assertThat(failed(checks)).containsExactly("maxOldLoss", "maxLabelLoss of a");
        Check loss = checks.stream()
                .filter(check -> check.rule().equals("maxOldLoss"))
                .findFirst()
                .orElseThrow();
        assertThat(loss.measured()).isEqualTo(25.0 / 600, org.assertj.core.data.Offset.offset(1e-9));
        assertThat(loss.low()).isPositive();
        assertThat(loss.high()).isGreaterThan(loss.measured());
    }

    @Test
    void refusesAGainThatMayBeChance() {
        GateRules.Labelled heldOut = labelled(new Part(0, 200, 150, 150), new Part(1, 200, 150, 150));
        assertThat(failed(judge(heldOut, null))).containsExactly("minReads of new", "minGain", "maxCalibrationError");
    }

    @Test
    void refusesCallsOfUnknownOrganismsAndASlowModel() {
        List<Check> checks = RULES.judge(new GateRules.Measured(GOOD_HELD_OUT, null, 0.2, 0.4, 2));
        assertThat(failed(checks)).containsExactly("maxUnknownCalls", "maxUnknownIncrease", "maxLatencyRatio");
    }

    @Test
    void asksForEnoughHeldOutReadsOfANewLabel() {
        GateRules.Labelled heldOut =
                labelled(new Part(0, 200, 190, 190), new Part(1, 200, 190, 195), new Part(2, 10, 0, 10));
        assertThat(failed(judge(heldOut, null))).contains("minReads of new");
    }

    @Test
    void calibrationErrorIsTheGapBetweenScoreAndAccuracy() {
        GateRules.Labelled sure = labelled(new Part(0, 100, 100, 60));
        assertThat(GateRules.calibrationError(sure)).isEqualTo(0.35, org.assertj.core.data.Offset.offset(1e-9));
    }
}
