package io.kmerflow.cli.retrain;

import java.util.Locale;

/** Steps of a retraining, in their order. */
enum Step {
    RANGE("fix the ranges of the topics"),
    SNAPSHOT("make a corpus of the reads with their labels"),
    SPLIT("split it by groups of sequences; held-out reads go into the ledger"),
    PRETRAIN("continue masked-k-mer pretraining on new and replayed reads"),
    START("put together the weights to start from, with rows for new labels"),
    FINETUNE("fine-tune on new and replayed labels"),
    EXPORT("write the bundle: parity with the trainer, golden reads, profile, certainty"),
    EVALUATE("measure parent and new model on held-out reads, suite and unknown reads"),
    GATE("judge by the rules"),
    FORMS("write the int8 form"),
    SHADOW("compare with the serving model on live reads"),
    ACTIVATE("change the job to the new model"),
    WATCH("watch the reads after the change; keep it or go back");

    private final String about;

    Step(String about) {
        this.about = about;
    }

    /** Name in the journal and on the command line. */
    String key() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** What it does. */
    String about() {
        return about;
    }

    /** Whether it needs Kafka with a job that serves. */
    boolean isLive() {
        return compareTo(SHADOW) >= 0;
    }
}
