package io.kmerflow.benchmark;

import io.kmerflow.bundle.ModelBundle;
import io.kmerflow.kafka.EmbeddedKafka;
import io.kmerflow.sequence.ReadWindower;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.apache.flink.core.execution.JobClient;

/**
 * Windows per second through broker, job and broker again, against the raw runtime, round by round in turn, so that a
 * drift of the machine meets both; and beside them the raw runtime as it comes, its threads slowed by denormals, which the other
 * two take for zero ({@link io.kmerflow.scoring.Denormals}). Every window is full, so nothing is padded on either side. The job idles while the raw
 * loop runs. What counts is the rate while the job is full, between the first and the last tenth of a round's annotations;
 * the rate from the first send to the last annotation is told beside it.
 */
public final class ThroughputBenchmark {
    private static final int[] RAW_BATCHES = {8, 16, 32, 64, 128};
    private static final int SWEEP_WINDOWS = 256;
    private static final int WARM_UP_ROUNDS = 4;
    private static final Duration STUCK = Duration.ofMinutes(3);

    /**
     * What to measure.
     *
     * @param bundle the model
     * @param readBases bases per read, at least a window
     * @param threads CPU threads that score side by side, for both
     * @param rounds pairs of measurements
     * @param roundSeconds about how long one takes
     * @param jobBatchWindows most windows of the job's model calls
     */
    public record Settings(
            ModelBundle bundle, int readBases, int threads, int rounds, int roundSeconds, int jobBatchWindows) {}

    private final Settings settings;
    private final Consumer<String> progress;
    private final ReadWindower windower;

    /** @param progress told in a line what goes on */
    public ThroughputBenchmark(Settings settings, Consumer<String> progress) {
        this.settings = settings;
        this.progress = progress;
        this.windower = settings.bundle().contract().windower();
        if (settings.readBases() < windower.windowBases()) {
            throw new IllegalArgumentException("Expected reads of at least one window of %d bases, got %d"
                    .formatted(windower.windowBases(), settings.readBases()));
        }
    }

    /** Figures by name, in a fixed order; units in the names. */
    public Map<String, Object> run() throws Exception {
        Map<Integer, Double> sweep = sweep(true);
        Map<Integer, Double> plainSweep = sweep(false);
        int best = best(sweep);
        int plainBest = best(plainSweep);
        int windowsPerRead = windower.windowCount(settings.readBases());
        int reads = (int) Math.ceil(sweep.get(best) * settings.roundSeconds() / windowsPerRead);
        List<Double> raw = new ArrayList<>();
        List<Double> plain = new ArrayList<>();
        List<Double> endToEnd = new ArrayList<>();
        List<Double> whole = new ArrayList<>();
        try (EmbeddedKafka kafka = EmbeddedKafka.start()) {
            JobClient job = BenchJob.start(kafka, settings.bundle(), settings.threads(), settings.jobBatchWindows());
            try (TopicLoad load = new TopicLoad(
                    kafka.bootstrapServers(), BenchJob.encodedReads("bench-", reads, settings.readBases()))) {
                for (int warmUp = 0; warmUp < WARM_UP_ROUNDS; warmUp++) {
                    load.roundTrip(STUCK); // classes load, the compiler works
                }
                List<byte[]> windows = BenchJob.randomWindows(
                        Math.max(Math.max(best, plainBest), reads * windowsPerRead), windower.windowBases());
                try (RawRuntime runtime = new RawRuntime(settings.bundle(), settings.threads(), windows, best, true);
                        RawRuntime asItComes =
                                new RawRuntime(settings.bundle(), settings.threads(), windows, plainBest, false)) {
                    runtime.windowsPerSecond();
                    for (int round = 0; round < settings.rounds(); round++) {
                        raw.add(runtime.windowsPerSecond());
                        TopicLoad.RoundTrip trip = load.roundTrip(STUCK);
                        endToEnd.add(windowsPerRead * trip.steadyReadsPerSecond());
                        whole.add(windowsPerRead * trip.readsPerSecond());
                        plain.add(asItComes.windowsPerSecond());
                        progress.accept("round %d of %d: raw %.1f, end to end %.1f, raw as it comes %.1f windows/s"
                                .formatted(
                                        round + 1,
                                        settings.rounds(),
                                        raw.get(round),
                                        endToEnd.get(round),
                                        plain.get(round)));
                    }
                }
            } finally {
                job.cancel().get();
            }
        }
        Map<String, Object> report = report(sweep, best, reads, windowsPerRead, raw, endToEnd, whole);
        report.put("raw_as_it_comes_batch_windows", plainBest);
        report.put("raw_as_it_comes_sweep_windows_per_s", plainSweep);
        report.put("raw_as_it_comes_windows_per_s", BenchJob.median(plain));
        report.put("ratio_to_raw_as_it_comes", BenchJob.median(ratios(endToEnd, plain)));
        report.put("ratio_to_raw_as_it_comes_rounds", ratios(endToEnd, plain));
        return report;
    }

