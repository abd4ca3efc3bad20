package io.kmerflow.corpus.snapshot;

import java.util.Locale;
import java.util.stream.Stream;

/** Why something of the topics is not in a corpus. */
enum LeftOut {
    /** A record of the annotations topic that is no annotation. */
    UNDECODABLE_ANNOTATIONS(Counts.ANNOTATIONS),
    /** A record of the labels topic that is no label. */
    UNDECODABLE_LABELS(Counts.LABELS),
    /** An annotation, other than the newest of its read. */
    OLDER_ANNOTATIONS(Counts.ANNOTATIONS),
    /** An annotation whose read is not in the range. */
    ANNOTATIONS_WITHOUT_READ(Counts.ANNOTATIONS),
    /** A label that its source replaced or withdrew, or the withdrawal itself. */
    OLDER_LABELS(Counts.LABELS),
    /** A label whose read is not in the range. */
    LABELS_WITHOUT_READ(Counts.LABELS),
    /** A read that was delivered before. */
    REPEATED_READS,
    /** A read on the list of those to leave out. */
    FORGOTTEN,
    /** A read of a sample that was not asked for. */
    SAMPLE,
    /** A read too short or too long. */
    LENGTH,
    /** A read of low mean quality. */
    QUALITY,
    /** A read whose newest annotation has another status, or that has none. */
    STATUS,
    /** A read that is labelled or called as what was to be left out. */
    EXCLUDED_LABEL,
    /** A read whose sources contradict each other. */
    CONTRADICTORY_LABELS,
    /** A read without a label, or with another than those asked for. */
    LABEL,
    /** A read with the sequence of another, on either strand. */
    DUPLICATES,
    /** Reads of one sequence, on either strand, with different labels. */
    CONTRADICTORY_DUPLICATES,
    /** A read beyond the number asked for of its sample and label. */
    NOT_DRAWN;

    /** Begins the name of the accumulator of each reason. */
    static final String PREFIX = "left-out.";

    private final String kind;

    /** Of the reads. */
    LeftOut() {
        this(Counts.READS);
    }

    LeftOut(String kind) {
        this.kind = kind;
    }

    /** What a record left out for a reason of the manifest is: of the reads, as dead letters are, the annotations or the labels. */
    static String kind(String reason) {
        return Stream.of(values())
                .filter(one -> one.text().equals(reason))
                .map(one -> one.kind)
                .findFirst()
                .orElse(Counts.READS);
    }

    /** As the manifest has it. */
    String text() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
