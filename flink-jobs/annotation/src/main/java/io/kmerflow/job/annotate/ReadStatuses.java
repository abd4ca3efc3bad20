package io.kmerflow.job.annotate;

import io.kmerflow.contract.ModelContract;
import io.kmerflow.contract.ReadScores;
import io.kmerflow.job.ingest.DecodedRead;
import io.kmerflow.schema.AnnotationStatus;
import io.kmerflow.sequence.PhredQualities;

/** Which status a read gets. */
public final class ReadStatuses {
    private ReadStatuses() {}

    /**
     * The status of a read that the model need not see, or null for one it must: the sequencer's filter first, then the
     * length, then the quality. Reads without qualities pass the quality limit.
     */
    public static AnnotationStatus withoutModel(DecodedRead read, ModelContract contract) {
        if (read.filtered) {
            return AnnotationStatus.FILTERED;
        }
        if (read.bases.length < contract.minReadBases()) {
            return AnnotationStatus.TOO_SHORT;
        }
        boolean limited = contract.minMeanQuality() > 0 && read.phredQualities != null;
        return limited && PhredQualities.mean(read.phredQualities) < contract.minMeanQuality()
                ? AnnotationStatus.LOW_QUALITY
                : null;
    }

    /** The status of a scored read. */
    public static AnnotationStatus of(ReadScores.Outcome outcome) {
        if (outcome.ambiguous()) {
            return AnnotationStatus.AMBIGUOUS;
        }
        return outcome.label().isPresent() ? AnnotationStatus.SCORED : AnnotationStatus.UNCALLED;
    }
}
