package io.kmerflow.pretraining.masking;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/**
 * Mask stages in the order they are trained. The last one also holds for every step after its end.
 *
 * @param stages at least one, with rising ends
 */
public record MaskCurriculum(List<MaskStage> stages) {
    /** RandomMask's spans, in tokens. */
    private static final int[] SPANS = {6, 8, 10, 12, 14};
    /** RandomMask's cumulative limits for 480,000 steps (arXiv 2310.07644 and its reviews). */
    private static final long[] LIMITS = {30_000, 60_000, 100_000, 150_000, 480_000};

    public MaskCurriculum {
        stages = List.copyOf(stages);
        if (stages.isEmpty()) {
            throw new IllegalArgumentException("Expected at least one mask stage, got none");
        }
        for (int i = 1; i < stages.size(); i++) {
            if (stages.get(i).untilStep() < stages.get(i - 1).untilStep()) {
                throw new IllegalArgumentException("Expected mask stages with rising ends, got " + stages);
            }
        }
    }

    /**
     * RandomMask's five stages 6, 8, 10, 12, 14, their limits scaled to a budget: fractions 0.0625, 0.125, 0.2083, 0.3125
     * and 1 of it.
     */
    public static MaskCurriculum randomMask(long totalSteps) {
        List<MaskStage> stages = new ArrayList<>();
        for (int i = 0; i < SPANS.length; i++) {
            long until = Math.round((double) LIMITS[i] * totalSteps / LIMITS[LIMITS.length - 1]);
            stages.add(new MaskStage(SPANS[i], Math.max(1, until)));
        }
        return new MaskCurriculum(stages);
    }

    /** One span for all steps. */
    public static MaskCurriculum fixed(int span) {
        return new MaskCurriculum(List.of(new MaskStage(span, Long.MAX_VALUE)));
    }

    /** The same stage lengths with the spans in reverse order. */
    public MaskCurriculum reversed() {
        List<Integer> spans =
                new ArrayList<>(stages.stream().map(MaskStage::span).toList());
        Collections.reverse(spans);
        List<MaskStage> reversed = new ArrayList<>();
        for (int i = 0; i < spans.size(); i++) {
            reversed.add(new MaskStage(spans.get(i), stages.get(i).untilStep()));
        }
        return new MaskCurriculum(reversed);
    }

    /** Number of the stage of a step, both from 0. */
    public int stage(long step) {
        int stage = 0;
        while (stage < stages.size() - 1 && step >= stages.get(stage).untilStep()) {
            stage++;
        }
        return stage;
    }

    /** Span of a step, in tokens. */
    public int span(long step) {
        return stages.get(stage(step)).span();
    }

    /** Narrowest span of all stages, in tokens. */
    public int narrowestSpan() {
        return stages.stream().mapToInt(MaskStage::span).min().orElseThrow();
    }

    /** Steps at which another span begins, in order, those below {@code steps}. */
    public List<Long> borders(long steps) {
        List<Long> borders = new ArrayList<>();
        for (int i = 0; i < stages.size() - 1; i++) {
            if (stages.get(i).untilStep() < steps) {
                borders.add(stages.get(i).untilStep());
            }
        }
        return borders;
    }
}
