package io.kmerflow.cli.serving;

import io.kmerflow.corpus.CorpusOptions;

/** Topic of labels. */
final class LabelsTopicOption extends JobSwitches {
    LabelsTopicOption() {
        super(JobSwitch.of(CorpusOptions.KAFKA_LABELS_TOPIC, "--labels-topic").label("TOPIC"));
    }

    String labels() {
        return get(CorpusOptions.KAFKA_LABELS_TOPIC);
    }
}
