package io.kmerflow.cli.packaging;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;

/** The archive of a release, unpacked elsewhere and run with a Java runtime and nothing else: {@code mvn -Prelease verify}. */
@EnabledIfSystemProperty(named = "release.archive", matches = ".+")
class ReleaseIT {
    private static final Path ARCHIVE = Path.of(System.getProperty("release.archive", "none"));

    @TempDir
    private static Path folder;

    private static Path home;

    @BeforeAll
    static void unpack() throws Exception {
        assertThat(ARCHIVE.getFileName().toString()).matches("kmerflow-[0-9].*-linux-x86_64\\.tar\\.gz");
        run(List.of("tar", "-xzf", ARCHIVE.toString(), "-C", folder.toString()), System.getenv());
        home = folder.resolve(ARCHIVE.getFileName().toString().replace("-linux-x86_64.tar.gz", ""));
    }

    private static String run(List<String> command, Map<String, String> environment) throws Exception {
        Path output = Files.createTempFile(folder, "output", ".txt");
        ProcessBuilder builder = new ProcessBuilder(command)
                .directory(folder.toFile())
                .redirectErrorStream(true)
                .redirectOutput(output.toFile());
        builder.environment().clear();
        builder.environment().putAll(environment);
        Process process = builder.start();
        try {
            process.getOutputStream().close();
            assertThat(process.waitFor(5, TimeUnit.MINUTES)).as("ends").isTrue();
        } finally {
            process.destroyForcibly();
        }
        String said = Files.readString(output, StandardCharsets.UTF_8);
        assertThat(process.exitValue()).as(said).isZero();
        return said;
    }

    /** No Maven, no other program: a Java runtime alone. */
    private static String kmerflow(String... words) throws Exception {
        List<String> command =
                new java.util.ArrayList<>(List.of(home.resolve("kmerflow").toString()));
        command.addAll(List.of(words));
        return run(command, Map.of("PATH", "", "JAVA_HOME", System.getProperty("java.home")));
    }

    @Test
    void annotatesTheSample() throws Exception {
        Path calls = folder.resolve("calls.tsv");
        String sample = home.resolve("samples/nanopore.fastq.gz").toString();
        assertThat(kmerflow("annotate", "--input", sample, "--output", calls.toString()))
                .contains("Homo sapiens");
        assertThat(Files.readAllLines(calls)).hasSizeGreaterThan(100);
        assertThat(kmerflow("doctor")).contains("ok    model");
        assertThat(kmerflow("--version")).contains("kmerflow 0.");
    }

    @Test
    void hasWhatClustersAndConsumersNeed() throws Exception {
        assertThat(List.of(
                        "flink/kmerflow-job.jar",
                        "deploy/sql/tables.sql",
                        "schemas/ReadAnnotation.avsc",
                        "schemas/ReadAnnotation.schema.json",
                        "schemas/SequencedRead.schema.json",
                        "schemas/v1/ReadAnnotation.avsc",
                        "kmerflow-sbom.json",
                        "models/species/model.onnx",
                        "LICENSE",
                        "README.md"))
                .allSatisfy(name -> assertThat(home.resolve(name)).isNotEmptyFile());
        assertThat(Files.readString(home.resolve("kmerflow-sbom.json"))).contains("CycloneDX", "flink-connector-kafka");
    }

    @Test
    void everyFileHasItsChecksum() throws Exception {
        List<String> sums = Files.readAllLines(home.resolve("SHA256SUMS"));
        try (var files = Files.walk(home)) {
            assertThat(files.filter(Files::isRegularFile)).hasSize(sums.size() + 1);
        }
        run(List.of("sh", "-c", "cd " + home + " && sha256sum --quiet -c SHA256SUMS"), System.getenv());
        run(
                List.of(
                        "sh",
                        "-c",
                        "cd " + ARCHIVE.getParent() + " && sha256sum --quiet -c " + ARCHIVE.getFileName() + ".sha256"),
                System.getenv());
    }

    @Test
    void saysThatThereIsNoJava() throws IOException, InterruptedException {
        ProcessBuilder builder = new ProcessBuilder(home.resolve("kmerflow").toString()).redirectErrorStream(true);
        builder.environment().clear();
        builder.environment().put("PATH", "");
        Process process = builder.start();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).isEqualTo(1);
        assertThat(said)
                .isEqualTo("kmerflow: expected a Java runtime, 17 or later, in JAVA_HOME or on the PATH, found none\n");
    }
}
