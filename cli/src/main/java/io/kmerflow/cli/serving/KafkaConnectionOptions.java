package io.kmerflow.cli.serving;

import io.kmerflow.job.JobOptions;
import io.kmerflow.job.kafka.ClientProperties;
import java.util.Map;

/** Which Kafka, and how to log in. */
final class KafkaConnectionOptions extends JobSwitches {
    KafkaConnectionOptions() {
        this(brokers().required());
    }

    private KafkaConnectionOptions(JobSwitch<String> brokers) {
        super(
                brokers,
                JobSwitch.of(JobOptions.KAFKA_CLIENT_PROPERTIES, "--client-properties")
                        .label("FILE"),
                JobSwitch.of(JobOptions.KAFKA_PROPERTIES, "--kafka-property").label("KEY=VALUE"));
    }

    /** For commands that may do without Kafka. */
    static KafkaConnectionOptions optional() {
        return new KafkaConnectionOptions(brokers());
    }

    private static JobSwitch<String> brokers() {
        return JobSwitch.of(JobOptions.KAFKA_BOOTSTRAP_SERVERS, "--bootstrap-servers")
                .label("HOST:PORT");
    }

    /** Null where none were given. */
    String bootstrapServers() {
        return get(JobOptions.KAFKA_BOOTSTRAP_SERVERS);
    }

    Map<String, String> properties() {
        return ClientProperties.of(get(JobOptions.KAFKA_CLIENT_PROPERTIES), get(JobOptions.KAFKA_PROPERTIES));
    }
}
