package io.kmerflow.cli.serving;

import io.kmerflow.job.JobOptions;

/** How the job reads its topic, keeps its promises and changes its model. */
final class ServeOptions extends JobSwitches {
    ServeOptions() {
        super(
                JobSwitch.of(JobOptions.KAFKA_GROUP_ID, "--group-id").label("ID"),
                JobSwitch.of(JobOptions.KAFKA_START, "--start"),
                JobSwitch.of(JobOptions.KAFKA_BOUNDED, "--bounded"),
                JobSwitch.of(JobOptions.KAFKA_DELIVERY, "--delivery").label("at-least-once|exactly-once"),
                JobSwitch.of(JobOptions.KAFKA_ANNOTATIONS_FORMAT, "--annotations-format"),
                JobSwitch.of(JobOptions.CHECKPOINT_INTERVAL, "--checkpoint-interval")
                        .unit(JobSwitch.Unit.SECONDS),
                JobSwitch.of(JobOptions.KAFKA_TRANSACTION_TIMEOUT, "--transaction-timeout")
                        .unit(JobSwitch.Unit.SECONDS)
                        .hidden(),
                JobSwitch.of(JobOptions.KAFKA_PARTITION_DISCOVERY, "--partition-discovery")
                        .unit(JobSwitch.Unit.SECONDS)
                        .hidden(),
                JobSwitch.of(JobOptions.PARALLELISM, "--parallelism").label("N"),
                JobSwitch.of(JobOptions.MODEL_ROUTES, "--route").label("SAMPLE=DIR"),
                JobSwitch.of(JobOptions.KAFKA_MODELS_TOPIC, "--models-topic").label("TOPIC"),
                JobSwitch.of(JobOptions.KAFKA_MODEL_EVENTS_TOPIC, "--model-events-topic")
                        .label("TOPIC"),
                JobSwitch.of(JobOptions.KAFKA_DRIFT_TOPIC, "--drift-topic").label("TOPIC"),
                JobSwitch.of(JobOptions.DRIFT_WINDOW_READS, "--drift-window").label("READS"),
                JobSwitch.of(JobOptions.DRIFT_WINDOW_TIME, "--drift-window-time")
                        .unit(JobSwitch.Unit.SECONDS),
                JobSwitch.of(JobOptions.MODEL_PREPARE_TIMEOUT, "--prepare-timeout")
                        .unit(JobSwitch.Unit.SECONDS)
                        .hidden());
    }

    String modelEvents() {
        return get(JobOptions.KAFKA_MODEL_EVENTS_TOPIC);
    }

    int parallelism() {
        return get(JobOptions.PARALLELISM);
    }
}
