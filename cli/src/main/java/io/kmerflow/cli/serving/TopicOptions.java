package io.kmerflow.cli.serving;

import io.kmerflow.job.JobOptions;

/** Topics of reads and of what becomes of them. */
final class TopicOptions extends JobSwitches {
    TopicOptions() {
        super(
                JobSwitch.of(JobOptions.KAFKA_READS_TOPIC, "--reads-topic").label("TOPIC"),
                JobSwitch.of(JobOptions.KAFKA_ANNOTATIONS_TOPIC, "--annotations-topic")
                        .label("TOPIC"),
                JobSwitch.of(JobOptions.KAFKA_DEAD_LETTERS_TOPIC, "--dead-letters-topic")
                        .label("TOPIC"),
                JobSwitch.of(JobOptions.KAFKA_CREATE_TOPICS, "--create-topics").defaultsTo(true),
                JobSwitch.of(JobOptions.KAFKA_NEW_TOPIC_PARTITIONS, "--partitions")
                        .label("N"),
                JobSwitch.of(JobOptions.KAFKA_NEW_TOPIC_REPLICATION, "--replication-factor")
                        .label("N"));
    }

    String reads() {
        return get(JobOptions.KAFKA_READS_TOPIC);
    }

    String annotations() {
        return get(JobOptions.KAFKA_ANNOTATIONS_TOPIC);
    }

    String deadLetters() {
        return get(JobOptions.KAFKA_DEAD_LETTERS_TOPIC);
    }
}
