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
 * @param sqlLibraries folder of what a distribution has for Flink SQL; null for a cluster without it
 */
public record ClusterFiles(Path flinkLibraries, Path addedLibraries, Path jobJar, Path sqlLibraries) {
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
                root.resolve("deploy/job/target/kmerflow-job.jar"),
                null);
        List.of(files.flinkLibraries, files.addedLibraries, files.jobJar).forEach(ClusterFiles::require);
        return files;
    }

    /**
     * The same with what Flink SQL needs, and the job jar in the lib folder.
     *
     * @throws ClusterException if the files are not there
     */
    public static ClusterFiles withSql(Path home) {
        ClusterFiles files = of(home);
        Path sql = files.flinkLibraries.resolveSibling("sql-lib");
        require(sql);
        return new ClusterFiles(files.flinkLibraries, files.addedLibraries, files.jobJar, sql);
    }

    private static void require(Path path) {
        if (!Files.exists(path)) {
            throw new ClusterException(String.format(
                    Locale.ROOT, "Expected %s, which the build makes ('mvn -pl cli -am package'), found none", path));
        }
    }

    /** Class path of Flink's processes. */
    String classPath() {
        List<String> jars = new ArrayList<>();
        List<Path> folders = new ArrayList<>(List.of(flinkLibraries, addedLibraries));
        if (sqlLibraries != null) {
            folders.add(sqlLibraries);
            jars.add(jobJar.toString());
        }
        for (Path folder : folders) {
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
