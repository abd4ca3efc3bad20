package io.kmerflow.job.scoring;

import io.kmerflow.job.annotate.AnnotationSettings;
import io.kmerflow.job.deadletter.DeadLetterPolicy;
import io.kmerflow.job.drift.DriftLimits;
import java.io.Serializable;

/**
 * How the scoring operator works.
 *
 * @param feed how much work the device gets at once
 * @param ordered whether annotations leave in the order of the reads (one file in input order) or as they are done
 * @param allowModelChange whether a restore goes on with the configured model where that has changed
 * @param annotation what an annotation holds
 * @param deadLetters what of the input a dead letter keeps
 * @param drift when reads are compared with the model's profile
 */
public record ScoringSettings(
        FeedLimits feed,
        boolean ordered,
        boolean allowModelChange,
        AnnotationSettings annotation,
        DeadLetterPolicy deadLetters,
        DriftLimits drift)
        implements Serializable {
    /** Reads are compared with no profile. */
    public ScoringSettings(
            FeedLimits feed,
            boolean ordered,
            boolean allowModelChange,
            AnnotationSettings annotation,
            DeadLetterPolicy deadLetters) {
        this(feed, ordered, allowModelChange, annotation, deadLetters, DriftLimits.NONE);
    }

    /** The same, but annotations leave in the order of the reads. */
    public ScoringSettings inOrder() {
        return new ScoringSettings(feed, true, allowModelChange, annotation, deadLetters, drift);
    }
}
