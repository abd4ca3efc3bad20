package io.kmerflow.cli.serving;

import io.kmerflow.job.JobOptions;
import java.util.Map;
import org.apache.flink.configuration.Configuration;
import picocli.CommandLine.Option;

/** Which Kafka, and its topics. */
final class KafkaOptions {
    @Option(
            names = "--bootstrap-servers",
            required = true,
            paramLabel = "HOST:PORT",
            description = "Kafka brokers, host:port[,host:port...].")
    private String bootstrapServers;

    @Option(names = "--reads-topic", defaultValue = "reads", description = "Default: ${DEFAULT-VALUE}.")
    private String readsTopic;

    @Option(names = "--annotations-topic", defaultValue = "annotations", description = "Default: ${DEFAULT-VALUE}.")
    private String annotationsTopic;

    @Option(names = "--dead-letters-topic", defaultValue = "dead-letters", description = "Default: ${DEFAULT-VALUE}.")
    private String deadLettersTopic;

    @Option(
            names = "--create-topics",
            negatable = true,
            defaultValue = "true",
            fallbackValue = "true",
            description =
                    "Create topics that do not exist, for records of up to 32 MiB or --max-message-bytes, zstd (default: yes).")
    private boolean createTopics;

    @Option(
            names = "--kafka-property",
            paramLabel = "KEY=VALUE",
            description = "Further client property, for example of security; repeat for each.")
    private Map<String, String> properties = Map.of();

    String bootstrapServers() {
        return bootstrapServers;
    }

    String annotationsTopic() {
        return annotationsTopic;
    }

    String readsTopic() {
        return readsTopic;
    }

    String deadLettersTopic() {
        return deadLettersTopic;
    }

    Map<String, String> properties() {
        return properties;
    }

    void addTo(Configuration job) {
        job.set(JobOptions.KAFKA_BOOTSTRAP_SERVERS, bootstrapServers);
        job.set(JobOptions.KAFKA_READS_TOPIC, readsTopic);
        job.set(JobOptions.KAFKA_ANNOTATIONS_TOPIC, annotationsTopic);
        job.set(JobOptions.KAFKA_DEAD_LETTERS_TOPIC, deadLettersTopic);
        job.set(JobOptions.KAFKA_CREATE_TOPICS, createTopics);
        job.set(JobOptions.KAFKA_PROPERTIES, properties);
    }
}
