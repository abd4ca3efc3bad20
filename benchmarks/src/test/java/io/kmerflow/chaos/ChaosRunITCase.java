package io.kmerflow.chaos;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kmerflow.cluster.ClusterException;
import io.kmerflow.cluster.ClusterFiles;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The job jar on a cluster of processes, each of which is killed once. Runs after the job jar is packaged. */
@Timeout(1_200)
class ChaosRunITCase {
    private static final Path HOME = Path.of("..");

    @TempDir
    private Path work;

    @Test
    void everyReadHasOneAnswerThoughEachProcessWasKilled() throws Exception {
        ChaosSettings settings = new ChaosSettings(
                800,
                3,
                true,
                2,
                1,
                50,
                HOME.resolve("models/species"),
                work,
                Duration.ofSeconds(1),
                Duration.ofSeconds(60));
        List<String> progress = new ArrayList<>();
        long before = ProcessHandle.current().descendants().count();

        ChaosReport report = new ChaosRun(settings, ClusterFiles.of(HOME), progress::add).run();

        assertThat(report.asMap())
                .containsEntry("read", 800)
                .containsEntry("annotated", 798)
                .containsEntry("deadLettered", 2)
                .containsEntry("duplicates", 0)
                .containsEntry("lost", 0)
                .containsEntry("kills", Map.of("broker", 1, "job_manager", 1, "task_manager", 1));
        assertThat(report.kept()).isTrue();
        assertThat(report.restarts())
                .as("after the kill of the only task manager")
                .isPositive();
        assertThat(progress).anyMatch(line -> line.contains("chk-"));
        assertThat(ProcessHandle.current().descendants().count()).isEqualTo(before);
    }

    @Test
    void aBuildWithoutTheJobJarIsNamed() {
        assertThatThrownBy(() -> ClusterFiles.of(work))
                .isInstanceOf(ClusterException.class)
                .hasMessageContaining(work.resolve("deploy/flink/target/lib").toString());
    }
}
