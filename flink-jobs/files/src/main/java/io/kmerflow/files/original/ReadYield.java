package io.kmerflow.files.original;

import io.kmerflow.sequence.LengthHistogram;
import java.util.Map;
import java.util.TreeMap;

/** How much was sequenced, of a run, a sample or a barcode, in memory that does not grow with the reads. Used by one thread. */
public final class ReadYield {
    private static final int Q20 = 20;
    private static final int Q30 = 30;

    private final LengthHistogram lengths = new LengthHistogram();
    private final Map<String, Long> readsByLabel = new TreeMap<>();
    private long reads;
    private long bases;
    private long basesWithQuality;
    private long basesOfQ20;
    private long basesOfQ30;

    /**
     * Counts a read.
     *
     * @param readBases its length
     * @param phredQualities numbers, one per base, or null
     * @param label called over the whole read, or null
     */
    void add(int readBases, byte[] phredQualities, String label) {
        lengths.add(readBases);
        reads++;
        bases += readBases;
        if (phredQualities != null) {
            basesWithQuality += phredQualities.length;
            for (byte quality : phredQualities) {
                basesOfQ20 += quality >= Q20 ? 1 : 0;
                basesOfQ30 += quality >= Q30 ? 1 : 0;
            }
        }
        if (label != null) {
            readsByLabel.merge(label, 1L, Long::sum);
        }
    }

    /** Counts what another has counted too. */
    public void addAll(ReadYield other) {
        lengths.addAll(other.lengths);
        other.readsByLabel.forEach((label, called) -> readsByLabel.merge(label, called, Long::sum));
        reads += other.reads;
        bases += other.bases;
        basesWithQuality += other.basesWithQuality;
        basesOfQ20 += other.basesOfQ20;
        basesOfQ30 += other.basesOfQ30;
    }

    /** Reads by length. */
    public LengthHistogram lengths() {
        return lengths;
    }

    /** Reads. */
    public long reads() {
        return reads;
    }

    /** Their bases. */
    public long bases() {
        return bases;
    }

    /** Share of bases of Phred quality 20 or more among those that have one, 0 to 1; not a number without. */
    public double shareOfQ20() {
        return (double) basesOfQ20 / basesWithQuality;
    }

    /** Share of bases of Phred quality 30 or more among those that have one, 0 to 1; not a number without. */
    public double shareOfQ30() {
        return (double) basesOfQ30 / basesWithQuality;
    }

    /** Reads with a call of the whole read, by label. */
    public Map<String, Long> readsByLabel() {
        return readsByLabel;
    }
}
