package io.kmerflow.pretraining.gue;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonUnwrapped;
import io.kmerflow.pretraining.evaluation.ConfusionMatrix;
import io.kmerflow.pretraining.evaluation.PairedBootstrap;
import io.kmerflow.pretraining.evaluation.TestMetrics;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.ToDoubleFunction;

/**
 * Figures of the arms and the control on some of the test rows.
 *
 * @param rows how many
 * @param ours encoder as pretrained
 * @param randomInit encoder from random values; null without
 * @param control k-mer regression
 * @param againstControl ours minus control
 * @param againstRandomInit ours minus random values; null without
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
record GueFigures(
        int rows, Arm ours, Arm randomInit, Control control, Difference againstControl, Difference againstRandomInit) {

    /**
     * An arm over its seeds.
     *
     * @param mean of the seeds
     * @param bySeed each
     */
    record Arm(TestMetrics mean, List<Seed> bySeed) {
        /** Seeds whose run gave every row the same class. */
        List<Long> seedsOfOneClass() {
            return bySeed.stream()
                    .filter(seed -> seed.oneClass() != null)
                    .map(Seed::seed)
                    .toList();
        }
    }

    /**
     * A run.
     *
     * @param seed of it
     * @param metrics on the rows
     * @param run how it went
     * @param oneClass true if it gave every row the same class, so that it learned nothing; null else
     */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    record Seed(
            long seed,
            @JsonUnwrapped TestMetrics metrics,
            @JsonUnwrapped RunFigures run,
            Boolean oneClass) {}

    /**
     * The control.
     *
     * @param metrics on the rows
     * @param k bases of a k-mer
     * @param l2 strength of its penalty
     */
    record Control(@JsonUnwrapped TestMetrics metrics, int k, double l2) {}

    /**
     * A difference of the set's metric with its 95 % interval over test rows.
     *
     * @param difference mean over the seeds
     * @param low of the interval
     * @param high of the interval
     * @param beats whether all of the interval lies above 0
     */
    record Difference(double difference, double low, double high, boolean beats) {}

    /**
     * The runs on a set.
     *
     * @param metric what the differences are of
     * @param classes labels are 0 to this − 1
     * @param truth class of every test row
     * @param seeds of the runs, in order
     * @param ours run of each seed
     * @param randomInit run of each seed; empty if there are none
     * @param control the k-mer control
     */
    record Runs(
            GueSet.Metric metric,
            int classes,
            int[] truth,
            List<Long> seeds,
            List<WorkFolder.Finished> ours,
            List<WorkFolder.Finished> randomInit,
            WorkFolder.Finished control) {

        /** Figures on these rows; null where there is none. */
        GueFigures on(int[] rows) {
            if (rows.length == 0) {
                return null;
            }
            return new GueFigures(
                    rows.length,
                    arm(ours, rows),
                    randomInit.isEmpty() ? null : arm(randomInit, rows),
                    new Control(
                            metrics(control, rows),
                            control.figures().k(),
                            control.figures().l2()),
                    difference(List.of(control), rows),
                    randomInit.isEmpty() ? null : difference(randomInit, rows));
        }

        private TestMetrics metrics(WorkFolder.Finished run, int[] rows) {
            return TestMetrics.of(ConfusionMatrix.of(pick(truth, rows), pick(run.calls(), rows), classes));
        }

        private static int[] pick(int[] values, int[] rows) {
            return Arrays.stream(rows).map(row -> values[row]).toArray();
        }

        private Arm arm(List<WorkFolder.Finished> runs, int[] rows) {
            List<Seed> bySeed = new ArrayList<>();
            for (int s = 0; s < runs.size(); s++) {
                WorkFolder.Finished run = runs.get(s);
                boolean oneClass = ConfusionMatrix.callsOneClass(pick(run.calls(), rows));
                bySeed.add(new Seed(seeds.get(s), metrics(run, rows), run.figures(), oneClass ? true : null));
            }
            return new Arm(
                    new TestMetrics(
                            mean(bySeed, TestMetrics::mcc),
                            mean(bySeed, TestMetrics::macroF1),
                            mean(bySeed, TestMetrics::accuracy)),
                    bySeed);
        }

        private static double mean(List<Seed> seeds, ToDoubleFunction<TestMetrics> figure) {
            return seeds.stream()
                    .mapToDouble(seed -> figure.applyAsDouble(seed.metrics()))
                    .average()
                    .orElseThrow();
        }

        private Difference difference(List<WorkFolder.Finished> theirs, int[] rows) {
            PairedBootstrap.Interval interval = PairedBootstrap.of(
                    pick(truth, rows), classes, picked(ours, rows), picked(theirs, rows), metric.figure());
            return new Difference(interval.difference(), interval.low(), interval.high(), interval.ahead());
        }

        private static List<int[]> picked(List<WorkFolder.Finished> runs, int[] rows) {
            return runs.stream().map(run -> pick(run.calls(), rows)).toList();
        }
    }
}
