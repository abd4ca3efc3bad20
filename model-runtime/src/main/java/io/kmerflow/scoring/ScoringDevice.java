package io.kmerflow.scoring;

import ai.djl.engine.Engine;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtProvider;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Where a model runs.
 *
 * @param gpu whether on a CUDA device
 * @param index of the CUDA device, from 0; 0 for the CPU
 */
public record ScoringDevice(boolean gpu, int index) {
    private static final Logger LOG = LoggerFactory.getLogger(ScoringDevice.class);
    static final String ENGINE = "OnnxRuntime";

    /** The CPU. */
    public static final ScoringDevice CPU = new ScoringDevice(false, 0);

    /**
     * Resolves an option: {@code cpu}; {@code gpu} or {@code gpu:N}, which must be usable; {@code auto}, the first GPU
     * where there is one, else the CPU, said once in the log.
     *
     * @throws IllegalArgumentException if the word is none of these, or a GPU was asked for and something is missing
     */
    public static ScoringDevice parse(String option) {
        if (option.equals("cpu")) {
            return CPU;
        }
        if (option.equals("auto")) {
            String missing = missingForGpu(0);
            if (missing == null) {
                return new ScoringDevice(true, 0);
            }
            LOG.info("Scoring on the CPU: {}", missing);
            return CPU;
        }
        if (option.matches("gpu(:\\d+)?")) {
            int index = option.equals("gpu") ? 0 : Integer.parseInt(option.substring(4));
            String missing = missingForGpu(index);
            if (missing != null) {
                throw new IllegalArgumentException(
                        String.format(Locale.ROOT, "Expected a usable GPU for device '%s', but %s", option, missing));
            }
            return new ScoringDevice(true, index);
        }
        throw new IllegalArgumentException(
                String.format(Locale.ROOT, "Expected device auto, cpu, gpu or gpu:N, got '%s'", option));
    }

    /** What keeps that GPU from being used: driver, device, libraries or this build; null if nothing does. */
    public static String missingForGpu(int index) {
        Engine.getEngine(ENGINE); // first: it cannot start once somebody else has made the OrtEnvironment
        OrtEnvironment.getEnvironment();
        if (!OrtEnvironment.getAvailableProviders().contains(OrtProvider.CUDA)) {
            return "this build has no CUDA in ONNX Runtime (build with -Pgpu)";
        }
        return missing(index, NvidiaDriver.ofMachine(), CudaLibraries.open());
    }

    static String missing(int index, NvidiaDriver driver, List<String> libraries) {
        List<String> missing = new ArrayList<>();
        if (driver.problem() != null) {
            missing.add(driver.problem());
        } else if (driver.gpus().size() <= index) {
            missing.add(String.format(
                    Locale.ROOT,
                    "the NVIDIA driver finds %d, no GPU %d",
                    driver.gpus().size(),
                    index));
        }
        if (!libraries.isEmpty()) {
            missing.add("of CUDA 12 there is no " + String.join(", ", libraries));
        }
        return missing.isEmpty() ? null : String.join("; ", missing);
    }

    @Override
    public String toString() {
        return gpu ? "gpu:" + index : "cpu";
    }
}
