package io.kmerflow.cli.serving;

import io.kmerflow.cli.TemporaryFolder;
import java.nio.file.Path;
import java.time.Duration;
import org.apache.flink.configuration.CheckpointingOptions;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.HeartbeatManagerOptions;
import org.apache.flink.configuration.RestOptions;
import org.apache.flink.configuration.TaskManagerOptions;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;

/** Flink in this process. */
final class LocalFlink {
    private LocalFlink() {}

    /** A cluster that starts with the job and ends with it. */
    static StreamExecutionEnvironment environment(int parallelism) {
        return environment(parallelism, null, new Configuration());
    }

    /**
     * As {@link #environment(int)}, with metrics for Prometheus on that port, on none where it is null, and with checkpoints in
     * a folder: those in memory have no room for long reads.
     */
    static StreamExecutionEnvironment environment(int parallelism, MetricsPort metricsPort, Path checkpoints) {
        Configuration configuration = new Configuration();
        configuration.set(
                CheckpointingOptions.CHECKPOINTS_DIRECTORY, checkpoints.toUri().toString());
        return environment(parallelism, metricsPort, configuration);
    }

    private static StreamExecutionEnvironment environment(
            int parallelism, MetricsPort metricsPort, Configuration configuration) {
        TemporaryFolder.require();
        if (metricsPort != null) {
            metricsPort.addTo(configuration);
        }
        configuration.set(RestOptions.BIND_PORT, "0");
        // Counters travel with heartbeats; with Flink's 10 s the progress would look stuck.
        configuration.set(HeartbeatManagerOptions.HEARTBEAT_INTERVAL, Duration.ofSeconds(1));
        configuration.set(TaskManagerOptions.NUM_TASK_SLOTS, parallelism);
        return StreamExecutionEnvironment.createLocalEnvironment(parallelism, configuration);
    }
}
