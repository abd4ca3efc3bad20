package io.kmerflow.cli.serving;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.stream.Stream;
import org.apache.flink.client.deployment.executors.LocalExecutor;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.DeploymentOptions;
import org.apache.flink.configuration.TaskManagerOptions;
import org.apache.flink.core.execution.PipelineExecutor;
import org.apache.flink.core.execution.PipelineExecutorFactory;
import org.apache.flink.core.execution.PipelineExecutorServiceLoader;
import org.apache.flink.runtime.minicluster.MiniCluster;
import org.apache.flink.runtime.minicluster.MiniClusterConfiguration;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;

/**
 * Flink in this process for several jobs. It starts on a thread while the caller does something else, and a job that is executed earlier
 * waits for it. Flink's local environment starts a cluster for each job, when the job is executed.
 */
final class LocalCluster implements AutoCloseable {
    private final Configuration configuration;
    private final CompletableFuture<Shared> cluster;

    /** Jobs start it and end it as they would a cluster that is theirs alone. */
    @SuppressWarnings("try") // its close, which nobody calls, may be interrupted
    private static final class Shared extends MiniCluster {
        Shared(MiniClusterConfiguration configuration) {
            super(configuration);
        }

        @Override
        public void start() throws Exception {
            if (!isRunning()) {
                super.start();
            }
        }

        @Override
        public CompletableFuture<Void> closeAsync() {
            return CompletableFuture.completedFuture(null);
        }

        void end() {
            super.closeAsync().join();
        }
    }

    private record Executors(Configuration configuration, CompletableFuture<Shared> cluster)
            implements PipelineExecutorServiceLoader, PipelineExecutorFactory {
        @Override
        public PipelineExecutorFactory getExecutorFactory(Configuration job) {
            return this;
        }

        @Override
        public Stream<String> getExecutorNames() {
            return Stream.of(getName());
        }

        @Override
        public String getName() {
            return LocalExecutor.NAME;
        }

        @Override
        public boolean isCompatibleWith(Configuration job) {
            return true;
        }

        @Override
        public PipelineExecutor getExecutor(Configuration job) {
            return LocalExecutor.createWithFactory(configuration, ignored -> cluster.join());
        }
    }

    private LocalCluster(Configuration configuration, CompletableFuture<Shared> cluster) {
        this.configuration = configuration;
        this.cluster = cluster;
    }

    /**
     * Begins to start it.
     *
     * @param configuration of the cluster, with its slots
     */
    static LocalCluster start(Configuration configuration) {
        CompletableFuture<Shared> cluster = new CompletableFuture<>();
        Thread starter = new Thread(() -> complete(cluster, configuration), "start-flink");
        starter.setDaemon(true);
        starter.start();
        return new LocalCluster(configuration, cluster);
    }

    private static void complete(CompletableFuture<Shared> cluster, Configuration configuration) {
        try {
            Shared shared = new Shared(new MiniClusterConfiguration.Builder()
                    .setConfiguration(configuration)
                    .setNumSlotsPerTaskManager(configuration.get(TaskManagerOptions.NUM_TASK_SLOTS))
                    .build());
            shared.start();
            cluster.complete(shared);
        } catch (Throwable e) {
            cluster.completeExceptionally(e);
        }
    }

    /** Where a job is made that runs on it. */
    StreamExecutionEnvironment environment(int parallelism) {
        Configuration job = new Configuration(configuration);
        job.set(DeploymentOptions.TARGET, LocalExecutor.NAME);
        job.set(DeploymentOptions.ATTACHED, true);
        StreamExecutionEnvironment environment =
                new StreamExecutionEnvironment(new Executors(configuration, cluster), job, null);
        environment.setParallelism(parallelism);
        return environment;
    }

    /** Ends it with the jobs that run on it; one that could not be started needs no end. */
    @Override
    public void close() {
        try {
            cluster.join().end();
        } catch (CompletionException e) {
            return; // the job that waited for it has told why
        }
    }
}
