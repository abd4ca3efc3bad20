package io.kmerflow.manifests;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Containerfiles and the compose file against rules, and against what the build has left to copy. */
class ContainersITCase {
    private static final String FOLDER = "deploy/containers/";

    /** Those of the compose file's specification that are used here. */
    private static final Set<String> SERVICE_KEYS = Set.of(
            "<<",
            "build",
            "command",
            "depends_on",
            "entrypoint",
            "environment",
            "healthcheck",
            "image",
            "ports",
            "restart",
            "volumes");

    private static List<String> violations(String text) throws IOException {
        return new ContainerfileLint(Tree.ROOT, allowed()).violations(text);
    }

    private static Set<String> allowed() throws IOException {
        Set<String> allowed = new HashSet<>();
        for (String line : Files.readAllLines(Tree.ROOT.resolve(".containerignore"))) {
            if (line.startsWith("!")) {
                allowed.add(line.substring(1));
            }
        }
        return allowed;
    }

    @ParameterizedTest
    @ValueSource(strings = {"Containerfile.job", "Containerfile.job-gpu", "Containerfile.training"})
    void imagesArePinnedRunWithoutRootAndCopyWhatTheBuildLeaves(String name) throws Exception {
        assertThat(violations(Files.readString(Tree.ROOT.resolve(FOLDER + name))))
                .isEmpty();
    }

