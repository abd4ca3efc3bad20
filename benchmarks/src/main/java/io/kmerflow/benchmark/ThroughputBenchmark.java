package io.kmerflow.benchmark;

import io.kmerflow.bundle.ModelBundle;
import io.kmerflow.kafka.EmbeddedKafka;
import io.kmerflow.sequence.ReadWindower;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Consumer;
import org.apache.flink.core.execution.JobClient;

/**
 * Windows per second through broker, job and broker again, against every {@linkplain RawRuntime.Way way} to run the bare
 * session, round by round in turn, so that a drift of the machine meets all; {@code ratio_to_raw} is against the fastest of them.
 * Every window is full, so nothing is padded on either side. The job idles while a raw loop runs. What counts is the rate while
 * the job is full, between the first and the last tenth of a round's annotations; the rate from the first send to the last
 * annotation is told beside it.
 */
public final class ThroughputBenchmark {
    private static final int LEAST_WARM_UP_ROUNDS = 4;
    private static final int MOST_WARM_UP_ROUNDS = 20;

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
            throw new IllegalArgumentException(String.format(
                    Locale.ROOT,
                    "Expected reads of at least one window of %d bases, got %d",
                    windower.windowBases(),
                    settings.readBases()));
        }
    }

    /** Figures by name, in a fixed order; units in the names. */
    public Map<String, Object> run() throws Exception {
        List<Yardstick> yardsticks = new ArrayList<>();
        try {
            for (RawRuntime.Way way : RawRuntime.Way.values()) {
                yardsticks.add(new Yardstick(settings.bundle(), way, settings.threads(), progress));
            }
            return run(yardsticks);
        } finally {
            for (Yardstick yardstick : yardsticks) {
                yardstick.close();
            }
        }
    }

    private Map<String, Object> run(List<Yardstick> yardsticks) throws Exception {
        double fastest = yardsticks.stream().mapToDouble(Yardstick::best).max().orElseThrow();
        int windowsPerRead = windower.windowCount(settings.readBases());
        int reads = (int) Math.ceil(fastest * settings.roundSeconds() / windowsPerRead);
        List<TopicLoad.RoundTrip> trips = new ArrayList<>();
        int warmUps;
        try (EmbeddedKafka kafka = EmbeddedKafka.start()) {
            JobClient job = BenchJob.start(kafka, settings.bundle(), settings.threads(), settings.jobBatchWindows());
            try (TopicLoad load = new TopicLoad(
                    kafka.bootstrapServers(), BenchJob.encodedReads("bench-", reads, settings.readBases()))) {
                warmUps = warmUp(load, windowsPerRead);
                for (Yardstick yardstick : yardsticks) {
                    yardstick.open(reads * windowsPerRead);
                }
                for (int round = 1; round <= settings.rounds(); round++) {
                    measure(round, yardsticks, load, trips, windowsPerRead);
                }
            } finally {
                job.cancel().get();
            }
        }
        return report(yardsticks, trips, windowsPerRead, warmUps);
    }

    /** Until the compilers are at rest: broker, clients, Flink and the job share the JVM, and many seconds go by before that. */
    private int warmUp(TopicLoad load, int windowsPerRead) {
        for (int round = 1; ; round++) {
            CompilerWatch compilers = new CompilerWatch();
            TopicLoad.RoundTrip trip = load.roundTrip(STUCK);
            double share = compilers.share();
            progress.accept(String.format(
                    Locale.ROOT,
                    "warm-up %d: %.1f windows/s, the JVM's compilers took %.0f %% of a core",
                    round,
                    windowsPerRead * trip.steadyReadsPerSecond(),
                    100 * share));
            if (round >= LEAST_WARM_UP_ROUNDS && share < CompilerWatch.IDLE_SHARE || round == MOST_WARM_UP_ROUNDS) {
                return round;
            }
        }
    }

    private void measure(
            int round,
            List<Yardstick> yardsticks,
            TopicLoad load,
            List<TopicLoad.RoundTrip> trips,
            int windowsPerRead) {
        StringBuilder line = new StringBuilder(String.format(Locale.ROOT, "round %d of %d:", round, settings.rounds()));
        for (Yardstick yardstick : yardsticks) {
            line.append(String.format(Locale.ROOT, " raw %s %.1f,", yardstick.name(), yardstick.round()));
        }
        TopicLoad.RoundTrip trip = load.roundTrip(STUCK);
        trips.add(trip);
        progress.accept(line
                + String.format(
                        Locale.ROOT, " end to end %.1f windows/s", windowsPerRead * trip.steadyReadsPerSecond()));
    }

    private Map<String, Object> report(
            List<Yardstick> yardsticks, List<TopicLoad.RoundTrip> trips, int windowsPerRead, int warmUps) {
        List<Double> endToEnd = trips.stream()
                .map(trip -> windowsPerRead * trip.steadyReadsPerSecond())
                .toList();
        List<Double> whole = trips.stream()
                .map(trip -> windowsPerRead * trip.readsPerSecond())
                .toList();
        Yardstick hardest = yardsticks.stream()
                .max(Comparator.comparingDouble(Yardstick::median))
                .orElseThrow();
        Map<String, Object> report = new LinkedHashMap<>();
        report.put("model", settings.bundle().name() + " " + settings.bundle().version());
        report.put("model_digest", settings.bundle().digest());
        report.put("read_bases", settings.readBases());
        report.put("windows_per_read", windowsPerRead);
        report.put("reads_per_round", trips.get(0).reads());
        report.put("threads", settings.threads());
        report.put("job_batch_windows", settings.jobBatchWindows());
        report.put("warm_up_rounds", warmUps);
        report.put("padding_share", 0.0);
        report.put("end_to_end_windows_per_s", BenchJob.median(endToEnd));
        report.put("end_to_end_bases_per_s", BenchJob.median(endToEnd) * settings.readBases() / windowsPerRead);
        report.put("raw", hardest.name());
        report.put("raw_windows_per_s", hardest.median());
        report.put("ratio_to_raw", BenchJob.median(hardest.ratios(endToEnd)));
        report.put("ratio_to_raw_with_start_and_end", BenchJob.median(hardest.ratios(whole)));
        for (Yardstick yardstick : yardsticks) {
            yardstick.addTo(report, endToEnd);
        }
        return report;
    }
}
