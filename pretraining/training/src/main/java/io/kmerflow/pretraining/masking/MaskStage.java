package io.kmerflow.pretraining.masking;

import java.util.Locale;

/**
 * One setting of the mask boundary.
 *
 * @param span tokens masked round each centre, 1 or more
 * @param untilStep first step, from 0, that is no longer in this stage
 */
public record MaskStage(int span, long untilStep) {
    public MaskStage {
        if (span < 1 || untilStep < 1) {
            throw new IllegalArgumentException(String.format(
                    Locale.ROOT,
                    "Expected a span of 1 token or more and an end after step 0, got %d and %d",
                    span,
                    untilStep));
        }
    }
}
