package io.kmerflow.gpucheck;

import ai.onnxruntime.OrtException;
import io.kmerflow.scoring.NvidiaDriver;
import io.kmerflow.scoring.ScoringDevice;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** ONNX Runtime alone: windows per second by model, window and batch, beside what the GPU could do at most. */
public final class RawStep {
    private static final int[] GPU_BATCHES = {1, 16, 64, 256, 1024};
    private static final int[] CPU_BATCHES = {1};
    private static final int MOST_TOKENS = 1 << 17; // of a batch: more only takes memory
    /** Two prepare in turn, so that the device does not wait for the next batch. */
    private static final int[] GPU_CALLERS = {1, 2};

    private static final int[] CPU_CALLERS = {1};

    private record Load(String model, int tokens) {}

    private static final List<Load> LOADS = List.of(
            new Load(CheckModels.BUNDLED, 128),
            new Load(CheckModels.LONG, 512),
            new Load(CheckModels.BASE, 128),
            new Load(CheckModels.BASE, 512));

    /**
     * What came out for a model and a length of its windows.
     *
     * @param sweep windows per second by {@code windows in a call x callers}
     * @param windowsPerSecond the best of them
     * @param rooflineWindowsPerSecond what the GPU could do at most; null if its data sheet is not known
     * @param ofRoofline their ratio
     * @param teraflops products and sums per second, in 10^12, at the best
     */
    public record Row(
            String model,
            int tokens,
            Roofline.Arithmetic arithmetic,
            Map<String, Double> sweep,
            String best,
            double windowsPerSecond,
            Double rooflineWindowsPerSecond,
            Double ofRoofline,
            double teraflops,
            GpuMeter.Summary meter) {}

    private RawStep() {}

    /** @param seconds for all of it, about */
    public static List<Row> run(
            CheckModels models, ScoringDevice device, Roofline.Arithmetic arithmetic, double seconds)
            throws OrtException {
        int[] batches = device.gpu() ? GPU_BATCHES : CPU_BATCHES;
        double each = seconds
                / (LOADS.size() * batches.length * callers(device).length)
                / 2; // as much again for loading and warming up
        List<Row> rows = new ArrayList<>();
        for (Load load : LOADS) {
            rows.add(row(models, device, arithmetic, load, batches, each));
        }
        return rows;
    }

    private static int[] callers(ScoringDevice device) {
        return device.gpu() ? GPU_CALLERS : CPU_CALLERS;
    }

    private static Row row(
            CheckModels models,
            ScoringDevice device,
            Roofline.Arithmetic arithmetic,
            Load load,
            int[] batches,
            double seconds)
            throws OrtException {
        CheckModels.Shape shape = models.shapes().get(load.model());
        boolean fp16 = arithmetic == Roofline.Arithmetic.FP16;
        Map<String, Double> sweep = new LinkedHashMap<>();
        GpuMeter.Summary summary;
        try (GpuMeter meter = GpuMeter.start(device)) {
            for (int batch : batches) {
                if (batch * load.tokens() > MOST_TOKENS) {
                    continue;
                }
                try (DeviceLoop loop = new DeviceLoop(
                        models.graph(load.model(), fp16),
                        device,
                        arithmetic == Roofline.Arithmetic.TF32,
                        shape.vocabulary(),
                        batch,
                        load.tokens())) {
                    for (int callers : callers(device)) {
                        sweep.put(batch + " x " + callers, loop.windowsPerSecond(seconds, callers));
                    }
                }
            }
            summary = meter.summary();
        }
        Map.Entry<String, Double> best =
                sweep.entrySet().stream().max(Map.Entry.comparingByValue()).orElseThrow();
        List<NvidiaDriver.Gpu> gpus = NvidiaDriver.ofMachine().gpus();
        Double most = device.gpu() && device.index() < gpus.size()
                ? shape.roofline()
                        .windowsPerSecond(gpus.get(device.index()).name(), arithmetic, load.tokens())
                        .orElse(null)
                : null;
        return new Row(
                load.model(),
                load.tokens(),
                arithmetic,
                sweep,
                best.getKey(),
                best.getValue(),
                most,
                most == null ? null : best.getValue() / most,
                best.getValue() * shape.roofline().flops(load.tokens()) / 1e12,
                summary);
    }
}
