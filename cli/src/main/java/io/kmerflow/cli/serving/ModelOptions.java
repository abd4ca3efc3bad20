package io.kmerflow.cli.serving;

import io.kmerflow.bundle.ModelBundle;
import io.kmerflow.cli.base.Home;
import io.kmerflow.job.JobOptions;
import io.kmerflow.job.scoring.FeedLimits;
import io.kmerflow.scoring.ScoringDevice;
import io.kmerflow.scoring.SessionMemory;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Locale;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.MemorySize;
import picocli.CommandLine.Option;

/** Which model, where, and how it is fed; the same options on every command that scores. */
final class ModelOptions {
    @Option(
            names = "--model",
            paramLabel = "DIR",
            description = "Model bundle, a folder or a zip (default: the bundled model).")
    private Path model;

    @Option(
            names = "--device",
            defaultValue = "auto",
            description = "auto, cpu, gpu or gpu:N; gpu fails if there is none (default: ${DEFAULT-VALUE}).")
    private String device;

    @Option(
            names = "--threads",
            paramLabel = "N",
            description =
                    "CPU threads that score side by side, each with the model's weights once (default: one per processor).")
    private Integer threads;

    @Option(
            names = "--threshold",
            paramLabel = "P",
            description = "Least score of a call, 0 to 1; 0 calls every read (default: the model's own).")
    private Double threshold;

    @Option(names = "--window-scores", description = "Put the probabilities of every window into the annotations.")
    private boolean windowScores;

    @Option(
            names = "--label-scores",
            description = "Put the probability of every label over the whole read into the annotations.")
    private boolean labelScores;

    @Option(
            names = "--score-all",
            description = "Score every window of a read, also where the model is certain before the last one.")
    private boolean scoreAll;

    @Option(
            names = "--max-batch-windows",
            paramLabel = "N",
            description = "Most windows in one model call (default: " + FeedLimits.CPU_BATCH_WINDOWS + " on a CPU, "
                    + FeedLimits.GPU_BATCH_WINDOWS + " on a GPU).")
    private Integer maxBatchWindows;

    @Option(
            names = "--max-batch-age",
            paramLabel = "MS",
            description =
                    "Longest wait of a window for company while the device is not busy, in milliseconds (default: "
                            + FeedLimits.CPU_BATCH_AGE_MILLIS + " on a CPU, " + FeedLimits.GPU_BATCH_AGE_MILLIS
                            + " on a GPU).")
    private Integer maxBatchAgeMillis;

    @Option(
            names = "--cpu-arena",
            negatable = true,
            defaultValue = "true",
            fallbackValue = "true",
            description =
                    "Keep host memory of a model call for the next one; without, calls are slower (default: kept).")
    private boolean cpuArena;

    @Option(
            names = "--memory-pattern",
            description = "Remember where tensors lie for every shape of a batch; only for batches of one shape.")
    private boolean memoryPattern;

    @Option(
            names = "--gpu-memory-limit",
            paramLabel = "MB",
            defaultValue = "0",
            description =
                    "Most device memory of one loaded model, in MiB; 0: all there is (default: ${DEFAULT-VALUE}).")
    private long gpuMemoryLimitMebibytes;

    @Option(
            names = "--gpu-arena-growth",
            defaultValue = "SAME_AS_REQUESTED",
            description = "How device memory grows: ${COMPLETION-CANDIDATES} (default: ${DEFAULT-VALUE}).")
    private SessionMemory.Growth gpuArenaGrowth;

    @Option(
            names = "--dead-letter-payload",
            description = "Keep the input itself in dead letters. Human reads are personal data.")
    private boolean deadLetterPayload;

    /** The bundle to serve. */
    Path bundle() {
        return model == null ? Home.defaultModel() : model;
    }

    /** Model and device in one line, with the reason where {@code auto} came down to the CPU; refuses what cannot serve. */
    String describe() {
        ModelBundle read = ModelBundle.read(bundle());
        ScoringDevice chosen = ScoringDevice.parse(device);
        String why = device.equals("auto") && !chosen.gpu() ? " (" + ScoringDevice.missingForGpu(0) + ")" : "";
        return String.format(Locale.ROOT, "model %s %s on %s%s", read.name(), read.version(), chosen, why);
    }

    /** Least score of a call: the option, else the model's own. */
    double threshold(ModelBundle model) {
        return threshold == null ? model.contract().threshold() : threshold;
    }

    void addTo(Configuration job) {
        job.set(JobOptions.MODEL_BUNDLE, bundle().toString());
        job.set(JobOptions.MODEL_DEVICE, device);
        job.set(JobOptions.MODEL_THREADS, threads == null ? JobOptions.AUTO : threads.toString());
        job.set(JobOptions.MODEL_CPU_ARENA, cpuArena);
        job.set(JobOptions.MODEL_MEMORY_PATTERN, memoryPattern);
        job.set(JobOptions.MODEL_GPU_MEMORY_LIMIT, MemorySize.ofMebiBytes(gpuMemoryLimitMebibytes));
        job.set(JobOptions.MODEL_GPU_ARENA_GROWTH, gpuArenaGrowth);
        if (threshold != null) {
            job.set(JobOptions.SCORE_THRESHOLD, threshold);
        }
        job.set(JobOptions.WINDOW_SCORES, windowScores);
        job.set(JobOptions.SCORE_ALL, scoreAll);
        job.set(JobOptions.LABEL_SCORES, labelScores);
        if (maxBatchWindows != null) {
            job.set(JobOptions.MAX_BATCH_WINDOWS, maxBatchWindows);
        }
        if (maxBatchAgeMillis != null) {
            job.set(JobOptions.MAX_BATCH_AGE, Duration.ofMillis(maxBatchAgeMillis));
        }
        job.set(JobOptions.DEAD_LETTER_PAYLOAD, deadLetterPayload);
    }
}
