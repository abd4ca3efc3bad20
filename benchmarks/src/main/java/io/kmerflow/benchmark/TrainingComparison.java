package io.kmerflow.benchmark;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * Losses of the same steps on two devices. Sums in another order differ in the last bits, and each update carries the
 * difference on and enlarges it, so the bound grows with the steps: the first loss shows a wrong forward pass, the second a
 * wrong gradient or update, the later ones that the training goes the same way.
 *
 * @param steps compared: those that both have
 * @param first difference of the first loss, in nats
 * @param early largest difference of the steps up to 10
 * @param late difference of the mean losses of the last quarter of the steps
 * @param bounds that it was held against
 * @param fall by how much the reference's loss fell from the first to the mean of the last quarter; a loss that stands still
 *     agrees with anything
 */
public record TrainingComparison(int steps, double first, double early, double late, Bounds bounds, double fall) {
    private static final int EARLY_STEPS = 10;

    /**
     * Most that may lie between two losses, in nats. On a CPU, over 100 steps of the encoder whose loss falls from 8.4 to 1.2:
     * sums over 2 threads instead of 1 move no loss by more than 1e-6; initial weights off by up to 2^-11 move the first by 1e-5,
     * those up to 10 by 6e-5, one later by 1e-3 and the mean of the last quarter by 6e-5. A GPU differs in every operation
     * of every step, so the bounds leave a factor of some 100.
     *
     * @param first of the first step
     * @param early of the steps up to 10
     * @param late of the mean of the last quarter
     */
    public record Bounds(double first, double early, double late) {
        /** Full float32 on both sides. */
        public static final Bounds FP32 = new Bounds(1e-4, 1e-3, 1e-2);

        /** Factors of matrix products rounded to 10 bits on one side, in every step: relative 2^-11 each. */
        public static final Bounds TF32 = new Bounds(5e-3, 2e-2, 5e-2);

        /** Those of a device: TF32's if it may use it. */
        public static Bounds of(TrainingCheck.Result result) {
            return result.tf32() ? TF32 : FP32;
        }
    }

    /**
     * Compares.
     *
     * @param reference of the CPU
     * @param other of the GPU
     * @throws IllegalArgumentException if they are not of the same size and batches, or share fewer than two steps
     */
    public static TrainingComparison of(TrainingCheck.Result reference, TrainingCheck.Result other, Bounds bounds) {
        int steps = Math.min(reference.losses().size(), other.losses().size());
        if (!reference.size().equals(other.size())
                || reference.parameters() != other.parameters()
                || reference.tokensPerStep() != other.tokensPerStep()
                || steps < 2) {
            throw new IllegalArgumentException(String.format(
                    Locale.ROOT,
                    "Expected two results of one size with the same batches and 2 steps or more, got %s and %s, %s and %s tokens, %d steps",
                    reference.size(),
                    other.size(),
                    reference.tokensPerStep(),
                    other.tokensPerStep(),
                    steps));
        }
        double early = 0;
        for (int step = 0; step < Math.min(EARLY_STEPS, steps); step++) {
            early = max(
                    early,
                    Math.abs(reference.losses().get(step) - other.losses().get(step)));
        }
        double end = lastQuarter(reference.losses(), steps);
        return new TrainingComparison(
                steps,
                Math.abs(reference.losses().get(0) - other.losses().get(0)),
                early,
                Math.abs(end - lastQuarter(other.losses(), steps)),
                bounds,
                reference.losses().get(0) - end);
    }

    /** NaN is larger than anything: a loss that is none agrees with no other. */
    private static double max(double a, double b) {
        return Double.isNaN(a) || Double.isNaN(b) ? Double.NaN : Math.max(a, b);
    }

    private static double lastQuarter(List<Double> losses, int steps) {
        int from = steps - Math.max(1, steps / 4);
        return losses.subList(from, steps).stream()
                .mapToDouble(Double::doubleValue)
                .average()
                .orElseThrow();
    }

    /** Whether every difference is within its bound. */
    public boolean holds() {
        return first <= bounds.first() && early <= bounds.early() && late <= bounds.late();
    }

    /** The same as a tree for JSON, in order. */
    public Map<String, Object> tree() {
        Map<String, Object> tree = new LinkedHashMap<>();
        tree.put("holds", holds());
        tree.put("steps", steps);
        tree.put("firstDifference", first);
        tree.put("firstBound", bounds.first());
        tree.put("earlyDifference", early);
        tree.put("earlyBound", bounds.early());
        tree.put("lateDifference", late);
        tree.put("lateBound", bounds.late());
        tree.put("referenceFell", fall);
        return tree;
    }
}
