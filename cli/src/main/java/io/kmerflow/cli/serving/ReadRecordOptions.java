package io.kmerflow.cli.serving;

import io.kmerflow.job.JobOptions;

/** How reads are written to their topic and how large records may be, for the commands that write reads or read them to annotate. */
final class ReadRecordOptions extends JobSwitches {
    ReadRecordOptions() {
        super(
                JobSwitch.of(JobOptions.KAFKA_READS_FORMAT, "--reads-format"),
                JobSwitch.of(JobOptions.KAFKA_MAX_MESSAGE_BYTES, "--max-message-bytes")
                        .label("BYTES")
                        .hidden());
    }
}
