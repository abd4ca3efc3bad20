package io.kmerflow.cli.serving;

import io.kmerflow.job.JobOptions;

/** Consumer group of the job. */
final class GroupOptions extends JobSwitches {
    GroupOptions() {
        super(JobSwitch.of(JobOptions.KAFKA_GROUP_ID, "--group-id").label("ID"));
    }

    String id() {
        return get(JobOptions.KAFKA_GROUP_ID);
    }
}
