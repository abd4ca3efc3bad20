package io.kmerflow.job.scoring;

import io.kmerflow.job.annotate.AnnotationSettings;
import io.kmerflow.job.batch.BatchLimits;
import io.kmerflow.job.deadletter.DeadLetterPolicy;
import java.io.Serializable;

/**
 * How the scoring operator works.
 *
 * @param batch limits of one model call
 * @param maxWindowsInFlight most windows cut and not yet scored; at the limit the operator holds its input back. Room for
 *     a few batches keeps the device fed while the next one is tokenized
 * @param ordered whether annotations leave in the order of the reads (one file in input order) or as they are done
 * @param allowModelChange whether a restore may go on with another model than the checkpoint's
 * @param annotation what an annotation holds
 * @param deadLetters what of the input a dead letter keeps
 */
public record ScoringSettings(
        BatchLimits batch,
        int maxWindowsInFlight,
        boolean ordered,
        boolean allowModelChange,
        AnnotationSettings annotation,
        DeadLetterPolicy deadLetters)
        implements Serializable {
    /** The same for a model whose annotations nobody waits for. */
    ScoringSettings forShadow(int windows) {
        return new ScoringSettings(
                batch, Math.max(windows, batch.maxWindows()), false, allowModelChange, annotation, deadLetters);
    }

    public ScoringSettings {
        if (maxWindowsInFlight < batch.maxWindows()) {
            throw new IllegalArgumentException("Expected at least one full batch of %d windows in flight, got %d"
                    .formatted(batch.maxWindows(), maxWindowsInFlight));
        }
    }
}
