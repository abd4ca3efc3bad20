package io.kmerflow.manifests;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The manifests as the API server, Flink and the job would see them. */
class ManifestsTest {
    private static final String FOLDER = "deploy/kubernetes/";

    private static JsonNode deployment(String overlay) throws Exception {
        return Tree.merged(
                Tree.yaml(FOLDER + "base/flinkdeployment.yaml"),
                Tree.yaml(FOLDER + "overlays/" + overlay + "/flinkdeployment.yaml"));
    }

    /** The newest published definition ends before Flink 2: that one word is held against the build's Flink instead. */
    static JsonNode withoutFlinkVersion(JsonNode deployment) {
        ObjectNode copy = deployment.deepCopy();
        ((ObjectNode) copy.get("spec")).remove("flinkVersion");
        return copy;
    }

    @ParameterizedTest
    @ValueSource(strings = {"cpu", "gpu"})
    void theOperatorTakesTheDeployment(String overlay) throws Exception {
        JsonNode deployment = deployment(overlay);
        assertThat(Definition.flinkDeployment().violations(withoutFlinkVersion(deployment)))
                .isEmpty();
        String[] version = System.getProperty("flink.version").split("\\.");
        assertThat(deployment.at("/spec/flinkVersion").asText())
                .isEqualTo(String.format(Locale.ROOT, "v%s_%s", version[0], version[1]));
        assertThat(deployment.at("/spec/job/upgradeMode").asText()).isEqualTo("savepoint");
        assertThat(deployment
                        .at("/spec/podTemplate/spec/containers/0/env/0/value")
                        .asText())
                .isEqualTo(
                        String.format(Locale.ROOT, "flink-s3-fs-hadoop-%s.jar", System.getProperty("flink.version")));
    }

    @ParameterizedTest
    @ValueSource(strings = {"cpu", "gpu"})
    void flinkKnowsEverySettingAndTheJobEveryArgument(String overlay) throws Exception {
        JsonNode spec = deployment(overlay).path("spec");
        Map<String, String> settings = new TreeMap<>();
        spec.path("flinkConfiguration")
                .fields()
                .forEachRemaining(
                        field -> settings.put(field.getKey(), field.getValue().asText()));
        assertThat(settings).containsKeys("execution.checkpointing.dir", "high-availability.type");
        assertThat(new Settings().violations(settings)).isEmpty();
        List<String> arguments = new ArrayList<>();
        spec.at("/job/args").forEach(argument -> arguments.add(argument.asText()));
        assertThat(Settings.argumentViolations(arguments)).isEmpty();
        assertThat(arguments).containsSubsequence("--model.device", overlay);
        assertThat(arguments)
                .containsSubsequence(
                        "--job.parallelism", spec.at("/job/parallelism").asText());
        Class.forName(spec.at("/job/entryClass").asText());
    }

    @Test
    void theGpuOverlayAsksForGpusByTheirNameInKubernetes() throws Exception {
        JsonNode settings = deployment("gpu").at("/spec/flinkConfiguration");
        assertThat(settings.path("external-resources").asText()).isEqualTo("gpu");
        assertThat(settings.path("external-resource.gpu.kubernetes.config-key").asText())
                .isEqualTo("nvidia.com/gpu");
        assertThat(deployment("cpu").at("/spec/flinkConfiguration").has("external-resources"))
                .isFalse();
    }

    @Test
    void thePodMonitorFindsThePodsAndTheirPort() throws Exception {
        JsonNode monitor = Tree.yaml(FOLDER + "base/podmonitor.yaml").path("spec");
        JsonNode deployment = deployment("cpu");
        assertThat(monitor.at("/selector/matchLabels/app")).isEqualTo(deployment.at("/metadata/name"));
        JsonNode port = deployment.at("/spec/podTemplate/spec/containers/0/ports/0");
        assertThat(monitor.at("/podMetricsEndpoints/0/port")).isEqualTo(port.path("name"));
        assertThat(deployment
                        .at("/spec/flinkConfiguration")
                        .path("metrics.reporter.prom.port")
                        .asInt())
                .isEqualTo(port.path("containerPort").asInt());
    }

    @Test
    void kustomizeFindsItsFiles() throws Exception {
        for (String folder : List.of("base", "overlays/cpu", "overlays/gpu")) {
            JsonNode file = Tree.yaml(FOLDER + folder + "/kustomization.yaml");
            List<String> paths = new ArrayList<>();
            file.path("resources").forEach(path -> paths.add(path.asText()));
            file.path("patches").forEach(patch -> paths.add(patch.path("path").asText()));
            assertThat(paths).hasSize(2);
            for (String path : paths) {
                assertThat(Tree.ROOT.resolve(FOLDER + folder).resolve(path)).exists();
            }
        }
    }

    @Test
    void whatIsWrongIsFound() throws Exception {
        JsonNode bad = Tree.merged(
                deployment("cpu"),
                Tree.yamlText("spec: {jobs: 1, job: {upgradeMode: sometimes, parallelism: two},"
                        + " podTemplate: {spec: {containers: [{image: a}]}}}"));
        assertThat(String.join("\n", Definition.flinkDeployment().violations(withoutFlinkVersion(bad))))
                .contains("spec.jobs", "spec.job.upgradeMode", "spec.job.parallelism");
        assertThat(new Settings()
                        .violations(Map.of(
                                "taskmanager.slots", "1",
                                "taskmanager.numberOfTaskSlots", "one",
                                "metrics.reporter.prom.factory.class", "java.lang.String",
                                "metrics.reporter.prom.ports", "1")))
                .hasSize(4);
        assertThat(Settings.argumentViolations(
                        List.of("--kafka.servers", "a", "--job.parallelism", "two", "--model.device")))
                .hasSize(3);
    }
}
