package io.kmerflow.cli.serving;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.InetAddress;
import java.net.ServerSocket;
import org.apache.flink.api.common.JobStatus;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.RestOptions;
import org.apache.flink.configuration.TaskManagerOptions;
import org.apache.flink.core.execution.JobClient;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.streaming.api.functions.sink.v2.DiscardingSink;
import org.junit.jupiter.api.Test;

class LocalClusterITCase {
    private static final int ONE = 1;

    @Test
    void runsJobsOneAfterTheOtherBesideOneThatRuns() throws Exception {
        JobClient endless;
        try (LocalCluster cluster = LocalFlink.start(2)) {
            StreamExecutionEnvironment first = cluster.environment(ONE);
            first.fromSequence(1, Long.MAX_VALUE).sinkTo(new DiscardingSink<>());
            endless = first.executeAsync("endless");
            for (long end = 3; end <= 4; end++) {
                assertThat(cluster.environment(ONE).fromSequence(1, end).executeAndCollect(10))
                        .hasSize((int) end);
            }
            assertThat(endless.getJobStatus().get()).isEqualTo(JobStatus.RUNNING);
        }
        assertThatThrownBy(endless::getJobStatus)
                .as("the cluster has ended with it")
                .isInstanceOf(IllegalStateException.class);
    }

    @Test
    void aJobSaysWhyItsClusterDidNotStart() throws Exception {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            Configuration configuration = new Configuration();
            configuration.set(TaskManagerOptions.NUM_TASK_SLOTS, ONE);
            configuration.set(RestOptions.BIND_ADDRESS, taken.getInetAddress().getHostAddress());
            configuration.set(RestOptions.BIND_PORT, Integer.toString(taken.getLocalPort()));
            try (LocalCluster cluster = LocalCluster.start(configuration)) {
                StreamExecutionEnvironment environment = cluster.environment(ONE);
                environment.fromSequence(1, 2).sinkTo(new DiscardingSink<>());
                assertThatThrownBy(() -> environment.execute("none"))
                        .hasStackTraceContaining(
                                "Could not start rest endpoint on any port in port range " + taken.getLocalPort());
            }
        }
    }
}
