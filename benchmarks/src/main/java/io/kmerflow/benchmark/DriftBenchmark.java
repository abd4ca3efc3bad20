package io.kmerflow.benchmark;

import io.kmerflow.bundle.ModelBundle;
import io.kmerflow.job.JobOptions;
import io.kmerflow.kafka.EmbeddedKafka;
import io.kmerflow.schema.SequencedRead;
import io.kmerflow.schema.codec.RecordCodec;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SortedMap;
import java.util.function.Consumer;
import java.util.function.ToDoubleFunction;
import org.apache.flink.core.execution.JobClient;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/**
 * What drift costs: two jobs with one model, one that watches drift and one that does not, each with its own broker in this
 * process, get the same reads in turn while the other is idle. Rounds come in pairs whose order changes, so that a change of the
 * machine meets both. Beside reads per second it reports the CPU time of the whole process per read, which other processes on
 * the machine disturb less.
 */
public final class DriftBenchmark {
    private static final Duration STUCK = Duration.ofMinutes(3);
    private static final int LEAST_WARM_UP_PAIRS = 3;
    private static final int MOST_WARM_UP_PAIRS = 12;

    private static final String TOPIC = "drift";

    /**
     * What to measure.
     *
     * @param bundle the model, with a profile
     * @param reads to send again and again
     * @param threads CPU threads that score side by side
     * @param jobBatchWindows most windows of the jobs' model calls
     * @param scoreAll whether every window of a read is scored
     * @param rounds pairs of measurements
     * @param roundSeconds about how long one takes
     */
    public record Settings(
            ModelBundle bundle,
            List<KeepUpBenchmark.SourceRead> reads,
            int threads,
            int jobBatchWindows,
            boolean scoreAll,
            int rounds,
            int roundSeconds) {
        public Settings {
            if (bundle.profile().isEmpty() || reads.isEmpty() || rounds < 1 || roundSeconds < 1) {
                throw new IllegalArgumentException(String.format(
                        Locale.ROOT,
                        "Expected a model with a profile, reads, and rounds and seconds of 1 or more, got %s, %d, %d and %d",
                        bundle.profile().isEmpty() ? "none" : "one",
                        reads.size(),
                        rounds,
                        roundSeconds));
            }
        }
    }

    /** One round of one job. */
    private record Round(double readsPerSecond, double cpuMillisPerRead) {}

    private final Settings settings;
    private final Consumer<String> progress;

    /** @param progress is given a line per round */
    public DriftBenchmark(Settings settings, Consumer<String> progress) {
        this.settings = settings;
        this.progress = progress;
    }

    /** Figures by name, in a fixed order; units in the names. */
    public Map<String, Object> run() throws Exception {
        try (EmbeddedKafka watched = EmbeddedKafka.start();
                EmbeddedKafka plain = EmbeddedKafka.start()) {
            JobClient on = start(watched, true);
            JobClient off = start(plain, false);
            try {
                int reads = roundReads(plain);
                List<byte[]> encoded = encoded(reads);
                try (TopicLoad onLoad = new TopicLoad(watched.bootstrapServers(), encoded);
                        TopicLoad offLoad = new TopicLoad(plain.bootstrapServers(), encoded)) {
                    int warmUps = warmUp(onLoad, offLoad, reads);
                    List<Round> ons = new ArrayList<>();
                    List<Round> offs = new ArrayList<>();
                    for (int round = 1; round <= settings.rounds(); round++) {
                        boolean onFirst = round % 2 == 0;
                        Round first = round(onFirst ? onLoad : offLoad, reads);
                        Round second = round(onFirst ? offLoad : onLoad, reads);
                        ons.add(onFirst ? first : second);
                        offs.add(onFirst ? second : first);
                        progress.accept(String.format(
                                Locale.ROOT,
                                "round %d of %d: %.1f reads/s with drift, %.1f without; %.4f and %.4f ms of CPU a read",
                                round,
                                settings.rounds(),
                                ons.get(round - 1).readsPerSecond(),
                                offs.get(round - 1).readsPerSecond(),
                                ons.get(round - 1).cpuMillisPerRead(),
                                offs.get(round - 1).cpuMillisPerRead()));
                    }
                    return report(ons, offs, reads, warmUps, reports(watched));
                }
            } finally {
                on.cancel().get();
                off.cancel().get();
            }
        }
    }

    private JobClient start(EmbeddedKafka kafka, boolean drift) throws Exception {
        Map<String, String> options = new LinkedHashMap<>();
        options.put(JobOptions.MODEL_DEVICE.key(), "cpu");
        options.put(JobOptions.MODEL_THREADS.key(), Integer.toString(settings.threads()));
        options.put(JobOptions.MAX_BATCH_WINDOWS.key(), Integer.toString(settings.jobBatchWindows()));
        options.put(JobOptions.SCORE_ALL.key(), Boolean.toString(settings.scoreAll()));
        if (drift) {
            options.put(JobOptions.KAFKA_DRIFT_TOPIC.key(), TOPIC);
            options.put(JobOptions.DRIFT_WINDOW_READS.key(), Integer.toString(windowReads()));
        }
        return BenchJob.start(kafka, settings.bundle(), 1, options);
    }

