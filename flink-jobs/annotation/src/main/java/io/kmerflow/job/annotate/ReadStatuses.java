package io.kmerflow.job.annotate;

import io.kmerflow.contract.ModelContract;
import io.kmerflow.contract.ReadScores;
import io.kmerflow.job.ingest.DecodedRead;
import io.kmerflow.schema.AnnotationStatus;
import io.kmerflow.schema.ReadAnnotation;
import io.kmerflow.schema.UncalledReason;
import io.kmerflow.sequence.PhredQualities;
import java.util.Locale;

/** Which status a read gets. */
public final class ReadStatuses {
    /** Group of reads whose best label is the model's background. */
    public static final String OTHER = "other";

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

    /** Why a read that was scored is not called. Where segments are called, background is no call of the read. */
    public static UncalledReason uncalledReason(ModelContract contract, ReadScores.Outcome outcome) {
        boolean wholeRead = contract.aggregation() == ModelContract.Aggregation.READ;
        return uncalledReason(wholeRead
                && contract.labels()
                        .get(ReadScores.argMax(outcome.probabilities()))
                        .background());
    }

    /**
     * Why a whole read is not called.
     *
     * @param background whether its best label is background
     */
    public static UncalledReason uncalledReason(boolean background) {
        return background ? UncalledReason.OTHER : UncalledReason.LOW_SCORE;
    }

    /**
     * What a read without a call counts under: its status in lower case, or {@code other} where its best label is the model's
     * background.
     */
    public static String group(ReadAnnotation annotation) {
        boolean other = annotation.getUncalledReason() == UncalledReason.OTHER;
        return other ? OTHER : annotation.getStatus().name().toLowerCase(Locale.ROOT);
    }

    /** The status of a scored read. */
    public static AnnotationStatus of(ReadScores.Outcome outcome) {
        if (outcome.ambiguous()) {
            return AnnotationStatus.AMBIGUOUS;
        }
        return outcome.label().isPresent() ? AnnotationStatus.SCORED : AnnotationStatus.UNCALLED;
    }
}
