package io.kmerflow.benchmark;

import io.kmerflow.bundle.ModelBundle;
import io.kmerflow.job.JobOptions;
import io.kmerflow.kafka.EmbeddedKafka;
import io.kmerflow.schema.ReadAnnotation;
import io.kmerflow.schema.SequencedRead;
import io.kmerflow.schema.codec.RecordCodec;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Consumer;
import org.HdrHistogram.Histogram;
import org.apache.flink.core.execution.JobClient;

/**
 * Whether the job keeps up with a sequencer: reads are due on the topic as their last base would be called at a rate of bases a second,
 * in an {@link OpenLoop}, for minutes. The lag must stay flat. Broker and clients share the machine's cores with the job.
 */
public final class KeepUpBenchmark {
    private static final long HIGHEST_MICROS = 3_600_000_000L;
    private static final double WARM_UP_SECONDS = 10;
    private static final int MAX_WARM_UPS = 9;
    /** Of one core: with less the JVM's compilers are idle. */
    private static final double COMPILING_SHARE = 0.05;

    /** Seconds of lag gained in a second, above which a sequencer runs away from the job. */
    private static final double FLAT_SLOPE = 0.01;

    private static final double FIRST_FLOOD_BASES = 100_000;

    private static final double NANOS = 1e9;

    /**
     * A read to replay.
     *
     * @param id its name in the file
     * @param bases upper-case ASCII
     * @param phredQualities one per base; null where the file has none
     */
    public record SourceRead(String id, byte[] bases, byte[] phredQualities) {
        /** As it stands on the topic, under another name. */
        SequencedRead record(String readId, String runId) {
            return SequencedRead.newBuilder()
                    .setReadId(readId)
                    .setRunId(runId)
                    .setBases(ByteBuffer.wrap(bases))
                    .setPhredQualities(phredQualities == null ? null : ByteBuffer.wrap(phredQualities))
                    .build();
        }
    }

    /**
     * What to measure.
     *
     * @param bundle the model
     * @param reads replayed again and again, in order, under other names
     * @param threads CPU threads that score side by side
     * @param scoreAll whether every window is scored
     */
    public record Settings(ModelBundle bundle, List<SourceRead> reads, int threads, boolean scoreAll) {
        public Settings {
            reads = List.copyOf(reads);
            if (reads.isEmpty()) {
                throw new IllegalArgumentException("Expected reads to replay, got none");
            }
        }
    }

    /**
     * What came out at one rate.
     *
     * @param basesPerSecond asked for
     * @param seconds from the first read that counts to the last that was due
     * @param reads annotated and counted
     * @param achievedBasesPerSecond annotated, until the last annotation came
     * @param lagSlope seconds of lag gained a second, by least squares over the reads
     * @param p50Millis from due to annotated
     * @param p99Millis from due to annotated
     * @param maxMillis from due to annotated
     * @param cpuShare of all cores, by this process with broker and clients
     * @param windowShare part of the windows that was scored
     * @param flat whether the lag stayed flat
     * @param labels label of each read of the settings, in order; null for uncalled ones and those not replayed
     */
    public record Result(
            double basesPerSecond,
            double seconds,
            long reads,
            double achievedBasesPerSecond,
            double lagSlope,
            double p50Millis,
            double p99Millis,
            double maxMillis,
            double cpuShare,
            double windowShare,
            boolean flat,
            String[] labels) {}

    private final Settings settings;
    private final Consumer<String> progress;

    /** @param progress told in a line what happens */
    public KeepUpBenchmark(Settings settings, Consumer<String> progress) {
        this.settings = settings;
        this.progress = progress;
    }

    /** What is done with a broker while the job runs on it. */
    private interface Work<T> {
        T with(EmbeddedKafka kafka) throws Exception;
    }

    private <T> T onJob(boolean scoreAll, Work<T> work) throws Exception {
        try (EmbeddedKafka kafka = EmbeddedKafka.start()) {
            JobClient job = BenchJob.start(
                    kafka,
                    settings.bundle(),
                    1,
                    Map.of(
                            JobOptions.MODEL_DEVICE.key(), "cpu",
                            JobOptions.MODEL_THREADS.key(), Integer.toString(settings.threads()),
                            JobOptions.SCORE_ALL.key(), Boolean.toString(scoreAll)));
            try {
                return work.with(kafka);
            } finally {
                job.cancel().get();
            }
        }
    }

    /** Replays at one rate, on a broker and a job started for it, once the JVM's compilers are idle. */
    public Result run(double basesPerSecond, Duration duration) throws Exception {
        return onJob(settings.scoreAll(), kafka -> {
            double seconds = Math.min(WARM_UP_SECONDS, duration.toSeconds() / 4.0);
            CompilerWatch compilers = new CompilerWatch();
            int warmUps = 0;
            do {
                replay(kafka, "warm-" + warmUps++ + "-", basesPerSecond, seconds);
            } while (compilers.share() > COMPILING_SHARE && warmUps < MAX_WARM_UPS);
            progress.accept(String.format(
                    Locale.ROOT, "%,.0f bases/s: warm after %d runs of %.0f s", basesPerSecond, warmUps, seconds));
            Result result = replay(kafka, "keep-", basesPerSecond, duration.toMillis() / 1e3);
            progress.accept(String.format(
                    Locale.ROOT,
                    "%,.0f bases/s: %,d reads in %.0f s, lag %s, p50 %.0f ms, p99 %.0f ms",
                    basesPerSecond,
                    result.reads(),
                    result.seconds(),
                    result.flat() ? "flat" : "growing",
                    result.p50Millis(),
                    result.p99Millis()));
            return result;
        });
    }

