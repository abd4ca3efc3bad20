package io.kmerflow.manifests;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Containerfiles and the compose file against rules, and against what the build has left to copy. */
class ContainersITCase {
    private static final String FOLDER = "deploy/containers/";
    private static final String PINNED = "[a-z0-9][a-z0-9/_-]*:[\\w.-]*\\d[\\w.-]*";

    /** What breaks a rule: unpinned or foreign bases, ADD, root at the end, sources that are not there or ignored. */
    private static List<String> violations(String text, Set<String> allowed) {
        List<String> found = new ArrayList<>();
        Set<String> stages = new HashSet<>();
        String user = "root";
        for (String line : text.replace("\\\n", " ").split("\n")) {
            String[] words = line.strip().split("\\s+");
            switch (words[0]) {
                case "FROM" -> {
                    if (!words[1].matches(PINNED)) {
                        found.add("not pinned: " + words[1]);
                    }
                    if (words.length == 4) {
                        stages.add(words[3]);
                    }
                    user = "root";
                }
                case "ADD" -> found.add("ADD: " + line);
                case "USER" -> user = words[1];
                case "COPY" -> {
                    List<String> paths = Stream.of(words)
                            .skip(1)
                            .filter(w -> !w.startsWith("--"))
                            .toList();
                    List<String> from = Stream.of(words)
                            .filter(w -> w.startsWith("--from="))
                            .toList();
                    if (!from.isEmpty()) {
                        if (!stages.contains(from.get(0).substring(7))) {
                            found.add("no such stage: " + line);
                        }
                        break;
                    }
                    for (String path : paths.subList(0, paths.size() - 1)) {
                        if (!present(Tree.ROOT.resolve(path))) {
                            found.add("nothing to copy: " + path);
                        }
                        if (allowed.stream().noneMatch(a -> (path + "/").startsWith(a + "/"))) {
                            found.add("ignored: " + path);
                        }
                    }
                }
                default -> {}
            }
        }
        if (user.equals("root") || user.equals("0")) {
            found.add("runs as root");
        }
        return found;
    }

    private static boolean present(Path path) {
        if (!Files.isDirectory(path)) {
            return Files.isRegularFile(path);
        }
        try (Stream<Path> files = Files.list(path)) {
            return files.findAny().isPresent();
        } catch (IOException e) {
            return false;
        }
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
        assertThat(violations(Files.readString(Tree.ROOT.resolve(FOLDER + name)), allowed()))
                .isEmpty();
    }

    @Test
    void whatIsWrongIsFound() {
        assertThat(violations(
                        "FROM host.example/flink:2.3.0\nFROM flink:latest\nADD a b\nCOPY --from=x a b\nCOPY nothing b\nUSER root",
                        Set.of()))
                .hasSize(7);
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

    @Test
    void theComposeFileHoldsKnownSettingsArgumentsAndFiles() throws Exception {
        JsonNode file = Tree.yaml(FOLDER + "compose.yml");
        JsonNode flink = file.path("x-flink");
        JsonNode services = file.path("services");
        for (JsonNode service : services) {
            if (service.has("image") && !service.has("build")) {
                assertThat(service.path("image").asText()).matches(PINNED);
            }
            for (JsonNode volume : service.path("volumes")) {
                String source = volume.asText().split(":")[0];
                assertThat(
                                source.startsWith(".")
                                        ? Files.exists(Tree.ROOT.resolve(FOLDER).resolve(source))
                                        : file.path("volumes").has(source))
                        .as(source)
                        .isTrue();
            }
        }
        assertThat(Tree.ROOT.resolve(flink.at("/build/dockerfile").asText())).exists();
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
