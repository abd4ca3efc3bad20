package io.kmerflow.cli.live;

import io.kmerflow.schema.ReadAnnotation;
import io.kmerflow.sequence.LengthHistogram;
import io.kmerflow.sequence.PhredQualities;

/** What is counted of reads, of all or of one sample. */
final class ReadTally {
    private final LengthHistogram lengths = new LengthHistogram();
    private final long[] qualities = new long[PhredQualities.MAX + 1];
    private final Counts rows = new Counts();
    private long reads;
    private long bases;
    private long withQuality;

    void add(int row, ReadAnnotation annotation) {
        reads++;
        bases += annotation.getReadLength();
        lengths.add(annotation.getReadLength());
        rows.add(row, 1);
        Float quality = annotation.getMeanQuality();
        if (quality != null) {
            qualities[Math.min(PhredQualities.MAX, Math.max(0, Math.round(quality)))]++;
            withQuality++;
        }
    }

    long reads() {
        return reads;
    }

    long bases() {
        return bases;
    }

    LengthHistogram lengths() {
        return lengths;
    }

    /** Reads per mean quality, rounded. */
    long[] qualities() {
        return qualities.clone();
    }

    /** The read in the middle by its mean quality, rounded, or null if no read has qualities. */
    Integer medianQuality() {
        long below = 0;
        for (int quality = 0; quality < qualities.length; quality++) {
            below += qualities[quality];
            if (2 * below >= withQuality && withQuality > 0) {
                return quality;
            }
        }
        return null;
    }

    /** Reads of a row of the table of calls. */
    long reads(int row) {
        return rows.get(row);
    }
}
