package io.kmerflow.pretraining.study;

import com.fasterxml.jackson.annotation.JsonProperty;

/** What is compared on a labelled set. */
enum How {
    /** A regression on the states of the frozen encoder. */
    @JsonProperty("probe")
    PROBE("frozen encoder"),
    /** The encoder fine-tuned. */
    @JsonProperty("finetune")
    FINETUNE("fine-tuned"),
    /** The encoder fine-tuned with overlapping tokens, against itself fine-tuned with others. */
    @JsonProperty("overlap")
    OVERLAP("fine-tuned with overlapping tokens");

    private final String words;

    How(String words) {
        this.words = words;
    }

    /** For the report. */
    String words() {
        return words;
    }
}
