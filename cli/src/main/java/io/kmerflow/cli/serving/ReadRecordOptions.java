package io.kmerflow.cli.serving;

import io.kmerflow.job.JobOptions;

/** How large records may be; the same switch on every command that writes to topics. */
final class RecordSizeOptions extends JobSwitches {
    RecordSizeOptions() {
        super(JobSwitch.of(JobOptions.KAFKA_MAX_MESSAGE_BYTES, "--max-message-bytes")
                .label("BYTES")
                .hidden());
    }
}
