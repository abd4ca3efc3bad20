package io.kmerflow.cli.retrain;

import static org.assertj.core.api.Assertions.assertThat;

import io.kmerflow.cli.retrain.GuardRules.Window;
import io.kmerflow.pretraining.settings.SettingsTree;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class GuardRulesTest {
    private static final GuardRules RULES = SettingsTree.of("", GuardRules.class);
    private static final Window BEFORE = new Window(1000, 200, Map.of("a", 500L, "b", 300L), 400.0, 0, 0);

    private static List<String> failed(Window after) {
        return RULES.judge(BEFORE, after).stream()
                .filter(check -> !check.passed())
                .map(Check::rule)
                .toList();
    }

    @Test
    void keepsAModelThatCallsWhatWasUncalled() {
        assertThat(failed(new Window(1000, 60, Map.of("a", 490L, "b", 300L, "new", 150L), 450.0, 4, 1)))
                .isEmpty();
    }

    @Test
    void takesBackAModelThatCallsLess() {
        assertThat(failed(new Window(1000, 600, Map.of("a", 250L, "b", 150L), 450.0, 0, 0)))
                .containsExactly("maxUncalledIncrease", "maxLabelDecrease of a");
    }

    @Test
    void takesBackAModelThatDriftsOrIsSlow() {
        assertThat(failed(new Window(1000, 200, Map.of("a", 500L, "b", 300L), 4000.0, 4, 3)))
                .containsExactly("maxLatencyRatio", "maxDriftShare");
    }

    @Test
    void takesBackAModelThatNobodySeesServing() {
        assertThat(failed(new Window(20, 4, Map.of("a", 10L, "b", 6L), 400.0, 0, 0)))
                .containsExactly("minReads");
    }

    @Test
    void comparesWithNothingWhereNothingWasBefore() {
        Window none = new Window(0, 0, Map.of(), null, 0, 0);
        assertThat(RULES.judge(none, new Window(1000, 900, Map.of("a", 100L), 400.0, 0, 0)))
                .allMatch(Check::passed);
    }

    @Test
    void judgesAgreementPerLabelThatTheServingModelCalls() {
        List<Check> checks = GuardRules.agreement(
                Map.of(
                        "sampledReads", 300.0,
                        "a.sampledReads", 100.0,
                        "a.agreeingReads", 90.0,
                        "b.sampledReads", 100.0,
                        "b.agreeingReads", 60.0,
                        "(uncalled).sampledReads", 80.0,
                        "c.sampledReads", 20.0),
                0.7);
        assertThat(checks).extracting(Check::rule).containsExactly("minAgreement on a", "minAgreement on b");
        assertThat(checks).extracting(Check::passed).containsExactly(true, false);
    }
}
