package io.kmerflow.pretraining.corpus;

import io.kmerflow.pretraining.random.Xoshiro256;
import io.kmerflow.sequence.Nucleotide;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/**
 * Unlabelled pieces of genomes and reads for pretraining: a source by its weight, then every place in it with equal chance.
 * Immutable.
 */
public final class GenomePieces {
    /**
     * Which pieces to draw.
     *
     * @param pieceBases longest piece
     * @param minPieceBases shortest piece
     * @param fullShare part of the pieces of full length; the others are uniform from minPieceBases to pieceBases
     * @param reverseComplement whether half of the pieces come from the other strand
     */
    public record Settings(int pieceBases, int minPieceBases, double fullShare, boolean reverseComplement) {
        public Settings {
            if (minPieceBases < 1 || minPieceBases > pieceBases || fullShare < 0 || fullShare > 1) {
                throw new IllegalArgumentException(String.format(
                        Locale.ROOT,
                        "Expected 1 <= minPieceBases <= pieceBases and a fullShare of 0 to 1, got %d, %d, %s",
                        minPieceBases,
                        pieceBases,
                        fullShare));
            }
        }
    }

    private final List<WindowSource> sources;
    private final Weights weights;
    private final Settings settings;

    /**
     * @param sources of pieces, for example the regions of each genome
     * @param weights of each source, above 0; only their ratio counts
     */
    public GenomePieces(List<? extends WindowSource> sources, double[] weights, Settings settings) {
        this.sources = List.copyOf(sources);
        this.weights = new Weights(Arrays.stream(weights).boxed().toList());
        this.settings = settings;
    }

    /** One piece without N, a new array. */
    public byte[] draw(Xoshiro256 random) {
        int source = weights.draw(random);
        int bases = settings.pieceBases();
        if (random.nextDouble() >= settings.fullShare()) {
            bases = settings.minPieceBases() + random.nextInt(settings.pieceBases() - settings.minPieceBases() + 1);
        }
        byte[] piece = sources.get(source).draw(bases, random);
        return settings.reverseComplement() && random.nextInt(2) == 1 ? Nucleotide.reverseComplement(piece) : piece;
    }
}
