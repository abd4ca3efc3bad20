package io.kmerflow.scoring;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import ai.onnxruntime.OrtSession.SessionOptions;
import com.fasterxml.jackson.databind.JsonNode;
import io.kmerflow.bundle.BundleException;
import io.kmerflow.bundle.JsonMappers;
import io.kmerflow.token.TokenBatch;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Which execution provider of ONNX Runtime ran which nodes, from the profile of one model call: that a session accepts a GPU
 * does not say that its nodes run there.
 *
 * @param nodes nodes that ran, by provider, for example {@code CPUExecutionProvider}
 * @param floatOnCpu operators that gave floating-point numbers on the CPU. Arithmetic on shapes belongs there, and integers
 *     are a few small nodes of ours; a matrix product does not, nor anything else that works on the windows themselves
 */
public record ProviderUse(Map<String, Integer> nodes, Set<String> floatOnCpu) {
    private static final String CUDA = "CUDAExecutionProvider";
    private static final String CPU = "CPUExecutionProvider";

    /**
     * Loads a graph with these options once more, scores a batch under ONNX Runtime's profiler, and lets it go.
     *
     * @throws BundleException if the graph cannot be loaded or run
     */
    public static ProviderUse measure(Path modelFile, ScoringOptions options, TokenBatch batch) {
        OrtEnvironment environment = TokenTensors.environment();
        Path folder = null;
        try {
            folder = Files.createTempDirectory("kmerflow-profile");
            try (SessionOptions settings = SessionSettings.of(options)) {
                settings.enableProfiling(folder.resolve("profile").toString());
                String profile = profile(environment, modelFile, settings, batch);
                return of(JsonMappers.COMPACT.readTree(Files.readString(Path.of(profile))));
            }
        } catch (OrtException | IOException e) {
            throw new BundleException(
                    String.format(
                            Locale.ROOT,
                            "Could not tell where %s runs on %s: %s",
                            modelFile,
                            options.device(),
                            e.getMessage()),
                    e);
        } finally {
            delete(folder);
        }
    }

    private static String profile(OrtEnvironment environment, Path modelFile, SessionOptions settings, TokenBatch batch)
            throws OrtException {
        Map<String, OnnxTensor> inputs = TokenTensors.of(batch);
        try (OrtSession session = environment.createSession(modelFile.toString(), settings)) {
            session.run(inputs).close();
            return session.endProfiling();
        } finally {
            inputs.values().forEach(OnnxTensor::close);
        }
    }

    private static void delete(Path folder) {
        if (folder == null) {
            return;
        }
        try (var files = Files.list(folder)) {
            for (Path file : files.toList()) {
                Files.delete(file);
            }
            Files.delete(folder);
        } catch (IOException e) {
            folder.toFile().deleteOnExit(); // a profile left behind harms nobody
        }
    }

    /** Reads a profile: an array of trace events, of which those of category Node with a provider count. */
    static ProviderUse of(JsonNode events) {
        Map<String, Integer> nodes = new TreeMap<>();
        Set<String> floatOnCpu = new TreeSet<>();
        for (JsonNode event : events) {
            JsonNode args = event.path("args");
            String provider = args.path("provider").asText("");
            if (!event.path("cat").asText("").equals("Node") || provider.isEmpty()) {
                continue;
            }
            nodes.merge(provider, 1, Integer::sum);
            if (provider.equals(CPU) && givesFloat(args)) {
                floatOnCpu.add(args.path("op_name").asText());
            }
        }
        return new ProviderUse(nodes, floatOnCpu);
    }

    private static boolean givesFloat(JsonNode args) {
        for (JsonNode output : args.path("output_type_shape")) {
            if (output.has("float") || output.has("float16")) {
                return true;
            }
        }
        return false;
    }

    /**
     * Fails unless the work was done on the GPU.
     *
     * @throws BundleException naming the operators that were not
     */
    public void requireGpu() {
        if (!nodes.containsKey(CUDA)) {
            throw new BundleException(
                    String.format(Locale.ROOT, "Expected the model to run on the GPU, its nodes ran on %s", nodes));
        }
        if (!floatOnCpu.isEmpty()) {
            throw new BundleException(String.format(
                    Locale.ROOT,
                    "Expected the model to run on the GPU, but ONNX Runtime has no CUDA kernel for %s and ran them on the CPU",
                    String.join(", ", floatOnCpu)));
        }
    }
}
