package io.kmerflow.files.original;

import io.kmerflow.files.write.CallLog;
import io.kmerflow.schema.AnnotationStatus;
import io.kmerflow.sequence.PhredQualities;
import java.util.Arrays;
import java.util.Map;
import java.util.TreeMap;

/** Distributions for a report, in memory that does not grow with the number of reads. */
public final class ReadStatistics implements OriginalOutput {
    /** Bins of scores from 0 to 1. */
    public static final int SCORE_BINS = 20;

    /** Groups that are told apart; names come from headers, which may say anything. */
    public static final int MAX_GROUPS = 1_000;
    /** Reads of all groups beyond {@link #MAX_GROUPS}. */
    public static final ReadGroup FURTHER = new ReadGroup("(further)", "(further)");

    private final ReadYield all = new ReadYield();
    private final Map<ReadGroup, ReadYield> groups = new TreeMap<>();
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
        byte[] phred = record.item().phredQualities();
        CallLog.Entry call = record.call();
        String called = call == null ? null : call.label();
        all.add(bases, phred, called);
        if (call != null) {
            groupOf(new ReadGroup(call.sampleId(), call.barcodeName())).add(bases, phred, called);
        }
        if (phred != null && phred.length > 0) {
            qualities[(int) Math.min(PhredQualities.MAX, Math.round(PhredQualities.mean(phred)))]++;
            withQualities++;
        }
        boolean scored = call != null
                && (call.status() == AnnotationStatus.SCORED || call.status() == AnnotationStatus.UNCALLED);
        if (scored) {
            String label = call.label() == null ? "(uncalled)" : call.label();
            scores.computeIfAbsent(label, key -> new long[SCORE_BINS])[
                    Math.min(SCORE_BINS - 1, (int) (call.score() * SCORE_BINS))]++;
        }
    }

    private ReadYield groupOf(ReadGroup group) {
        boolean known = groups.containsKey(group) || groups.size() < MAX_GROUPS;
        return groups.computeIfAbsent(known ? group : FURTHER, key -> new ReadYield());
    }

    /** Of all records, those among the dead letters too. */
    public ReadYield all() {
        return all;
    }

    /** Of annotated reads, by sample and barcode. */
    public Map<ReadGroup, ReadYield> groups() {
        return groups;
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
