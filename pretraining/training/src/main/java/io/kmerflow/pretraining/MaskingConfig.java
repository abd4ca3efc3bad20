package io.kmerflow.pretraining;

import io.kmerflow.pretraining.masking.MaskCurriculum;
import io.kmerflow.pretraining.masking.MaskingStrategy;
import io.kmerflow.pretraining.masking.MaskingStrategy.Width;
import io.kmerflow.pretraining.masking.Replacement;
import io.kmerflow.pretraining.settings.Setting;
import java.util.Locale;
import java.util.OptionalDouble;
import java.util.OptionalInt;

/**
 * Which tokens are hidden. Limits of stages are fractions 0.0625, 0.125, 0.2083 and 0.3125 of the step budget.
 */
public record MaskingConfig(
        @Setting(
                value =
                        "`CONTIGUOUS` (DNABERT: k neighbours), `RANDOM_MASK` (one span per stage: 6, 8, 10, 12, 14 tokens),"
                                + " `RANDOM_MASK_DRAWN` (drawn per sequence up to the stage's), `RANDOM_MASK_DRAWN_PER_SPAN`,"
                                + " `RANDOM_MASK_REVERSED` (wide to narrow), `UNIFORM` (drawn up to span at every step),"
                                + " `FIXED` (span at every step).",
                byDefault = "RANDOM_MASK")
        Strategy strategy,

        @Setting("Probability of a token to be a centre; 0.025, unless maskedShare is given.")
        OptionalDouble probability,

        @Setting("In tokens: of `FIXED`, and the widest of `UNIFORM`, there 14 without it; for no other strategy.")
        OptionalInt span,

        @Setting(
                "Share of the tokens to mask, 0 to 1, instead of a probability; for `CONTIGUOUS` and `FIXED`, whose spans"
                        + " give the probability 1 − (1 − share)^(1/span).")
        OptionalDouble maskedShare,

        @Setting(
                value =
                        "What hidden tokens become: `BERT` (8 in 10 [MASK], 1 another token, 1 the same, for each token),"
                                + " `PER_SPAN` (the same for whole spans), `MASK_ONLY`.",
                byDefault = "BERT")
        Replacement replacement) {

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
        if (strategy == Strategy.UNIFORM && span.isEmpty()) {
            span = OptionalInt.of(WIDEST);
        }
        boolean takesSpan = strategy == Strategy.FIXED || strategy == Strategy.UNIFORM;
        if (takesSpan != span.isPresent()) {
            throw new IllegalArgumentException(String.format(
                    Locale.ROOT,
                    "Expected a span with the strategies FIXED and UNIFORM and with no other, got %s with %s",
                    strategy,
                    text(span.isPresent(), "span " + span.orElse(0))));
        }
        boolean oneSpan = strategy == Strategy.FIXED || strategy == Strategy.CONTIGUOUS;
        if (maskedShare.isPresent() && (probability.isPresent() || !oneSpan)) {
            throw new IllegalArgumentException(String.format(
                    Locale.ROOT,
                    "Expected a maskedShare with CONTIGUOUS or FIXED and without a probability, got %s with maskedShare %s and %s",
                    strategy,
                    maskedShare.getAsDouble(),
                    text(probability.isPresent(), "probability " + probability.orElse(0))));
        }
        if (probability.isEmpty() && maskedShare.isEmpty()) {
            probability = OptionalDouble.of(MaskingStrategy.DEFAULT_PROBABILITY);
        }
    }

    private static String text(boolean given, String what) {
        return given ? what : "no " + what.substring(0, what.indexOf(' '));
    }

    /** The strategy for a vocabulary and a budget. */
    public MaskingStrategy toStrategy(int k, long steps) {
        MaskCurriculum stages = MaskCurriculum.randomMask(steps);
        double centres = probability.orElse(Double.NaN); // those that need it have it
        int widest = span.orElse(0);
        MaskingStrategy made = switch (strategy) {
            case CONTIGUOUS -> MaskingStrategy.contiguous(k, probability(k));
            case RANDOM_MASK -> MaskingStrategy.of(stages, Width.BOUNDARY, centres);
            case RANDOM_MASK_DRAWN -> MaskingStrategy.of(stages, Width.UP_TO_BOUNDARY, centres);
            case RANDOM_MASK_DRAWN_PER_SPAN -> MaskingStrategy.of(stages, Width.UP_TO_BOUNDARY_PER_SPAN, centres);
            case RANDOM_MASK_REVERSED -> MaskingStrategy.of(stages.reversed(), Width.BOUNDARY, centres);
            case UNIFORM ->
                MaskingStrategy.of(MaskCurriculum.fixed(widest), Width.UP_TO_BOUNDARY, centres)
                        .withNarrowest(Math.min(NARROWEST, widest));
            case FIXED -> MaskingStrategy.of(MaskCurriculum.fixed(widest), Width.BOUNDARY, probability(widest));
        };
        return made.with(replacement);
    }

    private double probability(int spanTokens) {
        return maskedShare.isPresent()
                ? MaskingStrategy.probabilityOfShare(maskedShare.getAsDouble(), spanTokens)
                : probability.orElseThrow();
    }
}
