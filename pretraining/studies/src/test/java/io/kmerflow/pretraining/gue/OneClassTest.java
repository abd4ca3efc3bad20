package io.kmerflow.pretraining.gue;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** A fine-tuning that gave every row the same class must not read as a tie with what stands beside it. */
class OneClassTest {
    private static final int[] TRUTH = {0, 1, 0, 1};
    private static final int[] RIGHT = {0, 1, 0, 1};
    private static final int[] ALL_ONE = {1, 1, 1, 1};

    private static WorkFolder.Finished run(int[] calls, RunFigures figures) {
        return new WorkFolder.Finished("digest", calls, figures, "commit", 1, null);
    }

    private static GueFigures figures(int[] second) {
        RunFigures training = RunFigures.ofTraining(10, 5, 0.5);
        return new GueFigures.Runs(
                        GueSet.Metric.MCC,
                        2,
                        TRUTH,
                        List.of(1L, 2L),
                        List.of(run(RIGHT, training), run(second, training)),
                        List.of(run(RIGHT, training), run(RIGHT, training)),
                        run(RIGHT, RunFigures.ofControl(3, 0.1, 0.4)))
                .on(new int[] {0, 1, 2, 3});
    }

    private static String report(GueFigures figures) {
        SetResult set = new SetResult(
                "tf/2",
                "train",
                new SetResult.Rows(4, 4, 4, 4),
                new GueSet.Rows(4, 4, 4),
                2,
                "mcc",
                new SetResult.Used(1, 10, 10, 2, 5),
                null,
                Map.of(),
                figures,
                0,
                null,
                Published.of(GueSet.named("tf/2").orElseThrow()),
                List.of());
        return new GueReport(new GueResults(
                        2,
                        "GUE",
                        true,
                        null,
                        List.of(),
                        new GueResults.Summary(1, 0, 0L, Map.of("tf", new GueResults.Means(1, 0.5, 1.0, 1.0))),
                        List.of(set),
                        List.of(),
                        new GueResults.Context(Published.SOURCE, Published.RANDOM_MASK)))
                .text();
    }

    @Test
    void runIsMarkedInTheResults() {
        JsonNode tree = new ObjectMapper().valueToTree(figures(ALL_ONE));
        assertThat(tree.at("/ours/bySeed/1/oneClass").asBoolean()).isTrue();
        assertThat(tree.at("/ours/bySeed/1/mcc").asDouble()).isZero();
        assertThat(tree.at("/ours/bySeed/0").has("oneClass")).isFalse();
        assertThat(tree.at("/ours/bySeed/0/validationLoss").asDouble()).isEqualTo(0.5);
        assertThat(tree.at("/ours/bySeed/0").has("k")).isFalse();
    }

    @Test
    void reportNamesArmAndSeeds() {
        assertThat(report(figures(ALL_ONE)))
                .contains("50.0 (100.0 0.0*)")
                .contains("* tf/2, ours, seeds [2]: the run gave every test row the same class");
        assertThat(report(figures(RIGHT))).doesNotContain("same class").doesNotContain("*");
    }
}
