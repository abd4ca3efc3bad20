package io.kmerflow.pretraining.corpus;

import io.kmerflow.pretraining.random.Xoshiro256;
import io.kmerflow.sequence.Nucleotide;
import java.util.List;
import java.util.Locale;

/**
 * Labelled windows, as reads of the labelled genomes would give them: a label by its weight, then a stretch of its source;
 * either strand; sequencing errors. Immutable: what is drawn depends on the generator alone.
 */
public final class GenomeWindows implements LabelledWindows {
    /**
     * Which windows to draw.
     *
     * @param windowBases longest window, that of the model
     * @param minReadBases shortest
     * @param fullShare part of the windows of full length; the others are uniform from minReadBases to windowBases
     * @param noise errors
     */
    public record Settings(int windowBases, int minReadBases, double fullShare, NoiseModel noise) {
        public Settings {
            if (minReadBases < 1 || minReadBases > windowBases || fullShare < 0 || fullShare > 1) {
                throw new IllegalArgumentException(String.format(
                        Locale.ROOT,
                        "Expected 1 <= minReadBases <= windowBases and a fullShare of 0 to 1, got %d, %d, %s",
                        minReadBases,
                        windowBases,
                        fullShare));
            }
        }

        /** Length of a window, in bases. */
        public int drawBases(Xoshiro256 random) {
            return random.nextDouble() >= fullShare
                    ? minReadBases + random.nextInt(windowBases - minReadBases + 1)
                    : windowBases;
        }
    }

    private final List<WindowSource> sources;
    /** Null for equal chance. */
    private final Weights weights;

    private final Settings settings;

    /**
     * Labels with equal chance.
     *
     * @param sources where windows of each label come from, in label order
     */
    public GenomeWindows(List<? extends WindowSource> sources, Settings settings) {
        this(sources, null, settings);
    }

    /**
     * @param sources where windows of each label come from, in label order
     * @param weights chance of each label, above 0; only their ratio counts; null for equal chance
     */
    public GenomeWindows(List<? extends WindowSource> sources, List<Double> weights, Settings settings) {
        this.sources = List.copyOf(sources);
        this.weights = weights == null ? null : new Weights(weights);
        this.settings = settings;
    }

    /** Number of classes. */
    public int labels() {
        return sources.size();
    }

    @Override
    public LabelledSequence draw(Xoshiro256 random) {
        return draw(weights == null ? random.nextInt(labels()) : weights.draw(random), random);
    }

    /** A window of the given label. */
    public LabelledSequence draw(int label, Xoshiro256 random) {
        int bases = settings.drawBases(random);
        while (true) {
            byte[] source = sources.get(label).draw(settings.noise().sourceBases(bases), random);
            if (random.nextInt(2) == 1) {
                source = Nucleotide.reverseComplement(source);
            }
            byte[] read = settings.noise().read(source, bases, random);
            if (read.length == bases) {
                return new LabelledSequence(read, label);
            }
        }
    }

    /** Windows of every label in turn, {@code perLabel} of each, fixed by the seed: a validation set. */
    public List<LabelledSequence> fixed(int perLabel, long seed) {
        LabelledSequence[] windows = new LabelledSequence[perLabel * labels()];
        Xoshiro256 random = Xoshiro256.of(seed);
        for (int i = 0; i < windows.length; i++) {
            windows[i] = draw(i % labels(), random);
        }
        return List.of(windows);
    }
}
