package io.kmerflow.gpucheck;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import io.kmerflow.benchmark.BenchJob;
import io.kmerflow.bundle.GoldenRead;
import io.kmerflow.bundle.ModelBundle;
import io.kmerflow.contract.ReadScores;
import io.kmerflow.scoring.GoldenCheck;
import io.kmerflow.scoring.OnnxWindowScorer;
import io.kmerflow.scoring.ProviderUse;
import io.kmerflow.scoring.ScoringDevice;
import io.kmerflow.scoring.ScoringException;
import io.kmerflow.scoring.ScoringOptions;
import io.kmerflow.scoring.SessionMemory;
import io.kmerflow.scoring.TokenTensors;
import io.kmerflow.token.TokenBatch;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Whether a device gives the numbers that it should, and whether it is the one that gives them. */
public final class AgreementStep {
    /** Random windows that are compared, of the bundled model and of base size; fewer where they are only a rehearsal. */
    private static final int[] GPU_WINDOWS = {256, 8};

    private static final int[] CPU_WINDOWS = {32, 2};

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

    /** Compares the device, as the job uses it, with the CPU; a bundle's golden logits must hold. */
    public static List<Row> run(CheckModels models, ScoringDevice device, boolean fp16) throws ScoringException {
        List<Row> rows = new ArrayList<>();
        int number = 0;
        for (String model : List.of(CheckModels.BUNDLED, CheckModels.BASE)) {
            rows.add(row(models, model, device, fp16, windows(device)[number++]));
        }
        return rows;
    }

    /** Which provider ran which nodes, by model and precision. */
    public static Map<String, ProviderUse> providers(CheckModels models, ScoringDevice device) {
        Map<String, ProviderUse> uses = new LinkedHashMap<>();
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

    /** The same of TF32, which the job does not use: how far it is off, whether golden logits hold or not. */
    public static List<Row> tf32(CheckModels models, ScoringDevice device) throws ScoringException, OrtException {
        List<Row> rows = new ArrayList<>();
        int number = 0;
        for (String model : List.of(CheckModels.BUNDLED, CheckModels.BASE)) {
            ModelBundle bundle = models.bundle(model, false);
            int windows = windows(device)[number++];
            TokenBatch batch = batch(bundle, windows);
            try (OnnxWindowScorer cpu = new OnnxWindowScorer(bundle.modelFile(), options(ScoringDevice.CPU));
                    OrtSession.SessionOptions settings = new OrtSession.SessionOptions()) {
                DeviceLoop.choose(settings, device, true);
                try (OrtSession session = TokenTensors.environment()
                        .createSession(bundle.modelFile().toString(), settings)) {
                    double golden = 0;
                    for (GoldenRead read : bundle.golden()) {
                        golden = Math.max(
                                golden, largest(read.logits(), logits(session, read.batch(bundle.contract()))));
                    }
                    float[] expected = cpu.score(batch);
                    float[] got = logits(session, batch);
                    rows.add(new Row(
                            model,
                            "fp32 with TF32",
                            golden,
                            bundle.logitTolerance(),
                            largest(expected, got),
                            windows,
                            sameLabels(expected, got, bundle.contract().labels().size())));
                }
            }
        }
        return rows;
    }

    private static int[] windows(ScoringDevice device) {
        return device.gpu() ? GPU_WINDOWS : CPU_WINDOWS;
    }

    private static float[] logits(OrtSession session, TokenBatch batch) throws OrtException {
        Map<String, OnnxTensor> inputs = TokenTensors.of(batch);
        try (OrtSession.Result result = session.run(inputs)) {
            float[][] rows = (float[][]) result.get(0).getValue();
            float[] flat = new float[rows.length * rows[0].length];
            for (int row = 0; row < rows.length; row++) {
                System.arraycopy(rows[row], 0, flat, row * rows[row].length, rows[row].length);
            }
            return flat;
        } finally {
            inputs.values().forEach(OnnxTensor::close);
        }
    }

    private static double largest(float[] expected, float[] got) {
        double largest = 0;
        for (int i = 0; i < expected.length; i++) {
            largest = Math.max(largest, Math.abs(expected[i] - got[i]));
        }
        return largest;
    }

    /** Part of the windows whose best label is the same. */
    static double sameLabels(float[] expected, float[] got, int labels) {
        int windows = expected.length / labels;
        int same = 0;
        for (int from = 0; from < expected.length; from += labels) {
            float[] one = Arrays.copyOfRange(expected, from, from + labels);
            float[] other = Arrays.copyOfRange(got, from, from + labels);
            same += ReadScores.argMax(one) == ReadScores.argMax(other) ? 1 : 0;
        }
        return same / (double) windows;
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
            return new Row(
                    model,
                    bundle.precision(),
                    golden,
                    bundle.logitTolerance(),
                    largest(expected, got),
                    windows,
                    sameLabels(expected, got, bundle.contract().labels().size()));
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
