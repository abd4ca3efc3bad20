package io.kmerflow.cli.serving;

import io.kmerflow.job.JobOptions;

/** Topics of models, for commands that look at them or write to them. */
final class ModelTopicOptions extends JobSwitches {
    ModelTopicOptions() {
        super(
                JobSwitch.of(JobOptions.KAFKA_MODELS_TOPIC, "--models-topic")
                        .label("TOPIC")
                        .defaultsTo("models"),
                JobSwitch.of(JobOptions.KAFKA_MODEL_EVENTS_TOPIC, "--model-events-topic")
                        .label("TOPIC"));
    }

    String models() {
        return get(JobOptions.KAFKA_MODELS_TOPIC);
    }

    String events() {
        return get(JobOptions.KAFKA_MODEL_EVENTS_TOPIC);
    }
}
