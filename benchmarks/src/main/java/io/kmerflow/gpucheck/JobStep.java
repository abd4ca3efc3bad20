package io.kmerflow.gpucheck;

import ai.onnxruntime.OrtException;
import io.kmerflow.benchmark.BenchJob;
import io.kmerflow.benchmark.RawRuntime;
import io.kmerflow.benchmark.TopicLoad;
import io.kmerflow.bundle.ModelBundle;
import io.kmerflow.job.JobOptions;
import io.kmerflow.kafka.EmbeddedKafka;
import io.kmerflow.scoring.ScoringDevice;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.flink.core.execution.JobClient;

/** The whole job, from broker to broker, against ONNX Runtime alone on the same device, round by round in turn. */
public final class JobStep {
    private static final Duration STUCK = Duration.ofMinutes(1);
    private static final int[] GPU_BATCHES = {128, 256, 512, 1024};
    private static final int CPU_BATCH = 4;
    private static final int CPU_BATCHES_PER_THREAD = 2;
    private static final int ROUNDS = 3;
    private static final int WARM_UPS = 2;
    private static final int TOKENS = 128;
    private static final double SWEEP_SHARE = 0.15;
    private static final double ROUND_SHARE = 0.06;
    private static final int LEAST_READS = 12;
    private static final int MOST_READS = 600_000; // they are kept in memory

    /**
     * What came out.
     *
     * @param windowsPerRead windows of one read
     * @param parallelism subtasks of the job
     * @param batchWindows most windows in a call of the job, the fastest of ONNX Runtime alone
     * @param rawSweep of ONNX Runtime alone, windows per second by windows in a call
     * @param rawWindowsPerSecond median of the rounds
     * @param jobWindowsPerSecond median of the rounds, while the job was full
     * @param ratioToRaw median of the rounds' ratios
     * @param meter use of the GPU while the job's rounds ran
     */
    public record Result(
            String model,
            String precision,
            int readBases,
            int windowsPerRead,
            int readsPerRound,
            int parallelism,
            int batchWindows,
            Map<Integer, Double> rawSweep,
            double rawWindowsPerSecond,
            double jobWindowsPerSecond,
            double ratioToRaw,
            List<Double> ratios,
            GpuMeter.Summary meter) {}

    private JobStep() {}

    /**
     * Measures it.
     *
     * @param scoring where the model runs
     * @param parallelism subtasks of the job
     * @param threads that score side by side, if it runs on the CPU
     * @param seconds for all of it, about
     */
    public static Result run(
            CheckModels models,
            String model,
            boolean fp16,
            ScoringDevice scoring,
            int parallelism,
            int threads,
            double seconds)
            throws Exception {
        ModelBundle bundle = models.bundle(model, fp16);
        int bases = bundle.contract().windowBases();
        Map<Integer, Double> sweep = scoring.gpu()
                ? sweep(models, model, fp16, scoring, seconds * SWEEP_SHARE)
                : Map.of(CPU_BATCH, cpuRate(bundle, threads, seconds * SWEEP_SHARE));
        int batch = sweep.entrySet().stream()
                .max(Map.Entry.comparingByValue())
                .orElseThrow()
                .getKey();
        int tokens = tokens(bundle);
        double roundSeconds = Math.max(0.5, seconds * ROUND_SHARE);
        int reads = (int) Math.min(MOST_READS, Math.max(LEAST_READS, sweep.get(batch) * roundSeconds));
        List<Double> raw = new ArrayList<>();
        List<Double> job = new ArrayList<>();
        GpuMeter.Summary meter;
        try (EmbeddedKafka kafka = EmbeddedKafka.start();
                Raw alone = raw(models, model, fp16, bundle, scoring, threads, batch)) {
            JobClient client = BenchJob.start(
                    kafka,
                    bundle,
                    parallelism,
                    Map.of(
                            JobOptions.MODEL_DEVICE.key(),
                            scoring.toString(),
                            JobOptions.MODEL_THREADS.key(),
                            Integer.toString(threads),
                            JobOptions.MAX_BATCH_WINDOWS.key(),
                            Integer.toString(batch),
                            JobOptions.MAX_BATCH_TOKENS.key(),
                            Integer.toString(batch * tokens)));
            try (TopicLoad load =
                    new TopicLoad(kafka.bootstrapServers(), BenchJob.encodedReads("check-", reads, bases))) {
                for (int round = 0; round < WARM_UPS; round++) {
                    load.roundTrip(STUCK);
                }
                try (GpuMeter running = GpuMeter.start(scoring)) {
                    for (int round = 0; round < ROUNDS; round++) {
                        raw.add(alone.windowsPerSecond(roundSeconds));
                        job.add(load.roundTrip(STUCK).steadyReadsPerSecond());
                    }
                    meter = running.summary();
                }
            } finally {
                client.cancel().get();
            }
        }
        List<Double> ratios = new ArrayList<>();
        for (int round = 0; round < ROUNDS; round++) {
            ratios.add(job.get(round) / raw.get(round));
        }
        return new Result(
                model,
                bundle.precision(),
                bases,
                bundle.contract().windower().windowCount(bases),
                reads,
                parallelism,
                batch,
                sweep,
                BenchJob.median(raw),
                BenchJob.median(job),
                BenchJob.median(ratios),
                ratios,
                meter);
    }

