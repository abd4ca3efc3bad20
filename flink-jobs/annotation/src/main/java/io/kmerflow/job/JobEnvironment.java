package io.kmerflow.job;

import java.time.Duration;
import org.apache.flink.api.common.RuntimeExecutionMode;
import org.apache.flink.configuration.CheckpointingOptions;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.ExecutionOptions;
import org.apache.flink.configuration.PipelineOptions;
import org.apache.flink.configuration.RestartStrategyOptions;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;

/** What every job of this module asks of Flink, whatever the cluster's own configuration says. */
public final class JobEnvironment {
    private static final int BATCH_RESTARTS = 5;

    private JobEnvironment() {}

    /** Streaming mode, no Kryo, objects handed on within a chain, aligned checkpoints, no operator without a uid of its own. */
    public static void configure(StreamExecutionEnvironment environment, Duration checkpointInterval) {
        Configuration options = new Configuration();
        options.set(ExecutionOptions.RUNTIME_MODE, RuntimeExecutionMode.STREAMING);
        options.set(PipelineOptions.GENERIC_TYPES, false);
        options.set(PipelineOptions.OBJECT_REUSE, true);
        options.set(PipelineOptions.AUTO_GENERATE_UIDS, false);
        options.set(CheckpointingOptions.ENABLE_UNALIGNED, false);
        if (!checkpointInterval.isZero()) {
            options.set(CheckpointingOptions.CHECKPOINTING_INTERVAL, checkpointInterval);
        }
        environment.configure(options);
    }

    /**
     * A bounded job in batch mode: keyed operators get their input sorted, so that they hold one key at a time, and what a lost
     * task manager held is computed again.
     */
    public static void configureBatch(StreamExecutionEnvironment environment) {
        Configuration options = new Configuration();
        options.set(ExecutionOptions.RUNTIME_MODE, RuntimeExecutionMode.BATCH);
        options.set(PipelineOptions.GENERIC_TYPES, false);
        options.set(PipelineOptions.OBJECT_REUSE, false); // sorted input would reuse what state holds
        options.set(PipelineOptions.AUTO_GENERATE_UIDS, false);
        options.set(RestartStrategyOptions.RESTART_STRATEGY, "fixed-delay");
        options.set(RestartStrategyOptions.RESTART_STRATEGY_FIXED_DELAY_ATTEMPTS, BATCH_RESTARTS);
        options.set(RestartStrategyOptions.RESTART_STRATEGY_FIXED_DELAY_DELAY, Duration.ofSeconds(1));
        environment.configure(options);
    }

    /** A run that begins anew when it fails: no checkpoints, and a failure ends it. */
    public static void configureOneShot(StreamExecutionEnvironment environment) {
        configure(environment, Duration.ZERO);
        Configuration options = new Configuration();
        options.set(RestartStrategyOptions.RESTART_STRATEGY, "none");
        environment.configure(options);
    }
}
