package io.kmerflow.cli.serving;

import io.kmerflow.corpus.backfill.BackfillOptions;
import io.kmerflow.job.JobOptions;

/** Which reads a backfill takes and how its annotations are written. */
final class BackfillSwitches extends JobSwitches {
    BackfillSwitches() {
        super(
                JobSwitch.of(BackfillOptions.FROM, "--from").label("BOUND"),
                JobSwitch.of(BackfillOptions.TO, "--to").label("BOUND"),
                JobSwitch.of(BackfillOptions.RATE, "--rate").label("READS/S"),
                JobSwitch.of(JobOptions.KAFKA_DELIVERY, "--delivery").label("at-least-once|exactly-once"),
                JobSwitch.of(JobOptions.KAFKA_ANNOTATIONS_FORMAT, "--annotations-format"),
                JobSwitch.of(JobOptions.CHECKPOINT_INTERVAL, "--checkpoint-interval")
                        .unit(JobSwitch.Unit.SECONDS),
                JobSwitch.of(JobOptions.KAFKA_TRANSACTION_TIMEOUT, "--transaction-timeout")
                        .unit(JobSwitch.Unit.SECONDS)
                        .hidden(),
                JobSwitch.of(JobOptions.PARALLELISM, "--parallelism").label("N"));
    }

    int parallelism() {
        return get(JobOptions.PARALLELISM);
    }
}
