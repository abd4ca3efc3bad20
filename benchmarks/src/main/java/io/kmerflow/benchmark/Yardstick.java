package io.kmerflow.benchmark;

import ai.onnxruntime.OrtException;
import io.kmerflow.bundle.ModelBundle;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Consumer;

/** One way to run the bare session, with the batch size that is fastest in it, and what it did in each round. */
final class Yardstick implements AutoCloseable {
    private static final int[] BATCHES = {2, 4, 8, 16, 32, 64};
    private static final int SWEEP_WINDOWS = 256;
    private static final int SWEEP_RUNS = 3;

    private final ModelBundle bundle;
    private final RawRuntime.Way way;
    private final int threads;
    private final Map<Integer, Double> sweep = new LinkedHashMap<>();
    private final List<Double> rounds = new ArrayList<>();
    private RawRuntime runtime;

    /** Finds the fastest batch size; to be opened before it is measured. */
    Yardstick(ModelBundle bundle, RawRuntime.Way way, int threads, Consumer<String> progress) throws OrtException {
        this.bundle = bundle;
        this.way = way;
        this.threads = threads;
        List<byte[]> windows = windows(SWEEP_WINDOWS);
        for (int batch : BATCHES) {
            try (RawRuntime swept = new RawRuntime(bundle, way, threads, windows, batch)) {
                swept.windowsPerSecond();
                List<Double> runs = new ArrayList<>();
                for (int run = 0; run < SWEEP_RUNS; run++) {
                    runs.add(swept.windowsPerSecond());
                }
                sweep.put(batch, BenchJob.median(runs));
            }
        }
        progress.accept(
                String.format(Locale.ROOT, "raw runtime, %s, by windows a call: %s windows/s", name(), rounded()));
    }

    private List<byte[]> windows(int count) {
        return BenchJob.randomWindows(count, bundle.contract().windower().windowBases());
    }

    private Map<Integer, Long> rounded() {
        Map<Integer, Long> rounded = new LinkedHashMap<>();
        sweep.forEach((batch, rate) -> rounded.put(batch, Math.round(rate)));
        return rounded;
    }

    private int batch() {
        return sweep.entrySet().stream()
                .max(Map.Entry.comparingByValue())
                .orElseThrow()
                .getKey();
    }

    /** Windows per second of the fastest batch size, in the sweep. */
    double best() {
        return sweep.get(batch());
    }

    /** In figures' names. */
    String name() {
        return way.name().toLowerCase(java.util.Locale.ROOT);
    }

    /** Prepares rounds of that number of windows. */
    void open(int windows) throws OrtException {
        runtime = new RawRuntime(bundle, way, threads, windows(Math.max(windows, batch())), batch());
        runtime.windowsPerSecond();
    }

    /** Measures a round. */
    double round() {
        rounds.add(runtime.windowsPerSecond());
        return rounds.get(rounds.size() - 1);
    }

    /** Windows per second, median of the rounds. */
    double median() {
        return BenchJob.median(rounds);
    }

    /** How those rates of the same rounds compare. */
    List<Double> ratios(List<Double> rates) {
        List<Double> ratios = new ArrayList<>();
        for (int round = 0; round < rounds.size(); round++) {
            ratios.add(rates.get(round) / rounds.get(round));
        }
        return ratios;
    }

    /** Adds this yardstick's figures. */
    void addTo(Map<String, Object> report, List<Double> endToEnd) {
        report.put("raw_" + name() + "_batch_windows", batch());
        report.put("raw_" + name() + "_sweep_windows_per_s", sweep);
        report.put("raw_" + name() + "_windows_per_s", median());
        report.put("ratio_to_raw_" + name(), BenchJob.median(ratios(endToEnd)));
        report.put("ratio_to_raw_" + name() + "_rounds", ratios(endToEnd));
    }

    @Override
    public void close() throws OrtException {
        if (runtime != null) {
            runtime.close();
        }
    }
}
