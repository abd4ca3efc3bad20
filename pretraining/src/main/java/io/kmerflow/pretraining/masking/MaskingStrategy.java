package io.kmerflow.pretraining.masking;

import io.kmerflow.pretraining.random.Xoshiro256;

/**
 * How wide masks are at a step. A value: everything random comes from the generator passed in.
 *
 * @param curriculum boundary of each step
 * @param width how a sequence's span follows from the boundary
 * @param centreProbability chance of each token to be the centre of a span; not rescaled when spans widen
 * @param maskShare part of the chosen tokens that become [MASK]
 * @param randomShare part that become a random id; the rest stays as it is
 */
public record MaskingStrategy(
        MaskCurriculum curriculum, Width width, double centreProbability, double maskShare, double randomShare) {

    /** How a sequence's span follows from the stage's boundary. */
    public enum Width {
        /** The boundary itself. */
        BOUNDARY,
        /** Drawn for each sequence from the first stage's span, that plus 2, and so on up to the boundary. */
        UP_TO_BOUNDARY
    }

    /** 2.5 %, as DNABERT and RandomMask. */
    public static final double DEFAULT_PROBABILITY = 0.025;

    public MaskingStrategy {
        if (!(centreProbability > 0 && centreProbability < 1)
                || maskShare < 0
                || randomShare < 0
                || maskShare + randomShare > 1) {
            throw new IllegalArgumentException(
                    "Expected a centre probability between 0 and 1 and shares that sum to at most 1, got %s, %s, %s"
                            .formatted(centreProbability, maskShare, randomShare));
        }
    }

    /** The curriculum with BERT's 80 % [MASK], 10 % random, 10 % unchanged. */
    public static MaskingStrategy of(MaskCurriculum curriculum, Width width, double centreProbability) {
        return new MaskingStrategy(curriculum, width, centreProbability, 0.8, 0.1);
    }

    /** DNABERT: k neighbouring tokens, (k − 1) / 2 on the left of the centre and k / 2 on its right, for any k. */
    public static MaskingStrategy contiguous(int k, double centreProbability) {
        return of(MaskCurriculum.fixed(k), Width.BOUNDARY, centreProbability);
    }

    /** Span of one sequence, in tokens. */
    public int span(long step, Xoshiro256 random) {
        int boundary = curriculum.span(step);
        int first = curriculum.firstSpan();
        if (width == Width.BOUNDARY || boundary <= first) {
            return boundary;
        }
        return first + 2 * random.nextInt((boundary - first) / 2 + 1);
    }
}