    @Test
    void theImagesHaveTheFlinkAndTheKafkaOfTheBuild() throws Exception {
        String flink = String.format(Locale.ROOT, "flink:%s-java17", System.getProperty("flink.version"));
        for (String name : List.of("Containerfile.job", "Containerfile.job-gpu")) {
            assertThat(Files.readString(Tree.ROOT.resolve(FOLDER + name)).lines())
                    .as(name)
                    .anyMatch(line -> line.matches("FROM " + flink + "( AS flink)?"));
        }
        JsonNode services = Tree.yaml(FOLDER + "compose.yml").path("services");
        assertThat(services.at("/checkpoints/image").asText()).isEqualTo(flink);
        assertThat(services.at("/kafka/image").asText())
                .isEqualTo("apache/kafka:" + System.getProperty("kafka.version"));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "FROM host.example/flink:2.3.0 | DL3006",
                "FROM flink:latest             | DL3006",
                "FROM flink                    | DL3006",
                "ADD kmerflow b                | DL3020",
                "MAINTAINER me                 | DL4000",
                "COPPY kmerflow b              | build",
                "COPY --from=x a b             | DL3022",
                "COPY kmerflow models b        | DL3021",
                "COPY no/such/file b           | copy",
                "COPY pom.xml b                | ignored",
                "WORKDIR opt                   | DL3000",
                "RUN apt-get install -y git    | minimal",
                "RUN true && cd /opt && ls     | DL3003",
                "RUN sudo ls                   | DL3004",
                "CMD kmerflow --help           | DL3025",
                "USER root                     | DL3002"
            })
    void whatIsWrongIsFound(String line, String rule) throws Exception {
        String good = "# A comment with ADD\nFROM flink:2.3.0\nUSER flink\nCMD [\"help\"]\n";
        assertThat(violations(good)).isEmpty();

        // A base of its own instead of the good one's; anything else before its last line.
        String bad = line.startsWith("FROM")
                ? good.replace("FROM flink:2.3.0", line)
                : good.replace("CMD", line.startsWith("CMD") ? line + "\nUSER flink\nENTRYPOINT" : line + "\nCMD");

        assertThat(violations(bad)).anyMatch(violation -> violation.startsWith(rule));
    }

    @Test
    void aSecondCommandIsFound() throws Exception {
        assertThat(
                        violations(
                                "FROM flink:2.3.0\nUSER flink\nCMD [\"a\"]\nCMD [\"b\"]\nENTRYPOINT [\"c\"]\nENTRYPOINT [\"d\"]\n"))
                .hasSize(2)
                .anyMatch(violation -> violation.startsWith("DL4003"))
                .anyMatch(violation -> violation.startsWith("DL4004"));
    }

    @Test
    void nativeLibrariesAreInFlinksLibAndNotInTheJobJar() throws Exception {
        try (Stream<Path> lib = Files.list(Tree.ROOT.resolve("deploy/flink/target/kmerflow-lib"))) {
            assertThat(lib.map(path -> path.getFileName().toString()))
                    .anyMatch(name -> name.startsWith("onnxruntime"))
                    .anyMatch(name -> name.startsWith("api-"));
        }
        try (java.util.zip.ZipFile jar = new java.util.zip.ZipFile(
                Tree.ROOT.resolve("deploy/job/target/kmerflow-job.jar").toFile())) {
            assertThat(jar.getEntry("ai/onnxruntime/OrtEnvironment.class")).isNull();
            assertThat(jar.getEntry("ai/djl/engine/Engine.class")).isNull();
            assertThat(jar.getEntry("io/kmerflow/job/ReadScoringJob.class")).isNotNull();
        }
    }

    @Test
    void bothToolsIgnoreTheSame() throws Exception {
        assertThat(Tree.ROOT.resolve(".dockerignore")).hasSameTextualContentAs(Tree.ROOT.resolve(".containerignore"));
    }

    /** What the launcher looks for where the image has it: what is not copied is not there. */
    @Test
    void theCommandRunsFromTheFilesOfItsImage(@TempDir Path image) throws Exception {
        for (String line : Files.readAllLines(Tree.ROOT.resolve(FOLDER + "Containerfile.training"))) {
            String[] words = line.split("\\s+");
            if (words[0].equals("COPY")) {
                Path source = Tree.ROOT.resolve(words[1]).toRealPath();
                Path target = image.resolve(words[2].replaceFirst("^/", "")).normalize();
                Files.createDirectories(target.getParent());
                if (Files.isDirectory(source)) {
                    Files.createSymbolicLink(target, source);
                } else {
                    Files.copy(source, target, StandardCopyOption.COPY_ATTRIBUTES);
                }
            }
        }
        ProcessBuilder builder = new ProcessBuilder(
                        image.resolve("opt/kmerflow/kmerflow").toString(), "--version")
                .directory(image.toFile())
                .redirectErrorStream(true);
        builder.environment().put("KMERFLOW_NO_BUILD", "1");
        Process process = builder.start();
        process.getOutputStream().close();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).as(said).isZero();
        assertThat(said).startsWith("kmerflow 0.");
    }

    /** The source of a volume; a variable stands for its default. */
    private static String source(String volume) {
        return volume.replaceFirst("^\\$\\{\\w+:-([^}]*)}", "$1").split(":")[0];
    }

    @Test
    void theComposeFileHasEveryPartAndNoUnknownKey() throws Exception {
        JsonNode file = Tree.yaml(FOLDER + "compose.yml");
        JsonNode services = file.path("services");
        assertThat(services.fieldNames())
                .toIterable()
                .contains("kafka", "jobmanager", "taskmanager", "ingest", "view", "prometheus", "grafana");
        Set<String> ports = new HashSet<>();
        for (JsonNode service : services) {
            assertThat(service.fieldNames()).toIterable().isSubsetOf(SERVICE_KEYS);
            service.path("depends_on")
                    .fieldNames()
                    .forEachRemaining(
                            name -> assertThat(services.has(name)).as(name).isTrue());
            service.path("ports")
                    .forEach(port -> assertThat(ports.add(port.asText().split(":")[0]))
                            .as("port %s of this machine is taken once", port)
                            .isTrue());
        }
        for (String anchor : List.of("x-flink", "x-kmerflow")) {
            assertThat(file.path(anchor).fieldNames()).toIterable().isSubsetOf(SERVICE_KEYS);
            file.path(anchor)
                    .path("depends_on")
                    .fieldNames()
                    .forEachRemaining(
                            name -> assertThat(services.has(name)).as(name).isTrue());
        }
        for (JsonNode volume : file.path("x-flink").path("volumes")) {
            String source = source(volume.asText());
            assertThat(file.path("volumes").has(source)
                            || Files.isDirectory(Tree.ROOT.resolve(FOLDER).resolve(source)))
                    .as(source)
                    .isTrue();
        }
    }

    @Test
    void theComposeFileHoldsKnownSettingsArgumentsAndFiles() throws Exception {
        JsonNode file = Tree.yaml(FOLDER + "compose.yml");
        JsonNode flink = file.path("x-flink");
        JsonNode services = file.path("services");
        for (JsonNode service : services) {
            if (service.has("image") && !service.has("build")) {
                assertThat(service.path("image").asText()).matches(ContainerfileLint.PINNED);
            }
            for (JsonNode volume : service.path("volumes")) {
                String source = source(volume.asText());
                assertThat(
                                source.startsWith(".")
                                        ? Files.exists(Tree.ROOT.resolve(FOLDER).resolve(source))
                                        : file.path("volumes").has(source))
                        .as(source)
                        .isTrue();
            }
        }
        for (String anchor : List.of("x-flink", "x-kmerflow")) {
            assertThat(Tree.ROOT.resolve(
                            file.path(anchor).at("/build/dockerfile").asText()))
                    .as(anchor)
                    .exists();
        }
        Map<String, String> settings = new TreeMap<>();
        Tree.yamlText(flink.at("/environment/FLINK_PROPERTIES").asText())
                .fields()
                .forEachRemaining(
                        field -> settings.put(field.getKey(), field.getValue().asText()));
        assertThat(settings).hasSizeGreaterThan(5);
        assertThat(new Settings().violations(settings)).isEmpty();
        List<String> command = new ArrayList<>();
        services.at("/jobmanager/command").forEach(word -> command.add(word.asText()));
        assertThat(command.get(2)).isEqualTo("io.kmerflow.job.ReadScoringJob");
        assertThat(Settings.argumentViolations(command.subList(3, command.size())))
                .isEmpty();
        for (JsonNode target :
                Tree.yaml("deploy/monitoring/prometheus.yml").at("/scrape_configs/0/static_configs/0/targets")) {
            String[] place = target.asText().split(":");
            assertThat(services.has(place[0])).as(target.asText()).isTrue();
            assertThat(settings).containsEntry("metrics.reporter.prom.port", place[1]);
        }
    }
}