    /** The job's own where the profile has thresholds for that, else the smallest that it has. */
    private int windowReads() {
        SortedMap<Integer, ?> thresholds =
                settings.bundle().profile().orElseThrow().thresholds();
        int usual = JobOptions.DRIFT_WINDOW_READS.defaultValue();
        return thresholds.containsKey(usual) ? usual : thresholds.firstKey();
    }

    /** As many as the job does in the time of a round, by a first look. */
    private int roundReads(EmbeddedKafka kafka) {
        int least = Math.max(1_000, settings.reads().size());
        try (TopicLoad load = new TopicLoad(kafka.bootstrapServers(), encoded(least))) {
            load.roundTrip(STUCK); // the classes are loaded
            double rate = load.roundTrip(STUCK).steadyReadsPerSecond();
            return (int) Math.max(least, rate * settings.roundSeconds());
        }
    }

    private List<byte[]> encoded(int count) {
        RecordCodec<SequencedRead> codec = new RecordCodec<>(SequencedRead.class);
        List<byte[]> once = new ArrayList<>();
        for (KeepUpBenchmark.SourceRead read : settings.reads()) {
            once.add(codec.encode(read.record(read.id(), "bench")));
        }
        List<byte[]> all = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            all.add(once.get(i % once.size()));
        }
        return all;
    }

    private int warmUp(TopicLoad on, TopicLoad off, int reads) {
        for (int pair = 1; ; pair++) {
            CompilerWatch compilers = new CompilerWatch();
            Round with = round(on, reads);
            Round without = round(off, reads);
            double share = compilers.share();
            progress.accept(String.format(
                    Locale.ROOT,
                    "warm-up %d: %.1f reads/s with drift, %.1f without, the JVM's compilers took %.0f %% of a core",
                    pair,
                    with.readsPerSecond(),
                    without.readsPerSecond(),
                    100 * share));
            if (pair >= LEAST_WARM_UP_PAIRS && share < CompilerWatch.IDLE_SHARE || pair == MOST_WARM_UP_PAIRS) {
                return pair;
            }
        }
    }

    private static Round round(TopicLoad load, int reads) {
        long cpu = ProcessStatus.cpuNanos();
        TopicLoad.RoundTrip trip = load.roundTrip(STUCK);
        return new Round(trip.steadyReadsPerSecond(), (ProcessStatus.cpuNanos() - cpu) / 1e6 / reads);
    }

    /** Without any, nothing was measured. */
    private static long reports(EmbeddedKafka kafka) {
        try (KafkaConsumer<byte[], byte[]> consumer = new KafkaConsumer<>(
                Map.of("bootstrap.servers", kafka.bootstrapServers()),
                new ByteArrayDeserializer(),
                new ByteArrayDeserializer())) {
            List<TopicPartition> partitions = consumer.partitionsFor(TOPIC).stream()
                    .map(partition -> new TopicPartition(TOPIC, partition.partition()))
                    .toList();
            long reports = consumer.endOffsets(partitions).values().stream()
                    .mapToLong(Long::longValue)
                    .sum();
            if (reports == 0) {
                throw new IllegalStateException("Expected drift reports of the job that watches drift, got none");
            }
            return reports;
        }
    }

    private Map<String, Object> report(List<Round> ons, List<Round> offs, int reads, int warmUps, long reports) {
        List<Double> rates = new ArrayList<>();
        List<Double> cpu = new ArrayList<>();
        for (int i = 0; i < ons.size(); i++) {
            rates.add(ons.get(i).readsPerSecond() / offs.get(i).readsPerSecond());
            cpu.add(ons.get(i).cpuMillisPerRead() / offs.get(i).cpuMillisPerRead());
        }
        double bases = settings.reads().stream()
                .mapToInt(read -> read.bases().length)
                .average()
                .orElseThrow();
        Map<String, Object> report = new LinkedHashMap<>();
        report.put(
                "model",
                settings.bundle().name() + " " + settings.bundle().version() + " "
                        + settings.bundle().precision());
        report.put("model_digest", settings.bundle().digest());
        report.put("mean_read_bases", bases);
        report.put("reads_per_round", reads);
        report.put("threads", settings.threads());
        report.put("job_batch_windows", settings.jobBatchWindows());
        report.put("score_all", settings.scoreAll());
        report.put("rounds", settings.rounds());
        report.put("warm_up_rounds", warmUps);
        report.put("drift_window_reads", windowReads());
        report.put("drift_reports", reports);
        report.put("reads_per_s_without", median(offs, Round::readsPerSecond));
        report.put("reads_per_s_with", median(ons, Round::readsPerSecond));
        report.put("throughput_ratio", BenchJob.median(rates));
        report.put(
                "throughput_ratio_lowest", rates.stream().min(Double::compare).orElseThrow());
        report.put(
                "throughput_ratio_highest", rates.stream().max(Double::compare).orElseThrow());
        report.put("cpu_ms_per_read_without", median(offs, Round::cpuMillisPerRead));
        report.put("cpu_ms_per_read_with", median(ons, Round::cpuMillisPerRead));
        report.put("cpu_ratio", BenchJob.median(cpu));
        report.put("cpu_ratio_lowest", cpu.stream().min(Double::compare).orElseThrow());
        report.put("cpu_ratio_highest", cpu.stream().max(Double::compare).orElseThrow());
        return report;
    }

    private static double median(List<Round> rounds, ToDoubleFunction<Round> figure) {
        return BenchJob.median(rounds.stream().map(figure::applyAsDouble).toList());
    }
}
