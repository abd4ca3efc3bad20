package io.kmerflow.corpus;

import io.kmerflow.corpus.snapshot.Counts;
import io.kmerflow.corpus.snapshot.SnapshotTopology;
import io.kmerflow.corpus.snapshot.TopicRecord;
import io.kmerflow.corpus.store.Contents;
import io.kmerflow.corpus.store.CorpusFolder;
import io.kmerflow.corpus.store.Manifest;
import io.kmerflow.job.JobArguments;
import io.kmerflow.job.JobEnvironment;
import io.kmerflow.job.JobOptions;
import io.kmerflow.job.kafka.DeliveryPreflight;
import io.kmerflow.job.kafka.KafkaEnds;
import io.kmerflow.job.kafka.RawRecordDeserializer;
import io.kmerflow.job.kafka.TopicRange;
import io.kmerflow.job.kafka.TopicRanges;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.apache.flink.api.common.JobExecutionResult;
import org.apache.flink.configuration.ConfigOption;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;

/**
 * The snapshot job: ranges of the topics of reads, annotations and labels to a corpus. The ends are fixed at the start; the
 * manifest is written when all files are there, by the process that submits the job.
 */
public final class SnapshotJob {
    private static final String NAME = "kmerflow snapshot";
    private static final String READS = "reads";
    private static final String ANNOTATIONS = "annotations";
    private static final String LABELS = "labels";

    private SnapshotJob() {}

    /**
     * Runs the job with {@link CorpusOptions} and {@link JobOptions} as {@code --key value}, attached: the manifest is written
     * when it has ended.
     */
    public static void main(String[] args) throws Exception {
        List<ConfigOption<?>> options = Stream.of(JobOptions.all(), CorpusOptions.all())
                .flatMap(List::stream)
                .toList();
        run(
                StreamExecutionEnvironment.getExecutionEnvironment(),
                SnapshotConfig.from(JobArguments.parse(args, options)));
    }

    /**
     * Checks Kafka and the folder, runs the job, and completes the corpus.
     *
     * @throws io.kmerflow.job.kafka.PreflightException if Kafka is not as the job needs it, or has not the range
     * @throws IllegalArgumentException if there is something in the folder
     */
    public static Manifest run(StreamExecutionEnvironment environment, SnapshotConfig config) throws Exception {
        SortedMap<String, TopicRange> ranges = ranges(config);
        CorpusFolder folder = CorpusFolder.create(config.output());
        build(environment, config, ranges);
        return complete(folder, config, ranges, environment.execute(NAME));
    }

    /** The ranges that the job reads, by {@code reads}, {@code annotations} and {@code labels}, fixed now. */
    public static SortedMap<String, TopicRange> ranges(SnapshotConfig config) {
        DeliveryPreflight preflight = new DeliveryPreflight(config.kafka(), Duration.ZERO);
        preflight.check(List.of(config.kafka().readsTopic(), config.kafka().annotationsTopic()), List.of());
        preflight.checkLabelsTopic(config.labelsTopic(), false);
        TopicRanges topics = new TopicRanges(config.kafka());
        SortedMap<String, TopicRange> ranges = new TreeMap<>();
        if (config.sameRange() != null) {
            Manifest.read(config.sameRange()).ranges().forEach((what, range) -> ranges.put(what, topics.again(range)));
        } else {
            ranges.put(READS, topics.between(config.kafka().readsTopic(), config.from(), config.to()));
            ranges.put(ANNOTATIONS, topics.whole(config.kafka().annotationsTopic()));
            ranges.put(LABELS, topics.whole(config.labelsTopic()));
        }
        return ranges;
    }

    private static void build(
            StreamExecutionEnvironment environment, SnapshotConfig config, SortedMap<String, TopicRange> ranges) {
        JobEnvironment.configureBatch(environment);
        KafkaEnds ends = new KafkaEnds(config.kafka());
        SnapshotTopology topology = config.topology();
        topology.build(
                environment,
                ends.range(ranges.get(READS), new RawRecordDeserializer()),
                ends.range(ranges.get(ANNOTATIONS), new TopicRecord.Deserializer()),
                ends.range(ranges.get(LABELS), new TopicRecord.Deserializer()),
                config.output(),
                config.parallelism());
    }

    /** Writes the manifest of a job that has ended. */
    static Manifest complete(
            CorpusFolder folder, SnapshotConfig config, SortedMap<String, TopicRange> ranges, JobExecutionResult result)
            throws IOException {
        Map<String, Object> sums = result.getAllAccumulatorResults();
        Contents contents = folder.finished(Counts.kept(sums));
        SortedMap<String, Long> in = Counts.in(sums);
        SortedMap<String, Long> leftOut = Counts.leftOut(sums);
        Manifest.Kept kept = contents.kept();
        Manifest manifest = new Manifest(
                Manifest.FORMAT,
                NAME + " " + version(),
                ranges,
                config.topology().settings(),
                in,
                leftOut,
                Counts.shares(leftOut, in),
                kept,
                Manifest.share(kept.reads(), in.getOrDefault(READS, 0L)),
                contents.models(),
                contents.digest(),
                config.topology().unmet(sums),
                null,
                null);
        folder.complete(manifest);
        return manifest;
    }

    private static String version() {
        String version = SnapshotJob.class.getPackage().getImplementationVersion();
        return version == null ? "development" : version;
    }
}
