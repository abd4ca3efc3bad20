package io.kmerflow.export.graph;

import java.util.Locale;

/**
 * What was seen to go into a product. Values beyond it are cut off by int8 arithmetic.
 *
 * @param least value, at most 0
 * @param largest value, at least 0 and above the least
 */
public record ActivationRange(float least, float largest) {
    private static final int STEPS = 255;

    public ActivationRange {
        if (!(least <= 0 && largest >= 0 && largest > least && Float.isFinite(largest - least))) {
            throw new IllegalArgumentException(String.format(
                    Locale.ROOT, "Expected a range of finite numbers with 0 in it, got %s to %s", least, largest));
        }
    }

    /** Distance between neighbouring uint8 numbers. */
    float scale() {
        return (largest - least) / STEPS;
    }

    float largestMagnitude() {
        return Math.max(-least, largest);
    }

    /** The number that stands for 0, from 0 to 255: exactly, since a rounded 0 would shift every product. */
    int zeroPoint() {
        return Math.round(-least / scale());
    }

    /** The range of both. */
    ActivationRange with(ActivationRange other) {
        return new ActivationRange(Math.min(least, other.least), Math.max(largest, other.largest));
    }
}
