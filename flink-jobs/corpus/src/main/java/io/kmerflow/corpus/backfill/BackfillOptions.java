package io.kmerflow.corpus.backfill;

import java.util.List;
import org.apache.flink.configuration.ConfigOption;
import org.apache.flink.configuration.ConfigOptions;

/** Options of the backfill job, besides {@link io.kmerflow.job.JobOptions}. Read once, by {@link BackfillConfig#from}. */
public final class BackfillOptions {
    public static final ConfigOption<String> FROM = ConfigOptions.key("backfill.from")
            .stringType()
            .defaultValue("earliest")
            .withDescription(
                    "First read: earliest, a time such as 2026-11-27T08:00:00Z, or offsets PARTITION:OFFSET,..., where a "
                            + "partition that is not named gives no read.");
    public static final ConfigOption<String> TO = ConfigOptions.key("backfill.to")
            .stringType()
            .defaultValue("latest")
            .withDescription(
                    "End of the reads, not part of them: latest, a time, or offsets. It is fixed at the start.");
    public static final ConfigOption<Double> RATE = ConfigOptions.key("backfill.rate")
            .doubleType()
            .defaultValue(0.0)
            .withDescription(
                    "Maximum reads taken per second, so that the job that serves keeps its device; 0 for as many as can be.");

    private static final List<ConfigOption<?>> ALL = List.of(FROM, TO, RATE);

    private BackfillOptions() {}

    /** All of them, in the order they are explained. */
    public static List<ConfigOption<?>> all() {
        return ALL;
    }
}
