package io.kmerflow.pretraining;

import io.kmerflow.pretraining.masking.MaskCurriculum;
import io.kmerflow.pretraining.masking.MaskingStrategy;
import io.kmerflow.pretraining.masking.MaskingStrategy.Width;
import io.kmerflow.pretraining.masking.Replacement;
import java.util.Locale;

/**
 * Which tokens are hidden, as the YAML file has it. Limits of stages are fractions 0.0625, 0.125, 0.2083 and 0.3125 of the
 * step budget.
 *
 * @param strategy default RANDOM_MASK
 * @param probability of a token to be a centre; default 0.025
 * @param span in tokens: of FIXED, and the widest of UNIFORM (default 14); for no other
 * @param maskedShare share of the tokens to mask, 0 to 1, instead of a probability; for CONTIGUOUS and FIXED, whose spans
 *     give the probability 1 − (1 − share)^(1/span)
 * @param replacement default BERT
 */
public record MaskingConfig(
        Strategy strategy, Double probability, Integer span, Double maskedShare, Replacement replacement) {

    /** Names of masking strategies. */
    public enum Strategy {
        /** DNABERT: k neighbours at every step. */
        CONTIGUOUS,
        /** RandomMask with one span per stage: 6, 8, 10, 12, 14. */
        RANDOM_MASK,
        /** RandomMask with a span drawn per sequence from 6, 8 ... up to the stage's boundary. */
        RANDOM_MASK_DRAWN,
        /** RandomMask with a length drawn for each span. */
        RANDOM_MASK_DRAWN_PER_SPAN,
        /** RandomMask's spans from wide to narrow, over the same stage lengths. */
        RANDOM_MASK_REVERSED,
        /** No curriculum: drawn per sequence from 6, 8 ... up to {@code span} at every step. */
        UNIFORM,
        /** One span, given by {@code span}, at every step. */
        FIXED
    }

    private static final int NARROWEST = 6;
    private static final int WIDEST = 14;

    public MaskingConfig {
        strategy = strategy == null ? Strategy.RANDOM_MASK : strategy;
        replacement = replacement == null ? Replacement.BERT : replacement;
        if (strategy == Strategy.UNIFORM && span == null) {
            span = WIDEST;
        }
        boolean takesSpan = strategy == Strategy.FIXED || strategy == Strategy.UNIFORM;
        if (takesSpan != (span != null)) {
            throw new IllegalArgumentException(String.format(
                    Locale.ROOT,
                    "Expected a span with the strategies FIXED and UNIFORM and with no other, got %s with span %s",
                    strategy,
                    span));
        }
        boolean oneSpan = strategy == Strategy.FIXED || strategy == Strategy.CONTIGUOUS;
        if (maskedShare != null && (probability != null || !oneSpan)) {
            throw new IllegalArgumentException(String.format(
                    Locale.ROOT,
                    "Expected a maskedShare with CONTIGUOUS or FIXED and without a probability, got %s with %s and %s",
                    strategy,
                    maskedShare,
                    probability));
        }
        probability = probability == null && maskedShare == null
                ? Double.valueOf(MaskingStrategy.DEFAULT_PROBABILITY)
                : probability;
    }

    /** RandomMask, one span per stage. */
    public static MaskingConfig defaults() {
        return of(Strategy.RANDOM_MASK);
    }

    /** A strategy with everything else by default. */
    public static MaskingConfig of(Strategy strategy) {
        return new MaskingConfig(strategy, null, null, null, null);
    }

    /** The strategy for a vocabulary and a budget. */
    public MaskingStrategy toStrategy(int k, long steps) {
        MaskCurriculum stages = MaskCurriculum.randomMask(steps);
        MaskingStrategy made = switch (strategy) {
            case CONTIGUOUS -> MaskingStrategy.contiguous(k, probability(k));
            case RANDOM_MASK -> MaskingStrategy.of(stages, Width.BOUNDARY, probability);
            case RANDOM_MASK_DRAWN -> MaskingStrategy.of(stages, Width.UP_TO_BOUNDARY, probability);
            case RANDOM_MASK_DRAWN_PER_SPAN -> MaskingStrategy.of(stages, Width.UP_TO_BOUNDARY_PER_SPAN, probability);
            case RANDOM_MASK_REVERSED -> MaskingStrategy.of(stages.reversed(), Width.BOUNDARY, probability);
            case UNIFORM ->
                MaskingStrategy.of(MaskCurriculum.fixed(span), Width.UP_TO_BOUNDARY, probability)
                        .withNarrowest(Math.min(NARROWEST, span));
            case FIXED -> MaskingStrategy.of(MaskCurriculum.fixed(span), Width.BOUNDARY, probability(span));
        };
        return made.with(replacement);
    }

    private double probability(int spanTokens) {
        return maskedShare == null ? probability : MaskingStrategy.probabilityOfShare(maskedShare, spanTokens);
    }
}
