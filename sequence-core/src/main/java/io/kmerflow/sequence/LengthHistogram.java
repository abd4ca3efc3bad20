package io.kmerflow.sequence;

/** Reads by length in bins of a quarter of an octave, in memory that does not grow with the reads. Used by one thread. */
public final class LengthHistogram {
    private static final int BINS_PER_OCTAVE = 4;
    private static final int BINS = 32 * BINS_PER_OCTAVE;

    private final long[] reads = new long[BINS];
    private final long[] bases = new long[BINS];

    /** Counts a read of that many bases. */
    public void add(int readBases) {
        int bin = (int) Math.floor(BINS_PER_OCTAVE * Math.log(Math.max(1, readBases)) / Math.log(2) + 1e-9);
        reads[bin]++;
        bases[bin] += readBases;
    }

    /** Counts the reads of another histogram too. */
    public void addAll(LengthHistogram other) {
        for (int bin = 0; bin < BINS; bin++) {
            reads[bin] += other.reads[bin];
            bases[bin] += other.bases[bin];
        }
    }

    /** Shortest length of a bin, in bases. */
    public static int lengthOfBin(int bin) {
        return (int) Math.ceil(Math.pow(2, (double) bin / BINS_PER_OCTAVE) - 1e-9);
    }

    /** Reads per bin; see {@link #lengthOfBin}. */
    public long[] reads() {
        return reads.clone();
    }

    /**
     * N50 in bases: reads of this length or longer hold half of all bases. Known up to its bin, of whose reads it is the mean
     * length; 0 without bases.
     */
    public long n50() {
        long all = 0;
        for (long inBin : bases) {
            all += inBin;
        }
        long longer = 0;
        for (int bin = BINS - 1; bin >= 0; bin--) {
            longer += bases[bin];
            if (bases[bin] > 0 && 2 * longer >= all) {
                return Math.round((double) bases[bin] / reads[bin]);
            }
        }
        return 0;
    }
}