    /** ONNX Runtime alone, ready to run. */
    private interface Raw extends AutoCloseable {
        double windowsPerSecond(double seconds) throws OrtException;

        @Override
        void close() throws OrtException;
    }

    private static Raw raw(
            CheckModels models,
            String model,
            boolean fp16,
            ModelBundle bundle,
            ScoringDevice scoring,
            int threads,
            int batch)
            throws OrtException {
        if (!scoring.gpu()) {
            return cpu(bundle, threads);
        }
        DeviceLoop loop = new DeviceLoop(
                models.graph(model, fp16),
                scoring,
                false,
                models.shapes().get(model).vocabulary(),
                batch,
                tokens(bundle));
        return new Raw() {
            @Override
            public double windowsPerSecond(double seconds) {
                return loop.windowsPerSecond(seconds, 2);
            }

            @Override
            public void close() throws OrtException {
                loop.close();
            }
        };
    }

    private static Raw cpu(ModelBundle bundle, int threads) throws OrtException {
        int windows = CPU_BATCH * CPU_BATCHES_PER_THREAD * threads;
        RawRuntime runtime = new RawRuntime(
                bundle,
                RawRuntime.Way.SIDE_BY_SIDE,
                threads,
                BenchJob.randomWindows(windows, bundle.contract().windowBases()),
                CPU_BATCH);
        return new Raw() {
            @Override
            public double windowsPerSecond(double seconds) {
                List<Double> rates = new ArrayList<>();
                long end = System.nanoTime() + (long) (seconds * 1e9);
                do {
                    rates.add(runtime.windowsPerSecond());
                } while (System.nanoTime() < end);
                return BenchJob.median(rates);
            }

            @Override
            public void close() throws OrtException {
                runtime.close();
            }
        };
    }

    private static double cpuRate(ModelBundle bundle, int threads, double seconds) throws OrtException {
        try (Raw raw = cpu(bundle, threads)) {
            return raw.windowsPerSecond(seconds);
        }
    }

    private static int tokens(ModelBundle bundle) {
        return bundle.contract().encoder().tokenCount(bundle.contract().windowBases());
    }

    private static Map<Integer, Double> sweep(
            CheckModels models, String model, boolean fp16, ScoringDevice scoring, double seconds) throws OrtException {
        Map<Integer, Double> sweep = new LinkedHashMap<>();
        for (int batch : GPU_BATCHES) {
            try (DeviceLoop loop = new DeviceLoop(
                    models.graph(model, fp16),
                    scoring,
                    false,
                    models.shapes().get(model).vocabulary(),
                    batch,
                    TOKENS)) {
                sweep.put(batch, loop.windowsPerSecond(seconds / GPU_BATCHES.length, 2));
            }
        }
        return sweep;
    }
}
