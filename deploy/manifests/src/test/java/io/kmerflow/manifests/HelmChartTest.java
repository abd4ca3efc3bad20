package io.kmerflow.manifests;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.marcnuri.helm.Helm;
import com.marcnuri.helm.TemplateCommand;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The chart, rendered by Helm itself: the same as the overlays of Kustomize, which {@link ManifestsTest} holds against definitions. */
class HelmChartTest {
    private static final String CHART = "deploy/helm/kmerflow";
    private static final String KUSTOMIZE = "deploy/kubernetes/";

    /** Manifests by kind. */
    private static Map<String, JsonNode> rendered(TemplateCommand command) throws Exception {
        Map<String, JsonNode> manifests = new TreeMap<>();
        for (String document : command.withName("kmerflow").call().split("(?m)^---$")) {
            JsonNode manifest = Tree.yamlText(document);
            if (manifest.has("kind")) {
                manifests.put(manifest.path("kind").asText(), manifest);
            }
        }
        return manifests;
    }

    private static TemplateCommand chart() throws Exception {
        return new Helm(Tree.ROOT.resolve(CHART).toRealPath()).template();
    }

    @ParameterizedTest
    @CsvSource({"cpu, values.yaml", "gpu, values-gpu.yaml"})
    void theChartIsWhatKustomizeMakes(String overlay, String values) throws Exception {
        Map<String, JsonNode> manifests = rendered(
                chart().withValuesFile(Tree.ROOT.resolve(CHART).resolve(values).toRealPath()));

        assertThat(manifests.get("FlinkDeployment"))
                .isEqualTo(Tree.merged(
                        Tree.yaml(KUSTOMIZE + "base/flinkdeployment.yaml"),
                        Tree.yaml(KUSTOMIZE + "overlays/" + overlay + "/flinkdeployment.yaml")));
        assertThat(manifests.get("PodMonitor")).isEqualTo(Tree.yaml(KUSTOMIZE + "base/podmonitor.yaml"));
    }

    @Test
    void valuesChangeWhatTheySay() throws Exception {
        Map<String, JsonNode> manifests = rendered(chart().set("bootstrapServers", "kafka:9093")
                .set("storage", "s3://lab/k")
                .set("taskManager.count", 3)
                .set("podMonitor.enabled", false));

        JsonNode spec = manifests.get("FlinkDeployment").path("spec");
        assertThat(spec.at("/job/args/1").asText()).isEqualTo("kafka:9093");
        assertThat(spec.at("/flinkConfiguration")
                        .path("high-availability.storageDir")
                        .asText())
                .isEqualTo("s3://lab/k/ha");
        assertThat(spec.at("/job/parallelism").asInt()).isEqualTo(3);
        assertThat(Definition.flinkDeployment()
                        .violations(ManifestsTest.withoutFlinkVersion(manifests.get("FlinkDeployment"))))
                .isEmpty();
        assertThat(manifests).containsOnlyKeys("FlinkDeployment");
    }
}
