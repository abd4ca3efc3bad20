package io.kmerflow.corpus.backfill;

import io.kmerflow.job.JobConfig;
import io.kmerflow.job.JobOptions;
import io.kmerflow.job.kafka.RangeBound;
import java.util.Locale;
import org.apache.flink.configuration.Configuration;

/**
 * Configuration of the backfill job as typed values, read once.
 *
 * @param job everything but the range; its model never changes
 * @param from first read
 * @param to end of the reads
 * @param readsPerSecond most reads taken; 0 for as many as can be
 */
public record BackfillConfig(JobConfig job, RangeBound from, RangeBound to, double readsPerSecond) {
    /**
     * Reads {@link BackfillOptions} and {@link JobOptions}.
     *
     * @throws IllegalArgumentException if a value cannot be
     */
    public static BackfillConfig from(Configuration options) {
        double rate = options.get(BackfillOptions.RATE);
        if (!(rate >= 0 && rate < Double.POSITIVE_INFINITY)) {
            throw new IllegalArgumentException(
                    String.format(Locale.ROOT, "Expected %s of 0 or more, got %s", BackfillOptions.RATE.key(), rate));
        }
        if (options.get(JobOptions.CHECKPOINT_INTERVAL).isZero()) {
            throw new IllegalArgumentException(String.format(
                    Locale.ROOT,
                    "Expected %s of more than 0, since a backfill continues from its checkpoints, got 0",
                    JobOptions.CHECKPOINT_INTERVAL.key()));
        }
        RangeBound from = RangeBound.parse(options.get(BackfillOptions.FROM), BackfillOptions.FROM.defaultValue());
        RangeBound to = RangeBound.parse(options.get(BackfillOptions.TO), BackfillOptions.TO.defaultValue());
        RangeBound.requireOrder(from, to);
        Configuration own = new Configuration(options);
        own.removeConfig(JobOptions.KAFKA_MODELS_TOPIC); // announcements are for the job that serves
        return new BackfillConfig(JobConfig.from(own), from, to, rate);
    }
}
