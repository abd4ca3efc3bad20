package io.kmerflow.files.original;

import io.kmerflow.files.write.CallLog;
import io.kmerflow.schema.AnnotationStatus;
import io.kmerflow.sequence.PhredQualities;
import java.util.Arrays;
import java.util.Map;
import java.util.TreeMap;

/** Distributions for a report, in memory that does not grow with the number of reads. */
public final class ReadStatistics implements OriginalOutput {
    /** Bins of lengths per doubling. */
    public static final int LENGTH_BINS_PER_OCTAVE = 4;
    /** Bins of scores from 0 to 1. */
    public static final int SCORE_BINS = 20;

    private static final int LENGTH_BINS = 32 * LENGTH_BINS_PER_OCTAVE;

    private final long[] lengths = new long[LENGTH_BINS];
    private final long[] qualities = new long[PhredQualities.MAX + 1];
    private final Map<String, long[]> scores = new TreeMap<>();
    private long withQualities;

    @Override
    public void accept(OriginalRecord record, OriginalRecord mate) {
        add(record);
        if (mate != null) {
            add(mate);
        }
    }

    private void add(OriginalRecord record) {
        int bases = record.item().bases().length;
        lengths[lengthBin(bases)]++;
        byte[] phred = record.item().phredQualities();
        if (phred != null && phred.length > 0) {
            qualities[(int) Math.min(PhredQualities.MAX, Math.round(PhredQualities.mean(phred)))]++;
            withQualities++;
        }
        CallLog.Entry call = record.call();
        boolean scored = call != null
                && (call.status() == AnnotationStatus.SCORED || call.status() == AnnotationStatus.UNCALLED);
        if (scored) {
            String label = call.label() == null ? "(uncalled)" : call.label();
            scores.computeIfAbsent(label, key -> new long[SCORE_BINS])[
                    Math.min(SCORE_BINS - 1, (int) (call.score() * SCORE_BINS))]++;
        }
    }

    private static int lengthBin(int bases) {
        return (int) Math.floor(LENGTH_BINS_PER_OCTAVE * Math.log(Math.max(1, bases)) / Math.log(2) + 1e-9);
    }

    /** Shortest length of a bin, in bases. */
    public static int lengthOfBin(int bin) {
        return (int) Math.ceil(Math.pow(2, (double) bin / LENGTH_BINS_PER_OCTAVE) - 1e-9);
    }

    /** Reads per length bin; see {@link #lengthOfBin}. */
    public long[] lengths() {
        return Arrays.copyOf(lengths, lengths.length);
    }

    /** Reads per mean quality, rounded, Phred 0 to 93. */
    public long[] qualities() {
        return Arrays.copyOf(qualities, qualities.length);
    }

    /** Reads with qualities. */
    public long withQualities() {
        return withQualities;
    }

    /** Scored reads per bin of the best label's score, for each label called. */
    public Map<String, long[]> scores() {
        return scores;
    }

    @Override
    public void finish() {}

    @Override
    public void close() {}
}
