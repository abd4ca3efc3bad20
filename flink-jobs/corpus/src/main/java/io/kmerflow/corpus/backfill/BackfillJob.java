package io.kmerflow.corpus.backfill;

import io.kmerflow.job.JobArguments;
import io.kmerflow.job.JobConfig;
import io.kmerflow.job.JobEnvironment;
import io.kmerflow.job.JobOptions;
import io.kmerflow.job.ReadScoringTopology;
import io.kmerflow.job.kafka.DeliveryPreflight;
import io.kmerflow.job.kafka.KafkaConfig;
import io.kmerflow.job.kafka.KafkaEnds;
import io.kmerflow.job.kafka.RawRecordDeserializer;
import io.kmerflow.job.kafka.TopicRange;
import io.kmerflow.job.kafka.TopicRanges;
import io.kmerflow.job.model.SessionFactory;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.apache.flink.configuration.ConfigOption;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;

/**
 * The backfill job: a fixed range of the topic of reads, through a model, to a topic of annotations. It belongs to no consumer group, so
 * it does not move the job that serves, and is that job in all else: the same annotations with the same ids, by digest of the model.
 */
public final class BackfillJob {
    private static final String NAME = "kmerflow backfill";

    private BackfillJob() {}

    /**
     * Runs the job with {@link BackfillOptions} and {@link JobOptions} as {@code --key value}. Continued from a checkpoint it keeps
     * the range of its start.
     */
    public static void main(String[] args) throws Exception {
        List<ConfigOption<?>> options = Stream.of(JobOptions.all(), BackfillOptions.all())
                .flatMap(List::stream)
                .toList();
        BackfillConfig config = BackfillConfig.from(JobArguments.parse(args, options));
        StreamExecutionEnvironment environment = StreamExecutionEnvironment.getExecutionEnvironment();
        build(environment, config, range(config), config.job().requireModel());
        environment.execute(NAME);
    }

    /**
     * The range that was asked for, fixed now.
     *
     * @throws io.kmerflow.job.kafka.PreflightException if Kafka is not as the job needs it, or has not the range
     */
    public static TopicRange range(BackfillConfig config) {
        KafkaConfig kafka = config.job().requireKafka();
        // First: the check would create a topic of reads that is misspelled.
        TopicRange range = new TopicRanges(kafka).between(kafka.readsTopic(), config.from(), config.to());
        preflight(config.job());
        return range;
    }

    /**
     * That range, if the topic still has it.
     *
     * @throws io.kmerflow.job.kafka.PreflightException if Kafka is not as the job needs it, or has the range no more
     */
    public static TopicRange again(BackfillConfig config, TopicRange range) {
        preflight(config.job());
        return new TopicRanges(config.job().requireKafka()).again(range);
    }

    private static void preflight(JobConfig job) {
        KafkaConfig kafka = job.requireKafka();
        List<String> written = new ArrayList<>(List.of(kafka.annotationsTopic(), kafka.deadLettersTopic()));
        if (job.driftTopic() != null) {
            written.add(job.driftTopic());
        }
        new DeliveryPreflight(kafka, job.checkpointInterval()).check(List.of(kafka.readsTopic()), written);
    }

    /** Adds the job's operators; the caller executes. */
    public static void build(
            StreamExecutionEnvironment environment, BackfillConfig config, TopicRange range, SessionFactory sessions) {
        JobConfig job = config.job();
        JobEnvironment.configure(environment, job.checkpointInterval());
        KafkaEnds ends = new KafkaEnds(job.requireKafka());
        ReadScoringTopology topology = new ReadScoringTopology(job, sessions);
        if (job.driftTopic() != null) {
            topology.reportingDrift(ends.drift(job.driftTopic()));
        }
        topology.build(
                environment,
                ends.range(range, new RawRecordDeserializer(), config.readsPerSecond()),
                ends.annotations(),
                ends.deadLetters(),
                job.parallelism());
    }
}
