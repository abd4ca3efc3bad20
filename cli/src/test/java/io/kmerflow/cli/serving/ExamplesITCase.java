package io.kmerflow.cli.serving;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.kmerflow.cli.CommandRun;
import io.kmerflow.cli.SourceTree;
import io.kmerflow.cli.base.ExitCode;
import io.kmerflow.kafka.EmbeddedKafka;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The programs in {@code examples} read what the job writes in each format, with a real schema registry. */
@ExtendWith(SourceTree.class)
class ExamplesITCase {
    private static final Path EXAMPLES = SourceTree.ROOT.resolve("examples");
    private static final List<String> FORMATS = List.of("avro", "confluent", "json");
    private static final int SAMPLE_LINES = 8; // two records
    private static final int READS = 3;

    @TempDir
    static Path folder;

    private static EmbeddedKafka kafka;
    private static RegistryProcess registry;

    /** Three reads, one too short, annotated onto a topic for each format. */
    @BeforeAll
    static void annotate() throws Exception {
        System.setProperty(SourceTree.PROPERTY, SourceTree.ROOT.toString());
        registry = RegistryProcess.start(folder.resolve("registry.log"));
        registry.mode("FULL_TRANSITIVE");
        kafka = EmbeddedKafka.start();
        run("ingest", "--input", reads());
        for (String format : FORMATS) {
            run(
                    "serve",
                    "--bounded",
                    "--start",
                    "earliest",
                    "--annotations-topic",
                    format,
                    "--annotations-format",
                    format,
                    "--schema-registry",
                    registry.confluentUrl());
        }
        assertThat(CommandRun.of("schemas", "--out", folder.resolve("schemas"), "--all-versions")
                        .exitCode())
                .isZero();
    }

    @AfterAll
    static void stop() {
        System.clearProperty(SourceTree.PROPERTY);
        kafka.close();
        registry.close();
    }

    private static Path reads() throws Exception {
        Path sample = SourceTree.ROOT.resolve("samples/nanopore.fastq.gz");
        List<String> lines = new ArrayList<>();
        try (BufferedReader in = new BufferedReader(
                new InputStreamReader(new GZIPInputStream(Files.newInputStream(sample)), StandardCharsets.US_ASCII))) {
            in.lines().limit(SAMPLE_LINES).forEach(lines::add);
        }
        lines.addAll(List.of("@short", "ACGT", "+", "IIII"));
        return Files.write(folder.resolve("reads.fastq"), lines);
    }

    private static CommandRun run(Object... words) {
        List<Object> all = new ArrayList<>(List.of(words));
        all.addAll(List.of("--bootstrap-servers", kafka.bootstrapServers()));
        CommandRun run = CommandRun.of(all.toArray());
        assertThat(run.exitCode()).as(run.err()).isEqualTo(ExitCode.FINE);
        return run;
    }

    /** Read, status and label of each annotation, as the command shows them. */
    private static List<String> expected() throws Exception {
        List<String> rows = new ArrayList<>();
        String tail = run("tail", "--annotations-topic", "avro", "--from-beginning", "--max-records", READS, "--json")
                .out();
        for (String line : tail.lines().toList()) {
            JsonNode read = new ObjectMapper().readTree(line);
            String label = read.path("readCall").path("label").textValue();
            rows.add(read.path("readId").asText() + "\t" + read.path("status").asText() + "\t"
                    + (label == null ? "" : label));
        }
        return rows;
    }

    private static String place(String format) {
        return switch (format) {
            case "avro" -> "avro:" + folder.resolve("schemas");
            case "confluent" -> "confluent:" + registry.confluentUrl();
            default -> format;
        };
    }

    /** What a program prints that is to end after all annotations. */
    private static List<String> printed(List<String> program, String format) throws Exception {
        List<String> line = new ArrayList<>(program);
        line.addAll(List.of(kafka.bootstrapServers(), format, place(format), Integer.toString(READS)));
        Path output = Files.createTempFile(folder, "output", ".txt");
        Process process = new ProcessBuilder(line)
                .redirectError(folder.resolve("errors.txt").toFile())
                .redirectOutput(output.toFile())
                .start();
        try {
            assertThat(process.waitFor(2, TimeUnit.MINUTES)).as("ends").isTrue();
        } finally {
            process.destroyForcibly();
        }
        assertThat(process.exitValue())
                .as(Files.readString(folder.resolve("errors.txt")))
                .isZero();
        return Files.readAllLines(output);
    }

    @Test
    void theJobHasWhatTheExamplesShow() throws Exception {
        assertThat(expected())
                .hasSize(READS)
                .contains("short\tTOO_SHORT\t")
                .anyMatch(row -> row.contains("\tSCORED\t") && !row.endsWith("\t"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"avro", "confluent", "json"})
    void javaConsumerPrintsEveryAnnotation(String format) throws Exception {
        List<String> java = List.of(
                Path.of(System.getProperty("java.home"), "bin/java").toString(),
                "-cp",
                System.getProperty("java.class.path"),
                EXAMPLES.resolve("java/AnnotationConsumer.java").toString());

        assertThat(printed(java, format)).containsExactlyInAnyOrderElementsOf(expected());
    }

    @ParameterizedTest
    @ValueSource(strings = {"avro", "confluent", "json"})
    void pythonConsumerPrintsEveryAnnotation(String format) throws Exception {
        String python = System.getenv().getOrDefault("PYTHON", "python3");
        assumeTrue(
                hasPackages(python),
                python + " has no packages confluent_kafka and fastavro: the Python example is skipped");

        assertThat(printed(
                        List.of(
                                python,
                                EXAMPLES.resolve("python/consume_annotations.py")
                                        .toString()),
                        format))
                .containsExactlyInAnyOrderElementsOf(expected());
    }

    private static boolean hasPackages(String python) throws Exception {
        try {
            return new ProcessBuilder(python, "-c", "import confluent_kafka, fastavro")
                            .redirectErrorStream(true)
                            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                            .start()
                            .waitFor()
                    == 0;
        } catch (IOException e) {
            return false; // there is no such program
        }
    }
}
