package io.kmerflow.contract;

import io.kmerflow.contract.ModelContract.Aggregation;
import io.kmerflow.sequence.BaseRange;
import io.kmerflow.sequence.ReadWindower;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.OptionalInt;

/**
 * Gathers the window logits of one read, in any order, and turns them into calls; the same class serves the job, the
 * fit of the threshold and the evaluation. The result does not depend on the order in which windows arrive.
 *
 * <p>{@code READ}: the mean of the windows' log-probabilities, each weighted by the bases no earlier window covers, is
 * divided by the temperature and normalised again; one call over the whole read, or none below the threshold or when a
 * background label is the best. {@code
 * SEGMENTS}: per label that is not background, windows at or over the threshold that overlap or touch are merged; the
 * interval is their union, the score their maximum. {@code MIDDLE_SEGMENTS}: see {@link MiddleSegments}. A window that is mostly [UNK]
 * has no weight.
 *
 * <p>Where the contract has a {@link Certainty} and the caller does not ask for all windows, scoring ends when {@link #decided};
 * the call is then made of the windows put so far, and what it is depends on these alone.
 */
public final class ReadScores {
    private final ModelContract contract;
    private final ReadWindower windower;
    private final int readBases;
    private final int labels;
    private final float[] logProbabilities;
    /** Windows that are put and have weight. */
    private final BitSet weighted;

    private final boolean[] present;
    /** Null if every window is scored. */
    private final Certainty certainty;

    private int missing;

    /**
     * What the model says of the read.
     *
     * @param label index of the best label if it reaches the threshold and is no background, else empty
     * @param probabilities per label, 0 to 1, after temperature, summing to 1; empty array if no window had weight
     * @param segments called stretches by start, then label
     */
    public record Outcome(OptionalInt label, float[] probabilities, List<Segment> segments) {
        /** Whether no window had weight: the read is mostly N. */
        public boolean ambiguous() {
            return probabilities.length == 0;
        }

        /** Highest probability of any label; 0 if ambiguous. */
        public float score() {
            float best = 0;
            for (float probability : probabilities) {
                best = Math.max(best, probability);
            }
            return best;
        }
    }

    /** A called stretch of the read, its label's index and its score, 0 to 1. */
    public record Segment(int label, BaseRange range, float score) {}

    /**
     * Scores of all windows of a read.
     *
     * @param contract the model's
     * @param readBases length of the read, at least 1
     */
    public ReadScores(ModelContract contract, int readBases) {
        this(contract, readBases, true);
    }

    /**
     * @param contract the model's
     * @param readBases length of the read, at least 1
     * @param scoreAll whether every window is scored, whatever the contract's certainty says
     */
    public ReadScores(ModelContract contract, int readBases, boolean scoreAll) {
        this.contract = contract;
        this.certainty = scoreAll ? null : contract.certainty();
        this.windower = contract.windower();
        this.readBases = readBases;
        this.labels = contract.labels().size();
        int windows = windower.windowCount(readBases);
        this.logProbabilities = new float[windows * labels];
        this.weighted = new BitSet(windows);
        this.present = new boolean[windows];
        this.missing = windows;
    }

    /** Windows the read has. */
    public int windows() {
        return present.length;
    }

    /** Windows put so far. */
    public int scoredWindows() {
        return present.length - missing;
    }

    /** Whether every window may have to be scored, in the order of their indices; else a few a round, see {@link Certainty}. */
    public boolean scoresAll() {
        return certainty == null;
    }

    /** Whether every window has been put. */
    public boolean complete() {
        return missing == 0;
    }

    /**
     * Whether no further window is needed: all are put, or as many as the contract's certainty allows, or those put tell by
     * the certainty what all would say. To be asked at the end of a round, when every window of it has been put.
     */
    public boolean decided() {
        if (complete() || certainty == null) {
            return complete();
        }
        if (scoredWindows() >= certainty.maxWindows()) {
            return true;
        }
        double[] mean = meanLogProbabilities();
        return mean.length > 0
                && new EarlyEnd(labels, logProbabilities, weighted, windows(), mean).certain(contract, certainty);
    }

    /** Adds the log-probabilities of the windows that have weight, times their new bases; the bases added up. */
    private long addUp(double[] sums) {
        long weight = 0;
        for (int window = weighted.nextSetBit(0); window >= 0; window = weighted.nextSetBit(window + 1)) {
            int bases = windower.newBases(window, readBases);
            weight += bases;
            for (int label = 0; label < labels; label++) {
                sums[label] += (double) bases * logProbabilities[window * labels + label];
            }
        }
        return weight;
    }

    /**
     * Takes one window's logits.
     *
     * @param window index of the window
     * @param logits finite, labels from {@code offset}
     * @param hasWeight false if the window is mostly [UNK]
     */
    public void put(int window, float[] logits, int offset, boolean hasWeight) {
        if (present[window]) {
            throw new IllegalStateException(
                    String.format(Locale.ROOT, "Expected window %d once, got it twice", window));
        }
        present[window] = true;
        missing--;
        weighted.set(window, hasWeight);
        double max = Double.NEGATIVE_INFINITY;
        for (int label = 0; label < labels; label++) {
            max = Math.max(max, logits[offset + label]);
        }
        double sum = 0;
        for (int label = 0; label < labels; label++) {
            sum += Math.exp(logits[offset + label] - max);
        }
        double logSum = max + Math.log(sum);
        for (int label = 0; label < labels; label++) {
            logProbabilities[window * labels + label] = (float) (logits[offset + label] - logSum);
        }
    }

