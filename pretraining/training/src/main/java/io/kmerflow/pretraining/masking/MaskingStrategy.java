package io.kmerflow.pretraining.masking;

import io.kmerflow.pretraining.random.Xoshiro256;
import java.util.Locale;

/**
 * How wide masks are at a step. A value: everything random comes from the generator passed in.
 *
 * @param curriculum boundary of each step
 * @param width how a span's length follows from the boundary
 * @param narrowest shortest span of a draw, in tokens
 * @param centreProbability chance of each token to be the centre of a span; not rescaled when spans widen
 * @param replacement what becomes of the chosen tokens
 */
public record MaskingStrategy(
        MaskCurriculum curriculum, Width width, int narrowest, double centreProbability, Replacement replacement) {

    /** How a span's length follows from the stage's boundary. */
    public enum Width {
        /** The boundary itself. */
        BOUNDARY,
        /** Drawn for each sequence from the narrowest span, that plus 2, and so on up to the boundary. */
        UP_TO_BOUNDARY,
        /** The same, drawn for each span. */
        UP_TO_BOUNDARY_PER_SPAN
    }

    /** 2.5 %, as DNABERT and RandomMask. */
    public static final double DEFAULT_PROBABILITY = 0.025;

    public MaskingStrategy {
        if (!(centreProbability > 0 && centreProbability < 1) || narrowest < 1) {
            throw new IllegalArgumentException(String.format(
                    Locale.ROOT,
                    "Expected a centre probability between 0 and 1 and spans of 1 token or more, got %s and %d",
                    centreProbability,
                    narrowest));
        }
    }

    /** The curriculum with BERT's replacement, drawing from its narrowest span on. */
    public static MaskingStrategy of(MaskCurriculum curriculum, Width width, double centreProbability) {
        return new MaskingStrategy(curriculum, width, curriculum.narrowestSpan(), centreProbability, Replacement.BERT);
    }

    /** DNABERT: k neighbouring tokens, (k − 1) / 2 on the left of the centre and k / 2 on its right, for any k. */
    public static MaskingStrategy contiguous(int k, double centreProbability) {
        return of(MaskCurriculum.fixed(k), Width.BOUNDARY, centreProbability);
    }

    /**
     * Centre probability that masks a share of a long sequence with a fixed span: 1 − (1 − share)^(1/span), as spans unite.
     * A share of 0.3 with a span of 6 gives 0.0577, with a span of 14 0.0252.
     */
    public static double probabilityOfShare(double share, int span) {
        if (!(share > 0 && share < 1)) {
            throw new IllegalArgumentException("Expected a masked share between 0 and 1, got " + share);
        }
        return 1 - Math.pow(1 - share, 1.0 / span);
    }

    /** The same with another replacement. */
    public MaskingStrategy with(Replacement other) {
        return new MaskingStrategy(curriculum, width, narrowest, centreProbability, other);
    }

    /** The same with draws from another span on. */
    public MaskingStrategy withNarrowest(int span) {
        return new MaskingStrategy(curriculum, width, span, centreProbability, replacement);
    }

    /** Span that a sequence starts with, in tokens. */
    public int span(long step, Xoshiro256 random) {
        int boundary = curriculum.span(step);
        return width == Width.BOUNDARY ? boundary : draw(boundary, random);
    }

    /** Span at a centre, in tokens: that of the sequence unless each span has its own draw. */
    int spanAtCentre(long step, int ofSequence, Xoshiro256 random) {
        return width == Width.UP_TO_BOUNDARY_PER_SPAN ? draw(curriculum.span(step), random) : ofSequence;
    }

    private int draw(int boundary, Xoshiro256 random) {
        return boundary <= narrowest ? boundary : narrowest + 2 * random.nextInt((boundary - narrowest) / 2 + 1);
    }
}
