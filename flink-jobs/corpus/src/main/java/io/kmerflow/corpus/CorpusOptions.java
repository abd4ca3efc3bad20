package io.kmerflow.corpus;

import java.util.List;
import org.apache.flink.configuration.ConfigOption;
import org.apache.flink.configuration.ConfigOptions;

/** Options of the snapshot job, besides {@link io.kmerflow.job.JobOptions}. Read once, by {@link SnapshotConfig#from}. */
public final class CorpusOptions {
    public static final ConfigOption<String> KAFKA_LABELS_TOPIC = ConfigOptions.key("kafka.topic.labels")
            .stringType()
            .defaultValue("labels")
            .withDescription("Topic of labels that people and programs give to reads.");
    public static final ConfigOption<String> OUTPUT = ConfigOptions.key("snapshot.output")
            .stringType()
            .noDefaultValue()
            .withDescription("Folder of the corpus, new or empty, at the same path on every task manager.");
    public static final ConfigOption<String> FROM = ConfigOptions.key("snapshot.from")
            .stringType()
            .defaultValue("earliest")
            .withDescription(
                    "First read: earliest, a time such as 2026-11-27T08:00:00Z, or offsets PARTITION:OFFSET,..., where a "
                            + "partition that is not named gives no read.");
    public static final ConfigOption<String> TO = ConfigOptions.key("snapshot.to")
            .stringType()
            .defaultValue("latest")
            .withDescription(
                    "End of the reads, not part of them: latest, a time, or offsets. It is fixed at the start.");
    public static final ConfigOption<String> SAME_RANGE = ConfigOptions.key("snapshot.same-range")
            .stringType()
            .noDefaultValue()
            .withDescription("Manifest of another corpus whose ranges of all topics are taken again.");
    public static final ConfigOption<List<String>> STATUSES = ConfigOptions.key("snapshot.statuses")
            .stringType()
            .asList()
            .defaultValues()
            .withDescription(
                    "Keep reads whose newest annotation has one of these statuses, for example SCORED; by default "
                            + "all, and reads without annotation.");
    public static final ConfigOption<Double> MIN_MEAN_QUALITY = ConfigOptions.key("snapshot.min-mean-quality")
            .doubleType()
            .defaultValue(0.0)
            .withDescription("Minimum mean Phred quality; reads without qualities pass.");
    public static final ConfigOption<Integer> MIN_BASES = ConfigOptions.key("snapshot.min-bases")
            .intType()
            .defaultValue(1)
            .withDescription("Minimum length of a read, in bases.");
    public static final ConfigOption<Integer> MAX_BASES = ConfigOptions.key("snapshot.max-bases")
            .intType()
            .defaultValue(5_000_000)
            .withDescription("Maximum length of a read, in bases.");
    public static final ConfigOption<List<String>> ONLY_LABELS = ConfigOptions.key("snapshot.only-labels")
            .stringType()
            .asList()
            .defaultValues()
            .withDescription("Keep reads with one of these labels; by default all, and reads without label.");
    public static final ConfigOption<List<String>> EXCLUDE_LABELS = ConfigOptions.key("snapshot.exclude-labels")
            .stringType()
            .asList()
            .defaultValues()
            .withDescription(
                    "Leave out reads that any source labels so, or the model calls so, for example Homo sapiens.");
    public static final ConfigOption<Boolean> LABELLED = ConfigOptions.key("snapshot.labelled")
            .booleanType()
            .defaultValue(false)
            .withDescription("Keep reads with a label only.");
    public static final ConfigOption<List<String>> SAMPLES = ConfigOptions.key("snapshot.samples")
            .stringType()
            .asList()
            .defaultValues()
            .withDescription("Keep reads of these samples; by default of all.");
    public static final ConfigOption<String> WITHOUT_READS = ConfigOptions.key("snapshot.without-reads")
            .stringType()
            .noDefaultValue()
            .withDescription(
                    "List of reads to leave out, as 'forget' takes it: they stay on the topics for as long as those keep them.");
    public static final ConfigOption<Integer> READS_PER_GROUP = ConfigOptions.key("snapshot.reads-per-group")
            .intType()
            .defaultValue(0)
            .withDescription(
                    "Maximum reads of each sample and label, or call where there is no label, drawn by the seed; 0 keeps all.");
    public static final ConfigOption<Long> SEED =
            ConfigOptions.key("snapshot.seed").longType().defaultValue(1L).withDescription("Seed of the sample.");

    private static final List<ConfigOption<?>> ALL = List.of(
            KAFKA_LABELS_TOPIC,
            OUTPUT,
            FROM,
            TO,
            SAME_RANGE,
            STATUSES,
            MIN_MEAN_QUALITY,
            MIN_BASES,
            MAX_BASES,
            ONLY_LABELS,
            EXCLUDE_LABELS,
            LABELLED,
            SAMPLES,
            WITHOUT_READS,
            READS_PER_GROUP,
            SEED);

    private CorpusOptions() {}

    /** All of them, in the order they are explained. */
    public static List<ConfigOption<?>> all() {
        return ALL;
    }
}
