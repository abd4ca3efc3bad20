package io.kmerflow.cli.retrain;

import io.kmerflow.pretraining.evaluation.CalibrationError;
import io.kmerflow.pretraining.evaluation.ConfusionMatrix;
import io.kmerflow.pretraining.evaluation.PairedBootstrap;
import io.kmerflow.pretraining.evaluation.PairedBootstrap.Interval;
import io.kmerflow.pretraining.settings.Setting;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.ToDoubleFunction;

/**
 * What a new model must show before it may serve. Gains and losses are those of the most likely label, of both models on the same
 * reads, with intervals of the paired bootstrap.
 */
public record GateRules(
        @Setting(
                value = "Min share of the held-out reads of each new label whose most likely label is right.",
                byDefault = "0.8")
        double minNewRecall,

        @Setting(
                value =
                        "Min gain of accuracy on the held-out reads of the corpus; the lower end of its interval must be above 0"
                                + " too, unless this is negative.",
                byDefault = "0.0")
        double minGain,

        @Setting(
                value =
                        "Max loss of accuracy on labels of the parent, on the suite, or the held-out reads without one.",
                byDefault = "0.01")
        double maxOldLoss,

        @Setting(value = "Max loss of the recall of one label of the parent, there.", byDefault = "0.05")
        double maxLabelLoss,

        @Setting(value = "Max expected calibration error on the held-out reads, 0 to 1.", byDefault = "0.1")
        double maxCalibrationError,

        @Setting(value = "Max share of unknown reads that may be called.", byDefault = "0.3")
        double maxUnknownCalls,

        @Setting(value = "Max rise of this share above the parent's.", byDefault = "0.05")
        double maxUnknownIncrease,

        @Setting(value = "Max time for a window, relative to the parent.", byDefault = "1.5")
        double maxLatencyRatio,

        @Setting(value = "Min reads of a label to judge it.", byDefault = "30")
        int minReads) {
    private static final int CALIBRATION_BINS = 10;

    public GateRules {
        Limits.share("gate.minNewRecall", minNewRecall);
        Limits.change("gate.minGain", minGain);
        Limits.change("gate.maxOldLoss", maxOldLoss);
        Limits.change("gate.maxLabelLoss", maxLabelLoss);
        Limits.share("gate.maxCalibrationError", maxCalibrationError);
        Limits.share("gate.maxUnknownCalls", maxUnknownCalls);
        Limits.change("gate.maxUnknownIncrease", maxUnknownIncrease);
        Limits.factor("gate.maxLatencyRatio", maxLatencyRatio);
        Limits.atLeast("gate.minReads", 1, minReads);
    }

    /**
     * What both models said of labelled reads, by number of label.
     *
     * @param labels names; those of the parent first
     * @param oldLabels how many of them the parent has
     * @param truth of each read
     * @param before most likely label of the parent
     * @param after most likely label of the new model
     * @param afterScores probability of that label
     */
    record Labelled(List<String> labels, int oldLabels, int[] truth, int[] before, int[] after, double[] afterScores) {
        /** The reads of some truths alone. */
        Labelled only(java.util.function.IntPredicate truths) {
            int[] kept = java.util.stream.IntStream.range(0, truth.length)
                    .filter(i -> truths.test(truth[i]))
                    .toArray();
            return new Labelled(
                    labels,
                    oldLabels,
                    Arrays.stream(kept).map(i -> truth[i]).toArray(),
                    Arrays.stream(kept).map(i -> before[i]).toArray(),
                    Arrays.stream(kept).map(i -> after[i]).toArray(),
                    Arrays.stream(kept).mapToDouble(i -> afterScores[i]).toArray());
        }

        int reads(int label) {
            return (int) Arrays.stream(truth).filter(t -> t == label).count();
        }

        /** New model minus parent. */
        Interval change(ToDoubleFunction<ConfusionMatrix> figure) {
            return PairedBootstrap.of(truth, labels.size(), List.of(after), List.of(before), figure);
        }
    }

    /**
     * Everything that was measured.
     *
     * @param heldOut reads of the corpus that nobody trained on
     * @param suite the fixed one; null without
     * @param unknownBefore part of the unknown reads that the parent calls; null without
     * @param unknownAfter part of the unknown reads that the new model calls; null without
     * @param latencyRatio time of a window in the new model, relative to the parent
     */
    record Measured(Labelled heldOut, Labelled suite, Double unknownBefore, Double unknownAfter, double latencyRatio) {}

    /** All rules, in a fixed order; the model passes if all of them hold. */
    List<Check> judge(Measured measured) {
        List<Check> checks = new ArrayList<>();
        Labelled heldOut = measured.heldOut();
        for (int label = heldOut.oldLabels(); label < heldOut.labels().size(); label++) {
            int wanted = label;
            Labelled ofLabel = heldOut.only(truth -> truth == wanted);
            String rule = "minNewRecall of " + heldOut.labels().get(label);
            if (ofLabel.truth().length < minReads) {
                checks.add(Check.atLeast(
                        "minReads of " + heldOut.labels().get(label), minReads, ofLabel.truth().length, null, null));
                continue;
            }
            Interval gain = ofLabel.change(ConfusionMatrix::accuracy);
            double recall = accuracy(ofLabel);
            double before = recall - gain.difference();
            checks.add(Check.atLeast(rule, minNewRecall, recall, before + gain.low(), before + gain.high()));
        }
        Interval gain = heldOut.change(ConfusionMatrix::accuracy);
        Check wanted = Check.atLeast("minGain", minGain, gain.difference(), gain.low(), gain.high());
        boolean sure = minGain < 0 || gain.low() > 0;
        checks.add(
                wanted.passed() && !sure
                        ? new Check(
                                wanted.rule(),
                                minGain,
                                gain.difference(),
                                gain.low(),
                                gain.high(),
                                false,
                                wanted.sentence() + ", which may be chance: its interval reaches 0")
                        : wanted);
        Labelled old =
                (measured.suite() == null ? heldOut : measured.suite()).only(truth -> truth < heldOut.oldLabels());
        if (old.truth().length > 0) {
            checks.add(loss("maxOldLoss", maxOldLoss, old));
            for (int label = 0; label < old.oldLabels(); label++) {
                int one = label;
                Labelled ofLabel = old.only(truth -> truth == one);
                if (ofLabel.truth().length >= minReads) {
                    checks.add(loss("maxLabelLoss of " + old.labels().get(label), maxLabelLoss, ofLabel));
                }
            }
        }
        checks.add(Check.atMost("maxCalibrationError", maxCalibrationError, calibrationError(heldOut), null, null));
        if (measured.unknownAfter() != null) {
            checks.add(Check.atMost("maxUnknownCalls", maxUnknownCalls, measured.unknownAfter(), null, null));
            checks.add(Check.atMost(
                    "maxUnknownIncrease",
                    maxUnknownIncrease,
                    measured.unknownAfter() - measured.unknownBefore(),
                    null,
                    null));
        }
        checks.add(Check.atMost("maxLatencyRatio", maxLatencyRatio, measured.latencyRatio(), null, null));
        return checks;
    }

    private static Check loss(String rule, double limit, Labelled reads) {
        Interval change = reads.change(ConfusionMatrix::accuracy);
        return Check.atMost(rule, limit, -change.difference(), -change.high(), -change.low());
    }

    /** Part of the reads whose most likely label is right. */
    static double accuracy(Labelled reads) {
        int right = 0;
        for (int i = 0; i < reads.truth().length; i++) {
            right += reads.truth()[i] == reads.after()[i] ? 1 : 0;
        }
        return (double) right / reads.truth().length;
    }

    static double calibrationError(Labelled reads) {
        CalibrationError error = new CalibrationError(CALIBRATION_BINS);
        for (int i = 0; i < reads.truth().length; i++) {
            error.add(reads.afterScores()[i], reads.truth()[i] == reads.after()[i]);
        }
        return error.value();
    }
}