    private Map<String, Object> report(
            Map<Integer, Double> sweep,
            int best,
            int reads,
            int windowsPerRead,
            List<Double> raw,
            List<Double> endToEnd,
            List<Double> whole) {
        List<Double> ratios = ratios(endToEnd, raw);
        Map<String, Object> report = new LinkedHashMap<>();
        report.put("model", settings.bundle().name() + " " + settings.bundle().version());
        report.put("model_digest", settings.bundle().digest());
        report.put("read_bases", settings.readBases());
        report.put("windows_per_read", windowsPerRead);
        report.put("reads_per_round", reads);
        report.put("threads", settings.threads());
        report.put("job_batch_windows", settings.jobBatchWindows());
        report.put("raw_batch_windows", best);
        report.put("raw_sweep_windows_per_s", sweep);
        report.put("padding_share", 0.0);
        report.put("raw_windows_per_s", BenchJob.median(raw));
        report.put("end_to_end_windows_per_s", BenchJob.median(endToEnd));
        report.put("end_to_end_bases_per_s", BenchJob.median(endToEnd) * settings.readBases() / windowsPerRead);
        report.put("ratio_to_raw", BenchJob.median(ratios));
        report.put("ratio_to_raw_rounds", ratios);
        report.put("ratio_to_raw_with_start_and_end", BenchJob.median(ratios(whole, raw)));
        return report;
    }

    private static List<Double> ratios(List<Double> values, List<Double> to) {
        List<Double> ratios = new ArrayList<>();
        for (int round = 0; round < to.size(); round++) {
            ratios.add(values.get(round) / to.get(round));
        }
        return ratios;
    }

    private static int best(Map<Integer, Double> sweep) {
        return sweep.entrySet().stream()
                .max(Map.Entry.comparingByValue())
                .orElseThrow()
                .getKey();
    }

    private Map<Integer, Double> sweep(boolean flushDenormals) throws Exception {
        Map<Integer, Double> sweep = new LinkedHashMap<>();
        for (int batch : RAW_BATCHES) {
            try (RawRuntime runtime = new RawRuntime(
                    settings.bundle(),
                    settings.threads(),
                    BenchJob.randomWindows(SWEEP_WINDOWS, windower.windowBases()),
                    batch,
                    flushDenormals)) {
                runtime.windowsPerSecond();
                List<Double> runs = new ArrayList<>();
                for (int run = 0; run < 3; run++) {
                    runs.add(runtime.windowsPerSecond());
                }
                sweep.put(batch, BenchJob.median(runs));
                progress.accept("raw runtime%s, %d windows a call: %.1f windows/s"
                        .formatted(flushDenormals ? "" : " as it comes", batch, sweep.get(batch)));
            }
        }
        return sweep;
    }
}
