package io.kmerflow.cli.gpu;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.kmerflow.cli.CommandRun;
import io.kmerflow.cli.SourceTree;
import io.kmerflow.cli.base.ExitCode;
import io.kmerflow.scoring.ScoringDevice;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** The check rehearsed on this machine: real processes, real models. */
@ExtendWith(SourceTree.class)
class GpuCheckIT {
    @TempDir
    private Path folder;

    @Test
    void aDeadOwnerThreadCostsItsBatchAndNoMore() throws Exception {
        Path report = folder.resolve("report.json");
        CommandRun run = CommandRun.of("gpu-check", "--device", "cpu", "--step", "owner-thread", "--out", report);

        assertThat(run.exitCode()).as(run.out() + run.err()).isEqualTo(ExitCode.FINE);
        JsonNode steps = new ObjectMapper().readTree(report.toFile()).path("steps");
        assertThat(steps).hasSize(3);
        JsonNode found = steps.get(2).path("result");
        assertThat(found.path("sameLogits").asBoolean()).isTrue();
        assertThat(found.path("failedBatches").asInt()).isLessThanOrEqualTo(1);
        assertThat(found.path("batchesAfter").asInt())
                .isEqualTo(found.path("inFlight").asInt());
    }

    @Test
    void aStepThatFailsIsInTheReportWithItsReason() throws Exception {
        if (ScoringDevice.missingForGpu(0) == null) {
            return; // then the step does not fail
        }
        Path report = folder.resolve("report.json");
        CommandRun run = CommandRun.of(
                "gpu-check", "--step", "device", "--device", "gpu", "--model", folder.resolve("none"), "--out", report);

        assertThat(run.exitCode()).isEqualTo(ExitCode.FAILED);
        JsonNode steps = new ObjectMapper().readTree(report.toFile()).path("steps");
        assertThat(steps.get(0).path("result").path("missing").asText()).isNotEmpty();
        assertThat(steps.get(1).path("outcome").asText()).isEqualTo("failed");
        assertThat(steps.get(1).path("reason").asText()).contains("none");
    }

    @Test
    void anUnknownStepIsRefused() {
        CommandRun run = CommandRun.of("gpu-check", "--step", "warp", "--out", folder.resolve("report.json"));
        assertThat(run.exitCode()).isEqualTo(ExitCode.USAGE);
        assertThat(run.err()).contains("raw-fp16", "warp");
    }
}
