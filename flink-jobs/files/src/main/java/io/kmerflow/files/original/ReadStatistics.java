package io.kmerflow.files.original;

import io.kmerflow.files.write.CallLog;
import io.kmerflow.schema.AnnotationStatus;
import io.kmerflow.sequence.LengthHistogram;
import io.kmerflow.sequence.PhredQualities;
import java.util.Arrays;
import java.util.Map;
import java.util.TreeMap;

/** Distributions for a report, in memory that does not grow with the number of reads. */
public final class ReadStatistics implements OriginalOutput {
    /** Bins of scores from 0 to 1. */
    public static final int SCORE_BINS = 20;

    private final LengthHistogram lengths = new LengthHistogram();
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
        lengths.add(bases);
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

    /** Reads by length. */
    public LengthHistogram lengths() {
        return lengths;
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
