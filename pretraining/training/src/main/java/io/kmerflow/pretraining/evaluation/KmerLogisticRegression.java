package io.kmerflow.pretraining.evaluation;

import io.kmerflow.pretraining.corpus.LabelledSequence;
import io.kmerflow.pretraining.random.Xoshiro256;
import io.kmerflow.sequence.Nucleotide;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;

/**
 * The control every neural model has to beat: softmax regression on counts of k-mers, where a k-mer and its reverse complement count as
 * one unless labels depend on the strand. Plain Java, one thread. Immutable once trained, so safe for several threads.
 */
public final class KmerLogisticRegression {
    /**
     * How to train.
     *
     * @param k bases per k-mer, 1 to 8
     * @param l2 weight of half the squared weights in the loss, per example
     * @param epochs passes over the examples
     * @param learningRate of Adam at the start; linear to 0
     * @param seed of the order
     * @param stranded whether a k-mer and its reverse complement are two features
     */
    public record Settings(int k, double l2, int epochs, double learningRate, long seed, boolean stranded) {
        /** k 5, L2 1e-4, 10 epochs, rate 0.003. */
        public static final Settings DEFAULT = new Settings(5, 1e-4, 10, 0.003, 1);

        /** For labels that do not depend on the strand. */
        public Settings(int k, double l2, int epochs, double learningRate, long seed) {
            this(k, l2, epochs, learningRate, seed, false);
        }

        public Settings {
            if (k < 1 || k > 8 || l2 < 0 || epochs < 1 || !(learningRate > 0)) {
                throw new IllegalArgumentException(String.format(
                        Locale.ROOT,
                        "Expected k 1 to 8, l2 of 0 or more, 1 epoch or more and a rate above 0, got %d, %s, %d, %s",
                        k,
                        l2,
                        epochs,
                        learningRate));
            }
        }
    }

    /** Relative counts of the k-mers that occur; several entries may have the same feature. */
    private record Counts(int[] features, double each) {}

    private static final int BATCH = 32;
    private static final double BETA1 = 0.9;
    private static final double BETA2 = 0.999;
    private static final double EPSILON = 1e-8;

    private final int k;
    private final int classes;
    private final int features;
    private final int[] featureOfCode;
    /** Divides each relative count, so that all features have deviation 1. */
    private final double[] deviation;
    /** Row-major (classes, features + 1); the last column is the bias. */
    private final double[] weights;

    private KmerLogisticRegression(int k, int classes, boolean stranded) {
        this.k = k;
        this.classes = classes;
        this.featureOfCode = stranded ? IntStream.range(0, 1 << 2 * k).toArray() : canonical(k);
        this.features = Arrays.stream(featureOfCode).max().orElseThrow() + 1;
        this.deviation = new double[features];
        this.weights = new double[classes * (features + 1)];
    }

    /** Number of the canonical k-mer of each 2-bit code. */
    private static int[] canonical(int k) {
        int[] feature = new int[1 << 2 * k];
        int count = 0;
        for (int code = 0; code < feature.length; code++) {
            int reversed = 0;
            for (int i = 0; i < k; i++) {
                reversed = reversed << 2 | (code >> 2 * i & 3) ^ 1; // the complement of a digit is digit ^ 1
            }
            feature[code] = reversed < code ? feature[reversed] : count++;
        }
        return feature;
    }

    /**
     * Trains on labelled sequences.
     *
     * @param examples at least one
     * @param classes labels are 0 to this − 1
     */
    public static KmerLogisticRegression train(List<LabelledSequence> examples, int classes, Settings settings) {
        KmerLogisticRegression model = new KmerLogisticRegression(settings.k(), classes, settings.stranded());
        Counts[] counts = new Counts[examples.size()];
        for (int i = 0; i < counts.length; i++) {
            counts[i] = model.count(examples.get(i).bases());
        }
        model.standardise(counts);
        model.fit(counts, examples, settings);
        return model;
    }

