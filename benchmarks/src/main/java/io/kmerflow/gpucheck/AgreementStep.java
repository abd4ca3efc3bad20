package io.kmerflow.gpucheck;

import io.kmerflow.benchmark.BenchJob;
import io.kmerflow.bundle.ModelBundle;
import io.kmerflow.contract.ReadScores;
import io.kmerflow.scoring.GoldenCheck;
import io.kmerflow.scoring.OnnxWindowScorer;
import io.kmerflow.scoring.ProviderUse;
import io.kmerflow.scoring.ScoringDevice;
import io.kmerflow.scoring.ScoringException;
import io.kmerflow.scoring.ScoringOptions;
import io.kmerflow.scoring.SessionMemory;
import io.kmerflow.token.TokenBatch;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/** Whether a device gives the numbers that it should, and whether it is the one that gives them. */
public final class AgreementStep {
    private static final int[] WINDOWS = {256, 8}; // bundled, base

    /**
     * Of a model on the device.
     *
     * @param goldenDifference largest difference of a golden logit to the trainer's
     * @param tolerance what the bundle allows
     * @param cpuDifference largest difference of a logit to fp32 on the CPU, over random windows
     * @param windows how many
     * @param sameLabelShare of those windows
     */
    public record Row(
            String model,
            String precision,
            double goldenDifference,
            double tolerance,
            double cpuDifference,
            int windows,
            double sameLabelShare) {}

    private AgreementStep() {}

    /** Compares the device with the CPU. */
    public static List<Row> run(CheckModels models, ScoringDevice device, boolean fp16) throws ScoringException {
        List<Row> rows = new ArrayList<>();
        int windows = 0;
        for (String model : List.of(CheckModels.BUNDLED, CheckModels.BASE)) {
            rows.add(row(models, model, device, fp16, WINDOWS[windows++]));
        }
        return rows;
    }

    /** Which provider ran which nodes, by model and precision. */
    public static Map<String, ProviderUse> providers(CheckModels models, ScoringDevice device) {
        Map<String, ProviderUse> uses = new java.util.LinkedHashMap<>();
        for (String model : List.of(CheckModels.BUNDLED, CheckModels.BASE)) {
            for (boolean fp16 : new boolean[] {false, true}) {
                ModelBundle bundle = models.bundle(model, fp16);
                ProviderUse use = ProviderUse.measure(
                        bundle.modelFile(),
                        options(device),
                        bundle.golden().get(0).batch(bundle.contract()));
                if (device.gpu()) {
                    use.requireGpu();
                }
                uses.put(model + " " + bundle.precision(), use);
            }
        }
        return uses;
    }

    private static Row row(CheckModels models, String model, ScoringDevice device, boolean fp16, int windows)
            throws ScoringException {
        ModelBundle full = models.bundle(model, false);
        ModelBundle bundle = models.bundle(model, fp16);
        TokenBatch batch = batch(bundle, windows);
        float[] expected;
        try (OnnxWindowScorer cpu = new OnnxWindowScorer(full.modelFile(), options(ScoringDevice.CPU))) {
            expected = cpu.score(batch);
        }
        try (OnnxWindowScorer scorer = new OnnxWindowScorer(bundle.modelFile(), options(device))) {
            double golden = GoldenCheck.require(bundle, scorer);
            float[] got = scorer.score(batch);
            int labels = bundle.contract().labels().size();
            double worst = 0;
            int same = 0;
            for (int window = 0; window < windows; window++) {
                float[] one = Arrays.copyOfRange(expected, window * labels, (window + 1) * labels);
                float[] other = Arrays.copyOfRange(got, window * labels, (window + 1) * labels);
                for (int label = 0; label < labels; label++) {
                    worst = Math.max(worst, Math.abs(one[label] - other[label]));
                }
                same += ReadScores.argMax(one) == ReadScores.argMax(other) ? 1 : 0;
            }
            return new Row(
                    model,
                    bundle.precision(),
                    golden,
                    bundle.logitTolerance(),
                    worst,
                    windows,
                    same / (double) windows);
        }
    }

    /** Windows of random bases, of which every other one is shorter and padded. */
    static TokenBatch batch(ModelBundle bundle, int windows) {
        int bases = bundle.contract().windowBases();
        TokenBatch batch = new TokenBatch(
                bundle.contract().encoder(),
                windows,
                bundle.contract().encoder().tokenCount(bases));
        int number = 0;
        for (byte[] window : BenchJob.randomWindows(windows, bases)) {
            int shorter = (bases + bundle.contract().minReadBases()) / 2;
            batch.add(window, 0, number++ % 2 == 0 ? bases : shorter);
        }
        return batch;
    }

    static ScoringOptions options(ScoringDevice device) {
        return new ScoringOptions(device, 1, SessionMemory.DEFAULT);
    }
}
