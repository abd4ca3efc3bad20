package io.kmerflow.cli.packaging;

import io.kmerflow.cli.base.CommandFailure;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;

/** What a release has besides the command: for Flink and Kafka clusters, for consumers, and for people. */
final class ReleaseFiles {
    private static final List<String> DOCUMENTS = List.of("README.md", "CHANGELOG.md", "SECURITY.md");
    private static final List<String> FOLDERS =
            List.of("docs", "examples", "deploy/helm", "deploy/kubernetes", "deploy/monitoring", "deploy/sql");
    private static final String SCHEMAS = "schemas/src/main/avro";
    private static final String SCHEMA_RESOURCES = "schemas/src/main/resources/io/kmerflow/schema";

    private ReleaseFiles() {}

    /**
     * Adds them.
     *
     * @param home root of the built sources
     * @throws CommandFailure if the build has left one out
     */
    static void addTo(ArchiveWriter archive, Path home) throws IOException {
        archive.add("flink/kmerflow-job.jar", built(home, "deploy/job/target/kmerflow-job.jar"));
        archive.addAll("flink/lib", built(home, "deploy/flink/target/kmerflow-lib"));
        archive.add("kmerflow-sbom.json", built(home, "target/kmerflow-sbom.json"));
        archive.addAll("schemas", home.resolve(SCHEMAS));
        archive.addAll("schemas", home.resolve(SCHEMA_RESOURCES).resolve("json"));
        archive.addAll("schemas", home.resolve(SCHEMA_RESOURCES).resolve("released"));
        for (String document : DOCUMENTS) {
            archive.add(document, home.resolve(document));
        }
        for (String folder : FOLDERS) {
            archive.addAll(folder, home.resolve(folder));
        }
    }

    private static Path built(Path home, String file) {
        Path path = home.resolve(file);
        if (!Files.exists(path)) {
            throw new CommandFailure(
                    String.format(Locale.ROOT, "Expected %s, which 'mvn -Prelease package' makes, found none", path));
        }
        return path;
    }
}
