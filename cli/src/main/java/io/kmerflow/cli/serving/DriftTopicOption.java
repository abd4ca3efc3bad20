package io.kmerflow.cli.serving;

import io.kmerflow.job.JobOptions;

/** Topic of reports on drift, for commands that look at it. */
final class DriftTopicOption extends JobSwitches {
    DriftTopicOption() {
        super(JobSwitch.of(JobOptions.KAFKA_DRIFT_TOPIC, "--drift-topic")
                .label("TOPIC")
                .defaultsTo("drift"));
    }

    String drift() {
        return get(JobOptions.KAFKA_DRIFT_TOPIC);
    }
}
