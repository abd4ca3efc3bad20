package io.kmerflow.cli.doctor;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.kmerflow.cli.CommandRun;
import io.kmerflow.cli.SourceTree;
import io.kmerflow.cli.base.ExitCode;
import io.kmerflow.cli.base.Home;
import io.kmerflow.kafka.EmbeddedKafka;
import io.kmerflow.scoring.ScoringDevice;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** What doctor says of this very machine. */
@ExtendWith(SourceTree.class)
class DoctorITCase {
    private static Map<String, JsonNode> checks(CommandRun run) throws Exception {
        Map<String, JsonNode> checks = new LinkedHashMap<>();
        new ObjectMapper()
                .readTree(run.out())
                .path("checks")
                .forEach(check -> checks.put(check.path("check").asText(), check));
        return checks;
    }

    @Test
    void whatIsThereIsSaidAndWhatAGpuLacksIsNamed() throws Exception {
        try (EmbeddedKafka kafka = EmbeddedKafka.start()) {
            CommandRun run = CommandRun.of("doctor", "--bootstrap-servers", kafka.bootstrapServers(), "--json");

            assertThat(run.exitCode()).as(run.out() + run.err()).isEqualTo(ExitCode.FINE);
            Map<String, JsonNode> checks = checks(run);
            assertThat(checks).containsOnlyKeys("java", "cpu", "memory", "onnxruntime", "gpu", "model", "kafka");
            assertThat(checks.get("model").path("says").asText())
                    .startsWith("species ")
                    .contains("golden logits within");
            assertThat(checks.get("kafka").path("says").asText()).isEqualTo("1 brokers at " + kafka.bootstrapServers());
            String missing = ScoringDevice.missingForGpu(0);
            assertThat(checks.get("gpu").path("says").asText())
                    .isEqualTo(missing == null ? "usable for scoring" : "not used: " + missing);
        }
    }

    @Test
    void whatIsLackingFailsAndTheRestIsStillSaid() throws Exception {
        CommandRun run =
                CommandRun.of("doctor", "--model", "/no/such/bundle", "--bootstrap-servers", "127.0.0.1:1", "--json");

        assertThat(run.exitCode()).isEqualTo(ExitCode.FAILED);
        Map<String, JsonNode> checks = checks(run);
        assertThat(checks.get("model").path("fine").asBoolean()).isFalse();
        assertThat(checks.get("model").path("says").asText()).contains("/no/such/bundle");
        assertThat(checks.get("kafka").path("fine").asBoolean()).isFalse();
        assertThat(checks.get("kafka").path("says").asText()).contains("127.0.0.1:1");
        assertThat(checks.get("java").path("fine").asBoolean()).isTrue();
    }

    @Test
    void speedOfTheJobIsMeasured() throws Exception {
        for (boolean longReads : new boolean[] {true, false}) {
            assertThat(SpeedCheck.of(Home.defaultModel(), longReads, Duration.ofMillis(500)))
                    .matches("[1-9][0-9,]* bases/s at most; .*");
        }
    }
}