    /** Bases annotated a second while more are waiting than the job can take: measured for about that long, after as long a warm-up. */
    public double flooded(Duration duration) throws Exception {
        return onJob(settings.scoreAll(), kafka -> {
            double first = flood(kafka, "first-", FIRST_FLOOD_BASES);
            double warm = flood(kafka, "warm-", first * duration.toMillis() / 1e3);
            return flood(kafka, "flood-", warm * duration.toMillis() / 1e3);
        });
    }

    private double flood(EmbeddedKafka kafka, String prefix, double bases) throws Exception {
        int reads = Math.max(1, due(bases, 1).length);
        RecordCodec<SequencedRead> codec = new RecordCodec<>(SequencedRead.class);
        long[] annotated = new long[1];
        double took = new OpenLoop(kafka, prefix, read -> codec.encode(record(prefix, read)), new long[reads])
                .run((read, waitedMicros, annotation) -> annotated[0] += annotation.getReadLength());
        return annotated[0] / took;
    }

    private Result replay(EmbeddedKafka kafka, String prefix, double basesPerSecond, double seconds) throws Exception {
        long[] due = due(basesPerSecond, seconds);
        RecordCodec<SequencedRead> codec = new RecordCodec<>(SequencedRead.class);
        Histogram micros = new Histogram(HIGHEST_MICROS, 3);
        Slope slope = new Slope();
        String[] labels = new String[settings.reads().size()];
        long[] counts = new long[3]; // bases annotated, windows scored, windows
        long cpuBefore = ProcessStatus.cpuNanos();
        double took = new OpenLoop(kafka, prefix, read -> codec.encode(record(prefix, read)), due)
                .run((read, waitedMicros, annotation) -> {
                    long waited = Math.min(Math.max(waitedMicros, 1), HIGHEST_MICROS);
                    micros.recordValue(waited);
                    slope.add(due[read] / NANOS, waited / 1e6);
                    labels[read % labels.length] = label(annotation);
                    counts[0] += annotation.getReadLength();
                    if (annotation.getWindowsTotal() != null) {
                        counts[1] += annotation.getWindowsScored();
                        counts[2] += annotation.getWindowsTotal();
                    }
                });
        double cpu = (ProcessStatus.cpuNanos() - cpuBefore)
                / (took * NANOS * Runtime.getRuntime().availableProcessors());
        boolean flat = slope.value() < FLAT_SLOPE;
        return new Result(
                basesPerSecond,
                seconds,
                micros.getTotalCount(),
                counts[0] / took,
                slope.value(),
                micros.getValueAtPercentile(50) / 1e3,
                micros.getValueAtPercentile(99) / 1e3,
                micros.getMaxValue() / 1e3,
                cpu,
                counts[2] == 0 ? 1 : (double) counts[1] / counts[2],
                flat,
                labels);
    }

    /** A read is due when its last base is. */
    private long[] due(double basesPerSecond, double seconds) {
        long[] due = new long[1024];
        double bases = 0;
        int reads = 0;
        while (true) {
            bases += settings.reads().get(reads % settings.reads().size()).bases().length;
            if (bases / basesPerSecond > seconds) {
                return Arrays.copyOf(due, Math.max(1, reads));
            }
            if (reads == due.length) {
                due = Arrays.copyOf(due, 2 * reads);
            }
            due[reads++] = Math.round(bases / basesPerSecond * NANOS);
        }
    }

    private SequencedRead record(String prefix, int number) {
        return settings.reads().get(number % settings.reads().size()).record(prefix + number, "keep-up");
    }

    private static String label(ReadAnnotation annotation) {
        return annotation.getReadCall() == null
                ? null
                : annotation.getReadCall().getLabel();
    }

    /** Labels of the reads, in order, with every window scored; null for uncalled ones. */
    public String[] labelsOfFullScoring() throws Exception {
        progress.accept(String.format(
                Locale.ROOT,
                "every window of %,d reads, to compare with",
                settings.reads().size()));
        return onJob(true, kafka -> {
            RecordCodec<SequencedRead> codec = new RecordCodec<>(SequencedRead.class);
            String[] labels = new String[settings.reads().size()];
            new OpenLoop(kafka, "all-", read -> codec.encode(record("all-", read)), new long[labels.length])
                    .run((read, waited, annotation) -> labels[read] = label(annotation));
            return labels;
        });
    }

    /** The highest rate whose lag is flat and whose 99th percentile is under a limit, to a tenth, by bisection. */
    public List<Result> highest(double from, double to, Duration each, double maxP99Millis) throws Exception {
        List<Result> tried = new ArrayList<>();
        double low = from;
        double high = to;
        while (high / low > 1.1) {
            double middle = Math.sqrt(low * high);
            Result result = run(middle, each);
            tried.add(result);
            if (result.flat() && result.p99Millis() < maxP99Millis) {
                low = middle;
            } else {
                high = middle;
            }
        }
        return tried;
    }

    /** Slope of a line by least squares. */
    static final class Slope {
        private long count;
        private double meanX;
        private double meanY;
        private double xx;
        private double xy;

        void add(double x, double y) {
            count++;
            double dx = x - meanX;
            meanX += dx / count;
            meanY += (y - meanY) / count;
            xx += dx * (x - meanX);
            xy += dx * (y - meanY);
        }

        /** 0 of fewer than two different x. */
        double value() {
            return xx == 0 ? 0 : xy / xx;
        }
    }
}
