package io.kmerflow.pretraining.corpus;

import io.kmerflow.pretraining.random.Xoshiro256;
import java.util.Arrays;
import java.util.Locale;
import java.util.function.IntPredicate;
import java.util.stream.IntStream;

/** Pieces of reads: a read by its length, then a place in it; a shorter read is given whole. Without N. Immutable. */
public final class ReadPieces implements WindowSource {
    private static final int MAX_TRIES = 10_000;

    private final SnapshotReads reads;
    private final int minBases;
    private final int[] chosen;
    /** Bases of all chosen reads up to and with each. */
    private final long[] cumulative;

    /**
     * @param chosen which reads to draw from
     * @param minBases shortest piece; shorter reads are not drawn
     * @throws CorpusException if no read is that long
     */
    public ReadPieces(SnapshotReads reads, IntPredicate chosen, int minBases) {
        this.reads = reads;
        this.minBases = minBases;
        this.chosen = IntStream.range(0, reads.size())
                .filter(read -> reads.length(read) >= minBases)
                .filter(chosen)
                .toArray();
        if (this.chosen.length == 0) {
            throw new CorpusException(
                    String.format(Locale.ROOT, "Expected reads of at least %d bases in a corpus, got none", minBases));
        }
        cumulative = new long[this.chosen.length];
        long bases = 0;
        for (int i = 0; i < cumulative.length; i++) {
            bases += reads.length(this.chosen[i]);
            cumulative[i] = bases;
        }
    }

    /** Reads to draw from. */
    public int size() {
        return chosen.length;
    }

    /** A piece of that many bases, or fewer where the read or a stretch without N of it is shorter. */
    @Override
    public byte[] draw(int bases, Xoshiro256 random) {
        for (int i = 0; i < MAX_TRIES; i++) {
            byte[] read = reads.bases(chosen[at(random.nextLong(cumulative[cumulative.length - 1]))]);
            int most = Math.min(bases, read.length);
            int start = random.nextInt(read.length - most + 1);
            byte[] piece = withoutUnknown(read, start, start + most);
            if (piece.length >= Math.min(minBases, bases)) {
                return piece;
            }
        }
        throw new CorpusException(String.format(
                Locale.ROOT,
                "Expected stretches of reads without N of at least %d bases, found none in %d draws",
                minBases,
                MAX_TRIES));
    }

    /** The longest stretch without N of a range. */
    private static byte[] withoutUnknown(byte[] bases, int start, int end) {
        int from = start;
        int bestStart = start;
        int bestEnd = start;
        for (int i = start; i <= end; i++) {
            if (i == end || bases[i] == 'N') {
                if (i - from > bestEnd - bestStart) {
                    bestStart = from;
                    bestEnd = i;
                }
                from = i + 1;
            }
        }
        return Arrays.copyOfRange(bases, bestStart, bestEnd);
    }

    private int at(long base) {
        int found = Arrays.binarySearch(cumulative, base + 1);
        return found >= 0 ? found : -found - 1;
    }
}