    private Counts count(byte[] bases) {
        int[] found = new int[Math.max(0, bases.length - k + 1)];
        int count = 0;
        int code = 0;
        int known = 0;
        int mask = featureOfCode.length - 1;
        for (byte base : bases) {
            int digit = Nucleotide.digit(base);
            known = digit == Nucleotide.UNKNOWN ? 0 : known + 1;
            code = (code << 2 | digit & 3) & mask;
            if (known >= k) {
                found[count++] = featureOfCode[code];
            }
        }
        return new Counts(Arrays.copyOf(found, count), 1.0 / Math.max(1, count));
    }

    private void standardise(Counts[] examples) {
        double[] sum = new double[features];
        double[] squares = new double[features];
        double[] of = new double[features];
        for (Counts example : examples) {
            for (int feature : example.features) {
                of[feature] += example.each;
            }
            for (int feature : example.features) {
                sum[feature] += of[feature];
                squares[feature] += of[feature] * of[feature];
                of[feature] = 0; // counted once
            }
        }
        for (int f = 0; f < features; f++) {
            double mean = sum[f] / examples.length;
            double variance = squares[f] / examples.length - mean * mean;
            deviation[f] = variance > 0 ? Math.sqrt(variance) : 1;
        }
    }

    private void fit(Counts[] counts, List<LabelledSequence> examples, Settings settings) {
        double[] gradient = new double[weights.length];
        double[] mean = new double[weights.length];
        double[] square = new double[weights.length];
        int[] order = new int[counts.length];
        Arrays.setAll(order, i -> i);
        long step = 0;
        long steps = (long) settings.epochs() * ((order.length + BATCH - 1) / BATCH);
        for (int epoch = 0; epoch < settings.epochs(); epoch++) {
            Xoshiro256.of(settings.seed(), epoch, 0).shuffle(order);
            for (int from = 0; from < order.length; from += BATCH) {
                int to = Math.min(from + BATCH, order.length);
                Arrays.fill(gradient, 0);
                for (int i = from; i < to; i++) {
                    addGradient(counts[order[i]], examples.get(order[i]).label(), 1.0 / (to - from), gradient);
                }
                // Linear to 0: at a constant rate the weights of rare k-mers never settle (measured: accuracy 0.80
                // instead of the figure on the bundled model's card, and a loss of over 2 nats).
                double decayed = settings.learningRate() * (1 - (double) step / steps);
                step++;
                double rate = decayed * Math.sqrt(1 - Math.pow(BETA2, step)) / (1 - Math.pow(BETA1, step));
                for (int j = 0; j < weights.length; j++) {
                    boolean bias = j % (features + 1) == features;
                    double g = gradient[j] + (bias ? 0 : settings.l2() * weights[j]);
                    mean[j] = BETA1 * mean[j] + (1 - BETA1) * g;
                    square[j] = BETA2 * square[j] + (1 - BETA2) * g * g;
                    weights[j] -= rate * mean[j] / (Math.sqrt(square[j]) + EPSILON);
                }
            }
        }
    }

    private void addGradient(Counts counts, int label, double share, double[] gradient) {
        double[] probabilities = probabilities(counts);
        for (int c = 0; c < classes; c++) {
            double error = share * (probabilities[c] - (c == label ? 1 : 0));
            int row = c * (features + 1);
            for (int feature : counts.features) {
                gradient[row + feature] += error * counts.each / deviation[feature];
            }
            gradient[row + features] += error;
        }
    }

    private double[] probabilities(Counts counts) {
        float[] logits = new float[classes];
        for (int c = 0; c < classes; c++) {
            int row = c * (features + 1);
            double sum = weights[row + features];
            for (int feature : counts.features) {
                sum += weights[row + feature] * counts.each / deviation[feature];
            }
            logits[c] = (float) sum;
        }
        return ScoredExamples.probabilities(logits, 1);
    }

    /**
     * Probability of each class.
     *
     * @param bases upper-case ASCII A C G T N of any length; k-mers with N do not count
     */
    public double[] probabilities(byte[] bases) {
        return probabilities(count(bases));
    }

    /** The most probable class. */
    public int predict(byte[] bases) {
        double[] probabilities = probabilities(bases);
        int best = 0;
        for (int c = 1; c < classes; c++) {
            if (probabilities[c] > probabilities[best]) {
                best = c;
            }
        }
        return best;
    }

    /** Number of features: 2,080 canonical 6-mers, or 4,096. */
    public int features() {
        return features;
    }
}
