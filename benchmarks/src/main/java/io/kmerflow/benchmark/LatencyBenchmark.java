package io.kmerflow.benchmark;

import io.kmerflow.bundle.ModelBundle;
import io.kmerflow.kafka.EmbeddedKafka;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Consumer;
import org.HdrHistogram.Histogram;
import org.apache.flink.core.execution.JobClient;

/**
 * Time from the moment a read was due on the reads topic to the moment its annotation came off the annotations topic, at
 * parts of the rate the job can sustain. Reads are due at even intervals in an {@link OpenLoop}.
 */
public final class LatencyBenchmark {
    private static final Duration STUCK = Duration.ofMinutes(3);
    private static final long HIGHEST_MICROS = 600_000_000L;
    private static final double WARM_UP_SECONDS = 3;
    private static final int SATURATION_SECONDS = 8;
    private static final int SATURATION_ROUNDS = 3;
    private static final int FIRST_READS = 200;

    /**
     * What to measure.
     *
     * @param bundle the model
     * @param readBases bases per read
     * @param threads CPU threads that score side by side
     * @param jobBatchWindows most windows of the job's model calls
     * @param loads parts of the saturated rate, above 0
     * @param seconds how long each load is measured, after {@value #WARM_UP_SECONDS} s that do not count
     */
    public record Settings(
            ModelBundle bundle, int readBases, int threads, int jobBatchWindows, List<Double> loads, int seconds) {
        public Settings {
            loads = List.copyOf(loads);
            if (loads.isEmpty() || loads.stream().anyMatch(load -> !(load > 0)) || seconds < 1) {
                throw new IllegalArgumentException(String.format(
                        Locale.ROOT, "Expected loads above 0 and 1 s or more, got %s and %d s", loads, seconds));
            }
        }
    }

    private final Settings settings;
    private final Consumer<String> progress;

    /** @param progress told in a line what goes on */
    public LatencyBenchmark(Settings settings, Consumer<String> progress) {
        this.settings = settings;
        this.progress = progress;
    }

    /** Figures by name, in a fixed order; units in the names. */
    public Map<String, Object> run() throws Exception {
        try (EmbeddedKafka kafka = EmbeddedKafka.start()) {
            JobClient job = BenchJob.start(kafka, settings.bundle(), settings.threads(), settings.jobBatchWindows());
            try {
                double saturation = saturation(kafka);
                progress.accept(String.format(Locale.ROOT, "saturated at %.1f reads/s", saturation));
                List<Map<String, Object>> rows = new ArrayList<>();
                for (double load : settings.loads()) {
                    Map<String, Object> row = measure(kafka, load, load * saturation);
                    progress.accept(row.toString());
                    rows.add(row);
                }
                Map<String, Object> report = new LinkedHashMap<>();
                report.put(
                        "model",
                        settings.bundle().name() + " " + settings.bundle().version());
                report.put("model_digest", settings.bundle().digest());
                report.put("read_bases", settings.readBases());
                report.put("threads", settings.threads());
                report.put("job_batch_windows", settings.jobBatchWindows());
                report.put("saturated_reads_per_s", saturation);
                report.put("loads", rows);
                return report;
            } finally {
                job.cancel().get();
            }
        }
    }

    private double saturation(EmbeddedKafka kafka) throws Exception {
        double estimate;
        List<byte[]> first = BenchJob.encodedReads("warm-", FIRST_READS, settings.readBases());
        try (TopicLoad load = new TopicLoad(kafka.bootstrapServers(), first)) {
            load.roundTrip(STUCK);
            estimate = load.roundTrip(STUCK).readsPerSecond();
        }
        int reads = (int) Math.ceil(estimate * SATURATION_SECONDS);
        List<Double> rates = new ArrayList<>();
        List<byte[]> many = BenchJob.encodedReads("full-", reads, settings.readBases());
        try (TopicLoad load = new TopicLoad(kafka.bootstrapServers(), many)) {
            for (int round = 0; round < SATURATION_ROUNDS; round++) {
                rates.add(load.roundTrip(STUCK).steadyReadsPerSecond());
            }
        }
        return BenchJob.median(rates);
    }

    private Map<String, Object> measure(EmbeddedKafka kafka, double load, double readsPerSecond) throws Exception {
        int warmUp = (int) Math.ceil(WARM_UP_SECONDS * readsPerSecond);
        int reads = warmUp + (int) Math.ceil(settings.seconds() * readsPerSecond);
        String prefix = String.format(Locale.ROOT, "load-%s-", load);
        List<byte[]> encoded = BenchJob.encodedReads(prefix, reads, settings.readBases());
        Histogram micros = new Histogram(HIGHEST_MICROS, 3);
        double intervalNanos = 1e9 / readsPerSecond;
        long[] due = new long[reads];
        Arrays.setAll(due, read -> Math.round(read * intervalNanos));
        double seconds = new OpenLoop(kafka, prefix, encoded::get, due).run((read, waitedMicros, annotation) -> {
            if (read >= warmUp) {
                micros.recordValue(Math.min(Math.max(waitedMicros, 1), HIGHEST_MICROS));
            }
        });
        Map<String, Object> row = new LinkedHashMap<>();
        row.put("load", load);
        row.put("reads_per_s", readsPerSecond);
        row.put("reads", micros.getTotalCount());
        row.put("achieved_reads_per_s", reads / seconds);
        row.put("p50_ms", micros.getValueAtPercentile(50) / 1e3);
        row.put("p90_ms", micros.getValueAtPercentile(90) / 1e3);
        row.put("p99_ms", micros.getValueAtPercentile(99) / 1e3);
        row.put("p999_ms", micros.getValueAtPercentile(99.9) / 1e3);
        row.put("max_ms", micros.getMaxValue() / 1e3);
        return row;
    }
}
