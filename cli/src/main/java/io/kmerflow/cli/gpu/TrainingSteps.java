package io.kmerflow.cli.gpu;

import io.kmerflow.benchmark.TrainingCheck;
import io.kmerflow.benchmark.TrainingComparison;
import io.kmerflow.bundle.JsonMappers;
import io.kmerflow.gpucheck.GpuMeter;
import io.kmerflow.scoring.ScoringDevice;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalLong;

/** Training on the device, beside the same steps on the CPU. */
final class TrainingSteps {
    static final List<String> SIZES = List.of("encoder", "base");

    /** Few enough that a CPU does some steps of it too. */
    private static final int BASE_ROWS = 4;

    private static final int BASE_TOKENS = 64;
    private static final int LARGE_ROWS = 128;
    private static final int LARGE_TOKENS = 512;
    private static final int LARGE_STEPS = 30;

    private TrainingSteps() {}

    /** Trains on the CPU and leaves the losses to later steps. */
    static Object reference(CheckStep.Context context) throws IOException {
        Map<String, Object> results = new LinkedHashMap<>();
        for (String size : SIZES) {
            TrainingCheck.Result result =
                    new TrainingCheck(settings(size, "cpu", context.seconds() / SIZES.size())).run();
            JsonMappers.COMPACT.writeValue(file(context.work(), size).toFile(), result);
            results.put(size, result.tree());
        }
        return results;
    }

    /** Trains on the device, compares with what the CPU gave, and measures the speed of large batches. */
    static Object compared(CheckStep.Context context, String size) throws IOException {
        Path file = file(context.work(), size);
        if (!Files.exists(file)) {
            throw new IllegalStateException(
                    "Expected the losses of the CPU, the step training-reference has none left");
        }
        TrainingCheck.Result reference = JsonMappers.COMPACT.readValue(file.toFile(), TrainingCheck.Result.class);
        String device = context.option().startsWith("gpu") ? "gpu" : context.option();
        Map<String, Object> found = new LinkedHashMap<>();
        try (GpuMeter meter = device.equals("gpu") ? GpuMeter.start(0) : GpuMeter.start(ScoringDevice.CPU)) {
            TrainingCheck.Result result = new TrainingCheck(settings(size, device, context.seconds())
                            .withDeviceMemory(() -> meter.memoryMib() == 0
                                    ? OptionalLong.empty()
                                    : OptionalLong.of((long) (meter.memoryMib() * (1 << 20)))))
                    .run();
            TrainingComparison comparison =
                    TrainingComparison.of(reference, result, TrainingComparison.Bounds.of(result));
            found.put("holds", comparison.holds());
            found.put("comparison", comparison);
            found.put("training", result.tree());
            if (device.equals("gpu")) {
                found.put(
                        "largeBatches",
                        new TrainingCheck(settings(size, device, context.seconds())
                                        .withBatch(LARGE_ROWS, size.equals("base") ? 128 : LARGE_TOKENS)
                                        .withSteps(LARGE_STEPS))
                                .run()
                                .tree());
            }
            found.put("meter", meter.summary());
        }
        return found;
    }

    private static TrainingCheck.Settings settings(String size, String device, double seconds) {
        Duration limit = Duration.ofMillis((long) (seconds * 1000));
        int threads = Runtime.getRuntime().availableProcessors();
        return size.equals("base")
                ? TrainingCheck.Settings.base(device, threads, limit).withBatch(BASE_ROWS, BASE_TOKENS)
                : TrainingCheck.Settings.encoder(device, threads, limit);
    }

    private static Path file(Path work, String size) {
        return work.resolve(String.format(Locale.ROOT, "training-%s.json", size));
    }
}
