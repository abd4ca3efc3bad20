package io.kmerflow.cli.packaging;

import io.kmerflow.cli.base.CommandFailure;
import io.kmerflow.cli.base.Home;
import java.io.IOException;
import java.io.Reader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;

/**
 * Native libraries for GPUs, as the Maven module {@code deploy/natives} takes them out of their artifacts, once, into a cache.
 *
 * @param cuda libraries of CUDA 12
 * @param onnxRuntime ONNX Runtime with its CUDA provider
 * @param pytorch libtorch for CUDA, or null
 * @param pytorchJars the set of DJL that goes with it, or null
 */
record NativeFolders(Path cuda, Path onnxRuntime, Path pytorch, Path pytorchJars) {
    /**
     * Runs Maven.
     *
     * @param training PyTorch for CUDA too
     * @throws CommandFailure if Maven is not there or fails
     */
    static NativeFolders fetch(boolean training) throws IOException, InterruptedException {
        Path log = Files.createTempFile("kmerflow-natives", ".log");
        List<String> command = new ArrayList<>(List.of("mvn", "-B", "-q"));
        command.add(training ? "-Pgpu,gpu-training" : "-Pgpu");
        command.addAll(List.of("-pl", "deploy/natives", "process-resources"));
        Process maven;
        try {
            maven = new ProcessBuilder(command)
                    .directory(Home.directory().toFile())
                    .redirectErrorStream(true)
                    .redirectOutput(log.toFile())
                    .start();
        } catch (IOException e) {
            throw new CommandFailure("Expected Maven on the PATH to take the GPU's libraries from, found none", e);
        }
        if (maven.waitFor() != 0) {
            throw new CommandFailure("Maven could not get the GPU's libraries, see " + log);
        }
        Files.delete(log);
        Properties folders = new Properties();
        try (Reader reader =
                Files.newBufferedReader(Home.directory().resolve("deploy/natives/target/natives.properties"))) {
            folders.load(reader);
        }
        return new NativeFolders(
                folder(folders, "cuda"),
                folder(folders, "onnxruntime"),
                training ? folder(folders, "pytorch") : null,
                training ? folder(folders, "djl") : null);
    }

    private static Path folder(Properties folders, String name) {
        Path folder = Path.of(folders.getProperty(name));
        if (!Files.isDirectory(folder)) {
            throw new CommandFailure("Expected native libraries in " + folder + ", there is no such folder");
        }
        return folder;
    }
}