    /** Probabilities of every window before aggregation, row-major (windows, labels), without temperature. */
    public float[] windowProbabilities() {
        float[] probabilities = new float[logProbabilities.length];
        for (int i = 0; i < probabilities.length; i++) {
            probabilities[i] = (float) Math.exp(logProbabilities[i]);
        }
        return probabilities;
    }

    /** Weighted mean log-probability per label, before temperature; empty if no window has weight. */
    public double[] meanLogProbabilities() {
        double[] mean = new double[labels];
        long weight = addUp(mean);
        if (weight == 0) {
            return new double[0];
        }
        for (int label = 0; label < labels; label++) {
            mean[label] /= weight;
        }
        return mean;
    }

    /**
     * Softmax of log-probabilities divided by a temperature.
     *
     * @return float probabilities summing to 1; empty for an empty array
     */
    public static float[] probabilities(double[] logProbabilities, double temperature) {
        double max = Double.NEGATIVE_INFINITY;
        for (double value : logProbabilities) {
            max = Math.max(max, value);
        }
        double[] exponentials = new double[logProbabilities.length];
        double sum = 0;
        for (int label = 0; label < exponentials.length; label++) {
            exponentials[label] = Math.exp((logProbabilities[label] - max) / temperature);
            sum += exponentials[label];
        }
        float[] probabilities = new float[exponentials.length];
        for (int label = 0; label < exponentials.length; label++) {
            probabilities[label] = (float) (exponentials[label] / sum);
        }
        return probabilities;
    }

    /**
     * The calls.
     *
     * @throws IllegalStateException if a window is still needed
     */
    public Outcome outcome() {
        if (!decided()) {
            throw new IllegalStateException(
                    String.format(Locale.ROOT, "Expected every window, %d of %d are missing", missing, present.length));
        }
        double temperature = complete() ? contract.temperature() : certainty.temperature();
        float[] probabilities = probabilities(meanLogProbabilities(), temperature);
        if (probabilities.length == 0) {
            return new Outcome(OptionalInt.empty(), probabilities, List.of());
        }
        return contract.aggregation() == Aggregation.READ ? readOutcome(probabilities) : segmentOutcome(probabilities);
    }

    private Outcome readOutcome(float[] probabilities) {
        int best = argMax(probabilities);
        if (contract.labels().get(best).background() || probabilities[best] < contract.threshold(best, windows())) {
            return new Outcome(OptionalInt.empty(), probabilities, List.of());
        }
        Segment whole = new Segment(best, new BaseRange(0, readBases), probabilities[best]);
        return new Outcome(OptionalInt.of(best), probabilities, List.of(whole));
    }

    private Outcome segmentOutcome(float[] probabilities) {
        List<Segment> segments = contract.aggregation() == Aggregation.SEGMENTS ? mergedWindows() : middleSegments();
        OptionalInt strongest = segments.stream()
                .max(Comparator.comparing(Segment::score))
                .map(segment -> OptionalInt.of(segment.label()))
                .orElse(OptionalInt.empty());
        return new Outcome(strongest, probabilities, List.copyOf(segments));
    }

    private List<Segment> middleSegments() {
        float[][] windows = new float[present.length][];
        for (int window = 0; window < windows.length; window++) {
            windows[window] = weighted.get(window) ? scaled(window) : null;
        }
        return new MiddleSegments(contract).of(windows, readBases);
    }

    private List<Segment> mergedWindows() {
        List<Segment> segments = new ArrayList<>();
        for (int label = 0; label < labels; label++) {
            if (!contract.labels().get(label).background()) {
                addSegments(label, segments);
            }
        }
        segments.sort(
                Comparator.comparingInt((Segment segment) -> segment.range().start())
                        .thenComparingInt(Segment::label));
        return segments;
    }

    /** Probabilities of a window under the temperature. */
    private float[] scaled(int window) {
        double[] own = new double[labels];
        for (int label = 0; label < labels; label++) {
            own[label] = logProbabilities[window * labels + label];
        }
        return probabilities(own, contract.temperature());
    }

    private void addSegments(int label, List<Segment> segments) {
        Segment open = null;
        for (int window = 0; window < present.length; window++) {
            if (!weighted.get(window)) {
                continue;
            }
            float score = scaled(window)[label];
            if (score < contract.threshold()) {
                continue;
            }
            BaseRange range = windower.window(window, readBases);
            if (open != null && range.start() <= open.range().end()) {
                open = new Segment(
                        label, new BaseRange(open.range().start(), range.end()), Math.max(open.score(), score));
            } else {
                if (open != null) {
                    segments.add(open);
                }
                open = new Segment(label, range, score);
            }
        }
        if (open != null) {
            segments.add(open);
        }
    }

    /** Index of the highest value, the first of equal ones. */
    public static int argMax(float[] values) {
        int best = 0;
        for (int i = 1; i < values.length; i++) {
            if (values[i] > values[best]) {
                best = i;
            }
        }
        return best;
    }
}
