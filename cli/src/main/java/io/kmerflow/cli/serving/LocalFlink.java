package io.kmerflow.cli.serving;

import io.kmerflow.cli.base.FlinkFileSystems;
import io.kmerflow.cli.base.TemporaryFolder;
import java.net.InetAddress;
import java.nio.file.Path;
import java.time.Duration;
import org.apache.flink.configuration.BlobServerOptions;
import org.apache.flink.configuration.CheckpointingOptions;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.CoreOptions;
import org.apache.flink.configuration.HeartbeatManagerOptions;
import org.apache.flink.configuration.JobManagerOptions;
import org.apache.flink.configuration.RestOptions;
import org.apache.flink.configuration.TaskManagerOptions;
import org.apache.flink.configuration.WebOptions;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;

/** Flink in this process. */
public final class LocalFlink {
    private LocalFlink() {}

    /** A cluster that starts with the job and ends with it; its ports can be reached from this machine only. */
    public static StreamExecutionEnvironment environment(int parallelism) {
        return environment(parallelism, null, InetAddress.getLoopbackAddress(), new Configuration());
    }

    /**
     * As {@link #environment(int)}, with metrics for Prometheus on that port, on none where it is null, its web page on that
     * address, and with checkpoints and whatever else Flink puts into files in a folder: checkpoints in memory have no room for
     * long reads.
     *
     * @param configuration further options of the cluster
     */
    static StreamExecutionEnvironment environment(
            int parallelism, MetricsPort metricsPort, InetAddress address, Path folder, Configuration configuration) {
        configuration.set(
                CheckpointingOptions.CHECKPOINTS_DIRECTORY,
                folder.resolve("checkpoints").toUri().toString());
        configuration.set(CoreOptions.TMP_DIRS, folder.toString());
        configuration.set(WebOptions.TMP_DIR, folder.toString());
        configuration.set(BlobServerOptions.STORAGE_DIRECTORY, folder.toString());
        return environment(parallelism, metricsPort, address, configuration);
    }

    /** A cluster for several jobs, which begins to start; its ports can be reached from this machine only. */
    static LocalCluster start(int slots) {
        return LocalCluster.start(configuration(slots, null, InetAddress.getLoopbackAddress(), new Configuration()));
    }

    private static StreamExecutionEnvironment environment(
            int parallelism, MetricsPort metricsPort, InetAddress address, Configuration configuration) {
        return StreamExecutionEnvironment.createLocalEnvironment(
                parallelism, configuration(parallelism, metricsPort, address, configuration));
    }

    private static Configuration configuration(
            int slots, MetricsPort metricsPort, InetAddress address, Configuration configuration) {
        TemporaryFolder.require();
        configuration.addAll(FlinkFileSystems.settings()); // models may lie in a store
        if (metricsPort != null) {
            metricsPort.addTo(configuration);
        }
        String loopback = InetAddress.getLoopbackAddress().getHostAddress();
        configuration.set(RestOptions.BIND_PORT, "0");
        configuration.set(RestOptions.BIND_ADDRESS, address.getHostAddress());
        // Nobody else takes part in this cluster, so its own ports are nobody else's business.
        configuration.set(JobManagerOptions.ADDRESS, loopback);
        configuration.set(JobManagerOptions.BIND_HOST, loopback);
        configuration.set(TaskManagerOptions.HOST, loopback);
        configuration.set(TaskManagerOptions.BIND_HOST, loopback);
        // Counters travel with heartbeats; with Flink's 10 s the progress would look stuck.
        configuration.set(HeartbeatManagerOptions.HEARTBEAT_INTERVAL, Duration.ofSeconds(1));
        configuration.set(TaskManagerOptions.NUM_TASK_SLOTS, slots);
        return configuration;
    }
}
