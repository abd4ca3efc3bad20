package io.kmerflow.pretraining.gue;

import io.kmerflow.pretraining.evaluation.ConfusionMatrix;
import io.kmerflow.pretraining.evaluation.PairedBootstrap;
import io.kmerflow.pretraining.evaluation.TestMetrics;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Figures of the arms and the control on some of the test rows, as a tree for JSON.
 *
 * @param metric what the differences are of
 * @param classes labels are 0 to this − 1
 * @param truth class of every test row
 * @param seeds of the runs, in order
 * @param ours run of each seed
 * @param randomInit run of each seed; empty if there are none
 * @param control the k-mer control
 */
record GueFigures(
        GueSet.Metric metric,
        int classes,
        int[] truth,
        List<Long> seeds,
        List<WorkFolder.Finished> ours,
        List<WorkFolder.Finished> randomInit,
        WorkFolder.Finished control) {

    /** Figures on these rows; null where there is none. */
    Map<String, Object> on(int[] rows) {
        if (rows.length == 0) {
            return null;
        }
        Map<String, Object> tree = new LinkedHashMap<>();
        tree.put("rows", rows.length);
        tree.put("ours", arm(ours, rows));
        if (!randomInit.isEmpty()) {
            tree.put("randomInit", arm(randomInit, rows));
        }
        Map<String, Object> controlTree = metrics(control, rows).tree();
        controlTree.put("k", control.figures().get("k"));
        controlTree.put("l2", control.figures().get("l2"));
        tree.put("control", controlTree);
        tree.put("againstControl", difference(List.of(control), rows));
        if (!randomInit.isEmpty()) {
            tree.put("againstRandomInit", difference(randomInit, rows));
        }
        return tree;
    }

    private TestMetrics metrics(WorkFolder.Finished run, int[] rows) {
        return TestMetrics.of(ConfusionMatrix.of(pick(truth, rows), pick(run.calls(), rows), classes));
    }

    private static int[] pick(int[] values, int[] rows) {
        return Arrays.stream(rows).map(row -> values[row]).toArray();
    }

    private Map<String, Object> arm(List<WorkFolder.Finished> runs, int[] rows) {
        List<TestMetrics> all = runs.stream().map(run -> metrics(run, rows)).toList();
        Map<String, Object> tree = new LinkedHashMap<>();
        tree.put(
                "mean",
                new TestMetrics(
                                mean(all.stream().mapToDouble(TestMetrics::mcc).toArray()),
                                mean(all.stream().mapToDouble(TestMetrics::f1).toArray()),
                                mean(all.stream()
                                        .mapToDouble(TestMetrics::accuracy)
                                        .toArray()))
                        .tree());
        List<Map<String, Object>> bySeed = new ArrayList<>();
        for (int s = 0; s < runs.size(); s++) {
            Map<String, Object> seed = new LinkedHashMap<>();
            seed.put("seed", seeds.get(s));
            seed.putAll(all.get(s).tree());
            seed.putAll(runs.get(s).figures());
            bySeed.add(seed);
        }
        tree.put("bySeed", bySeed);
        return tree;
    }

    private static double mean(double[] values) {
        return Arrays.stream(values).average().orElseThrow();
    }

    private Map<String, Object> difference(List<WorkFolder.Finished> theirs, int[] rows) {
        PairedBootstrap.Interval interval = PairedBootstrap.of(
                pick(truth, rows), classes, picked(ours, rows), picked(theirs, rows), metric.figure());
        Map<String, Object> tree = new LinkedHashMap<>();
        tree.put("difference", interval.difference());
        tree.put("low", interval.low());
        tree.put("high", interval.high());
        tree.put("beats", interval.ahead());
        return tree;
    }

    private static List<int[]> picked(List<WorkFolder.Finished> runs, int[] rows) {
        return runs.stream().map(run -> pick(run.calls(), rows)).toList();
    }
}
