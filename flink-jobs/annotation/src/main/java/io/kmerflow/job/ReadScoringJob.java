package io.kmerflow.job;

import io.kmerflow.job.kafka.DeliveryPreflight;
import io.kmerflow.job.kafka.KafkaConfig;
import io.kmerflow.job.kafka.KafkaEnds;
import io.kmerflow.job.kafka.KafkaModelTopics;
import io.kmerflow.job.model.SessionFactory;
import java.util.ArrayList;
import java.util.List;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;

/** The annotation job: topic of reads to topic of annotations. */
public final class ReadScoringJob {
    private static final String NAME = "kmerflow serve";

    private ReadScoringJob() {}

    /**
     * Runs the job with {@link JobOptions} as {@code --key value}; {@code --help} prints them.
     *
     * @param args for example {@code --kafka.bootstrap-servers localhost:9092 --model.bundle /models/promoter}
     */
    public static void main(String[] args) throws Exception {
        if (List.of(args).contains("--help")) {
            System.out.println(JobHelp.of("ReadScoringJob", JobOptions.all()));
            return;
        }
        JobConfig config = JobConfig.from(JobArguments.parse(args, JobOptions.all()));
        StreamExecutionEnvironment environment = StreamExecutionEnvironment.getExecutionEnvironment();
        build(environment, config, config.requireModel());
        environment.execute(NAME);
    }

    /**
     * Checks Kafka and adds the job's operators; the caller executes.
     *
     * @throws io.kmerflow.job.kafka.PreflightException if Kafka is not as the job needs it
     * @throws IllegalArgumentException if the configuration has no brokers
     */
    public static void build(StreamExecutionEnvironment environment, JobConfig config, SessionFactory sessions) {
        KafkaConfig kafka = config.requireKafka();
        DeliveryPreflight preflight = new DeliveryPreflight(kafka, config.checkpointInterval());
        List<String> written = new ArrayList<>(List.of(kafka.annotationsTopic(), kafka.deadLettersTopic()));
        if (config.driftTopic() != null) {
            written.add(config.driftTopic());
        }
        preflight.check(List.of(kafka.readsTopic()), written);
        preflight.checkConsumerGroup();
        if (config.modelChange() != null) {
            KafkaModelTopics models = config.modelChange().topics();
            preflight.checkModelTopics(models.modelsTopic(), models.eventsTopic());
        }
        JobEnvironment.configure(environment, config.checkpointInterval());
        KafkaEnds ends = new KafkaEnds(kafka);
        ReadScoringTopology topology = new ReadScoringTopology(config, sessions);
        if (config.driftTopic() != null) {
            topology.reportingDrift(ends.drift(config.driftTopic()));
        }
        topology.build(environment, ends.reads(), ends.annotations(), ends.deadLetters(), config.parallelism());
    }
}
