package io.kmerflow.pretraining.study;

import io.kmerflow.pretraining.evaluation.ConfusionMatrix;
import io.kmerflow.pretraining.evaluation.PairedBootstrap;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;

/**
 * Differences of MCC between an arm and the first one, or between strides of one arm: mean over seeds, with a 95 % interval
 * of 1,000 paired bootstrap draws of test rows, the same rows for both arms and all seeds. The interval is about the test
 * rows; {@link SeedSpread} says how far the seeds lie apart. Detectable: 2.8 standard errors (5 % two-sided, 80 % power).
 */
final class Contrasts {
    private static final int CLASSES = 2;

    private record Run(String arm, long seed, int[] calls) {}

    private Contrasts() {}

    static List<Contrast> of(StudyConfig config, List<UnitResult> units, Controls controls) {
        List<Contrast> contrasts = new ArrayList<>();
        StudyConfig.Arm first = config.arms().get(0);
        for (String set : config.sets()) {
            int[] truth = controls.truth().get(set);
            for (StudyConfig.Arm arm : config.arms()) {
                for (How how : List.of(How.PROBE, How.FINETUNE)) {
                    if (!arm.name().equals(first.name())) {
                        int stride = how == How.PROBE ? arm.tokenStride() : 1;
                        int base = how == How.PROBE ? first.tokenStride() : 1;
                        add(
                                contrasts,
                                truth,
                                set,
                                how,
                                select(units, arm.name(), set, how, stride),
                                select(units, first.name(), set, how, base));
                    }
                }
                for (int stride : arm.finetuneStrides()) {
                    if (stride != 1) {
                        add(
                                contrasts,
                                truth,
                                set,
                                How.OVERLAP,
                                select(units, arm.name(), set, How.FINETUNE, 1),
                                select(units, arm.name(), set, How.FINETUNE, stride));
                    }
                }
            }
        }
        return contrasts;
    }

    private static List<Run> select(List<UnitResult> units, String arm, String set, How how, int stride) {
        List<Run> runs = new ArrayList<>();
        for (UnitResult unit : units) {
            if (unit.arm().equals(arm)) {
                unit.scores().stream()
                        .filter(s -> s.set().equals(set) && s.how() == how && s.stride() == stride)
                        .forEach(s -> runs.add(new Run(arm, unit.seed(), s.calls())));
            }
        }
        return runs;
    }

    private static void add(List<Contrast> out, int[] truth, String set, How how, List<Run> ours, List<Run> theirs) {
        if (ours.isEmpty() || ours.size() != theirs.size()) {
            return;
        }
        PairedBootstrap.Interval interval =
                PairedBootstrap.of(truth, CLASSES, calls(ours), calls(theirs), ConfusionMatrix::matthewsCorrelation);
        List<Double> bySeed = new ArrayList<>();
        for (int s = 0; s < ours.size(); s++) {
            bySeed.add(correlation(truth, ours.get(s)) - correlation(truth, theirs.get(s)));
        }
        String against = how == How.OVERLAP
                ? "the same, non-overlapping input"
                : theirs.get(0).arm();
        List<String> oneClass = Stream.concat(
                        ours.stream().filter(Contrasts::callsOneClass).map(run -> named(run.arm(), run)),
                        theirs.stream().filter(Contrasts::callsOneClass).map(run -> named(against, run)))
                .toList();
        out.add(new Contrast(
                set,
                how,
                ours.get(0).arm(),
                against,
                interval.difference(),
                interval.low(),
                interval.high(),
                2.8 * interval.standardError(),
                bySeed,
                SeedSpread.of(bySeed).orElse(null),
                oneClass.isEmpty() ? null : oneClass));
    }

    private static boolean callsOneClass(Run run) {
        return ConfusionMatrix.callsOneClass(run.calls());
    }

    private static String named(String name, Run run) {
        return String.format(Locale.ROOT, "%s, seed %d", name, run.seed());
    }

    private static double correlation(int[] truth, Run run) {
        return Score.matrix(truth, run.calls()).matthewsCorrelation();
    }

    private static List<int[]> calls(List<Run> runs) {
        return runs.stream().map(Run::calls).toList();
    }
}
