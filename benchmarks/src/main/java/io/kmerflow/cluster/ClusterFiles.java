package io.kmerflow.cluster;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;

/**
 * What is started and submitted, as the build left it.
 *
 * @param flinkLibraries folder of Flink's own jars, as in the lib folder of a distribution
 * @param addedLibraries folder of the jars that go into the lib folder besides, because they have native libraries
 * @param jobJar the job, without what is in the two folders
 */
public record ClusterFiles(Path flinkLibraries, Path addedLibraries, Path jobJar) {
    /**
     * The files under the root of a built source tree.
     *
     * @throws ClusterException if they are not there
     */
    public static ClusterFiles of(Path home) {
        Path root = home.toAbsolutePath().normalize();
        ClusterFiles files = new ClusterFiles(
                root.resolve("deploy/flink/target/lib"),
                root.resolve("deploy/flink/target/kmerflow-lib"),
                root.resolve("deploy/job/target/kmerflow-job.jar"));
        for (Path path : List.of(files.flinkLibraries, files.addedLibraries, files.jobJar)) {
            if (!Files.exists(path)) {
                throw new ClusterException(String.format(
                        Locale.ROOT,
                        "Expected %s, which the build makes ('mvn -pl cli -am package'), found none",
                        path));
            }
        }
        return files;
    }

    /** Class path of Flink's processes. */
    String classPath() {
        List<String> jars = new ArrayList<>();
        for (Path folder : List.of(flinkLibraries, addedLibraries)) {
            try (Stream<Path> found = Files.list(folder)) {
                found.filter(path -> path.toString().endsWith(".jar"))
                        .sorted()
                        .forEach(path -> jars.add(path.toString()));
            } catch (IOException e) {
                throw new ClusterException(
                        String.format(Locale.ROOT, "Expected a folder of jars at %s, got %s", folder, e), e);
            }
        }
        return String.join(java.io.File.pathSeparator, jars);
    }
}
