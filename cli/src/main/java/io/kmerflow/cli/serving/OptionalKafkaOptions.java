package io.kmerflow.cli.serving;

import io.kmerflow.job.JobOptions;
import io.kmerflow.job.kafka.ClientProperties;
import java.util.Map;

/** Which Kafka, for commands that may do without. */
final class OptionalKafkaOptions extends JobSwitches {
    OptionalKafkaOptions() {
        super(
                JobSwitch.of(JobOptions.KAFKA_BOOTSTRAP_SERVERS, "--bootstrap-servers")
                        .label("HOST:PORT"),
                JobSwitch.of(JobOptions.KAFKA_CLIENT_PROPERTIES, "--client-properties")
                        .label("FILE"),
                JobSwitch.of(JobOptions.KAFKA_PROPERTIES, "--kafka-property").label("KEY=VALUE"));
    }

    /** Null where none were given. */
    String bootstrapServers() {
        return get(JobOptions.KAFKA_BOOTSTRAP_SERVERS);
    }

    Map<String, String> properties() {
        return ClientProperties.of(get(JobOptions.KAFKA_CLIENT_PROPERTIES), get(JobOptions.KAFKA_PROPERTIES));
    }
}
