package io.kmerflow.pretraining.annotation;

import io.kmerflow.pretraining.corpus.CorpusException;
import io.kmerflow.pretraining.corpus.GenomeWindows;
import io.kmerflow.pretraining.corpus.LabelledSequence;
import io.kmerflow.pretraining.corpus.LabelledWindows;
import io.kmerflow.pretraining.corpus.Weights;
import io.kmerflow.pretraining.random.Xoshiro256;
import io.kmerflow.sequence.Nucleotide;
import io.kmerflow.sequence.Strand;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/**
 * Windows of annotated genomes, labelled by their middle base: of n bases that with index n / 2. The label is what the annotation
 * says of that base before errors; insertions and deletions do not move it. One base and not a majority, so that the label of
 * a window means the same near the end of a gene as within it, and labels of neighbouring windows tell where the end lies.
 *
 * <p>A window is drawn for its label: a file by its weight, a base of it in that state, either strand; a window that is turned to
 * the other strand changes forward to reverse, so that genomes with all genes on one strand teach both. Bases that are
 * {@link CodingMap.State#UNCLEAR} are in no middle, and no window has an N other than those of the noise. Immutable.
 */
public final class AnnotatedWindows implements LabelledWindows {
    /** Label of windows whose middle codes on the strand that the window is read from. */
    public static final int FORWARD = 0;

    /** Label of windows whose middle codes on the other strand. */
    public static final int REVERSE = 1;

    /** Label of all others. */
    public static final int NON_CODING = 2;

    private static final int LABELS = 3;
    private static final int MAX_TRIES = 10_000;

    private final List<Source> sources;
    private final Weights sourceWeights;
    private final Weights labelWeights;
    private final GenomeWindows.Settings settings;
    private final double boundaryShare;

    private record Source(List<AnnotatedSequence> sequences, CodingRuns coding, CodingRuns nonCoding) {
        private static Source of(List<AnnotatedSequence> sequences) {
            List<CodingMap> maps = sequences.stream().map(CodingMap::of).toList();
            return new Source(sequences, new CodingRuns(maps, true), new CodingRuns(maps, false));
        }

        private long bases() {
            return coding.bases() + nonCoding.bases();
        }
    }

    /**
     * @param files sequences of each file; every file needs coding and non-coding bases
     * @param fileWeights chance of each file, above 0; null for that of its bases
     * @param labelWeights chance of forward, reverse and non-coding windows, above 0
     * @param settings lengths and errors
     * @param boundaryShare part of the windows, 0 to 1, whose middle is within half a window of a place where the state
     *     changes, whatever the length of the gene or gap; the others' lie anywhere
     */
    public AnnotatedWindows(
            List<List<AnnotatedSequence>> files,
            List<Double> fileWeights,
            List<Double> labelWeights,
            GenomeWindows.Settings settings,
            double boundaryShare) {
        if (labelWeights.size() != LABELS || !(boundaryShare >= 0 && boundaryShare <= 1)) {
            throw new IllegalArgumentException(String.format(
                    Locale.ROOT,
                    "Expected weights of %d labels and a boundaryShare of 0 to 1, got %s and %s",
                    LABELS,
                    labelWeights,
                    boundaryShare));
        }
        this.sources = files.stream().map(Source::of).toList();
        for (Source source : sources) {
            if (source.coding().bases() == 0 || source.nonCoding().bases() == 0) {
                throw new CorpusException(String.format(
                        Locale.ROOT,
                        "Expected coding and non-coding bases in each annotated file, got %,d and %,d in the one that begins with %s",
                        source.coding().bases(),
                        source.nonCoding().bases(),
                        source.sequences().get(0).name()));
            }
        }
        List<Double> weights = new ArrayList<>();
        sources.forEach(source -> weights.add((double) source.bases()));
        this.sourceWeights = new Weights(fileWeights == null ? weights : fileWeights);
        this.labelWeights = new Weights(labelWeights);
        this.settings = settings;
        this.boundaryShare = boundaryShare;
    }

    /** Strand of the window that genes of a label lie on; null for {@link #NON_CODING}. */
    public static Strand strand(int label) {
        return switch (label) {
            case FORWARD -> Strand.FORWARD;
            case REVERSE -> Strand.REVERSE;
            default -> null;
        };
    }

    @Override
    public LabelledSequence draw(Xoshiro256 random) {
        int label = labelWeights.draw(random);
        return draw(sources.get(sourceWeights.draw(random)), label, boundaryShare, random);
    }

    /**
     * Windows whose middles lie anywhere with the same chance in each file, so that labels are as frequent as in the genomes: a
     * validation set, fixed by the seed.
     */
    public List<LabelledSequence> fixed(int count, long seed) {
        Xoshiro256 random = Xoshiro256.of(seed);
        List<LabelledSequence> windows = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            Source source = sources.get(sourceWeights.draw(random));
            boolean codes = random.nextLong(source.bases()) < source.coding().bases();
            windows.add(draw(source, codes ? random.nextInt(2) : NON_CODING, 0, random));
        }
        return windows;
    }

    private LabelledSequence draw(Source source, int label, double nearEnds, Xoshiro256 random) {
        int bases = settings.drawBases(random);
        int before = bases / 2;
        int flank = settings.noise().sourceBases(bases - before);
        for (int i = 0; i < MAX_TRIES; i++) {
            CodingRuns runs = label == NON_CODING ? source.nonCoding() : source.coding();
            CodingRuns.Place place =
                    random.nextDouble() < nearEnds ? runs.drawNearEnd(bases - before, random) : runs.draw(random);
            byte[] read = read(source, label, place, before, bases - before, flank, random);
            if (read != null) {
                return new LabelledSequence(read, label);
            }
        }
        throw new CorpusException(String.format(
                Locale.ROOT,
                "Expected stretches of %d bases without N in each annotated file, found none in %d draws from the one that begins"
                        + " with %s",
                2 * flank + 1,
                MAX_TRIES,
                source.sequences().get(0).name()));
    }

    /** The window around a place, or null if there is no room for one. */
    private byte[] read(
            Source source, int label, CodingRuns.Place place, int before, int after, int flank, Xoshiro256 random) {
        byte[] all = source.sequences().get(place.sequence()).bases();
        int start = place.base() - flank;
        int end = place.base() + flank + 1; // the place in the middle, so that it stays there when turned
        if (start < 0 || end > all.length) {
            return null;
        }
        byte[] stretch = Arrays.copyOfRange(all, start, end);
        for (byte base : stretch) {
            if (base == 'N') {
                return null;
            }
        }
        boolean turned = label == NON_CODING
                ? random.nextInt(2) == 1
                : (label == FORWARD) != (place.state() == CodingMap.State.FORWARD);
        byte[] read = settings.noise()
                .readAround(turned ? Nucleotide.reverseComplement(stretch) : stretch, flank, before, after, random);
        return read.length == before + after ? read : null;
    }
}
