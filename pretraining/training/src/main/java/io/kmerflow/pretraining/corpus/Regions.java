package io.kmerflow.pretraining.corpus;

import io.kmerflow.pretraining.random.Xoshiro256;
import io.kmerflow.sequence.BaseRange;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** N-free stretches of genomes, to draw pieces from with equal chance for every start. Immutable. */
public final class Regions implements WindowSource {
    private static final int SCAN_BASES = 1 << 20;
    private static final int MAX_TRIES = 10_000;
    /** Where less will do, for the longest piece: enough if one place in twenty has room for it. */
    private static final int TRIES_AT_FULL_LENGTH = 100;

    private record Stretch(Genome genome, int contig, int start, int end) {}

    private final List<Stretch> stretches;
    /** Bases of all stretches up to and with each. */
    private final long[] cumulative;

    private Regions(List<Stretch> stretches) {
        this.stretches = List.copyOf(stretches);
        this.cumulative = new long[stretches.size()];
        long total = 0;
        for (int i = 0; i < cumulative.length; i++) {
            total += stretches.get(i).end - stretches.get(i).start;
            cumulative[i] = total;
        }
    }

    /** What the held-out list leaves for training, runs of N cut out. */
    public static Regions training(List<? extends Genome> genomes, HeldOut heldOut, int minBases) {
        return of(genomes, heldOut, minBases, true);
    }

    /** The held-out stretches, runs of N cut out. */
    public static Regions validation(List<? extends Genome> genomes, HeldOut heldOut, int minBases) {
        return of(genomes, heldOut, minBases, false);
    }

    private static Regions of(List<? extends Genome> genomes, HeldOut heldOut, int minBases, boolean training) {
        List<Stretch> stretches = new ArrayList<>();
        for (Genome genome : genomes) {
            for (int c = 0; c < genome.contigs().size(); c++) {
                Genome.Contig contig = genome.contigs().get(c);
                List<BaseRange> ranges = training
                        ? heldOut.training(genome.name(), contig)
                        : heldOut.validation(genome.name(), contig.name());
                for (BaseRange range : ranges) {
                    addWithoutN(genome, c, range, minBases, stretches);
                }
            }
        }
        Regions regions = new Regions(stretches);
        if (stretches.isEmpty()) {
            throw new CorpusException(String.format(
                    Locale.ROOT,
                    "Expected stretches of at least %d bases without N for %s, got none in %s",
                    minBases,
                    training ? "training" : "validation",
                    genomes.stream().map(Genome::name).toList()));
        }
        return regions;
    }

    private static void addWithoutN(Genome genome, int contig, BaseRange range, int minBases, List<Stretch> out) {
        int from = range.start();
        for (int chunk = range.start(); chunk < range.end(); chunk += SCAN_BASES) {
            byte[] bases = genome.bases(contig, chunk, Math.min(chunk + SCAN_BASES, range.end()));
            for (int i = 0; i < bases.length; i++) {
                if (bases[i] == 'N') {
                    if (chunk + i - from >= minBases) {
                        out.add(new Stretch(genome, contig, from, chunk + i));
                    }
                    from = chunk + i + 1;
                }
            }
        }
        if (range.end() - from >= minBases) {
            out.add(new Stretch(genome, contig, from, range.end()));
        }
    }

    /** Bases of all stretches. */
    public long bases() {
        return cumulative[cumulative.length - 1];
    }

    /**
     * Draws a piece, every start with the same chance.
     *
     * @param bases length of the piece, in bases
     * @throws CorpusException if hardly any stretch is that long
     */
    @Override
    public byte[] draw(int bases, Xoshiro256 random) {
        return drawPiece(bases, random).bases();
    }

    @Override
    public byte[] draw(int least, int most, Xoshiro256 random) {
        return drawPiece(least, most, random).bases();
    }

    /**
     * A piece and its place.
     *
     * @param contig name of the contig
     * @param range place on the contig
     * @param bases of the range, forward strand
     */
    public record Piece(String contig, BaseRange range, byte[] bases) {}

    /** As {@link #draw}, with the piece's place. */
    public Piece drawPiece(int bases, Xoshiro256 random) {
        return drawPiece(bases, bases, random);
    }

    private Piece drawPiece(int least, int most, Xoshiro256 random) {
        for (int i = 0; i < MAX_TRIES; i++) {
            long at = random.nextLong(bases());
            int index = indexOf(at);
            Stretch stretch = stretches.get(index);
            long start = stretch.end - (cumulative[index] - at);
            long bases = Math.min(most, stretch.end - start);
            if (bases >= (i < TRIES_AT_FULL_LENGTH ? most : least)) {
                BaseRange range = new BaseRange((int) start, (int) (start + bases));
                return new Piece(
                        stretch.genome.contigs().get(stretch.contig).name(),
                        range,
                        stretch.genome.bases(stretch.contig, range.start(), range.end()));
            }
        }
        throw new CorpusException(String.format(
                Locale.ROOT,
                "Expected stretches without N of at least %d bases, found none in %d draws",
                least,
                MAX_TRIES));
    }

    private int indexOf(long at) {
        int low = 0;
        int high = cumulative.length - 1;
        while (low < high) {
            int middle = low + high >>> 1;
            if (cumulative[middle] > at) {
                high = middle;
            } else {
                low = middle + 1;
            }
        }
        return low;
    }
}
