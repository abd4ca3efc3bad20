package io.kmerflow.corpus.snapshot;

import io.kmerflow.corpus.store.Manifest;
import io.kmerflow.job.metrics.JobAccumulators;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import org.apache.flink.api.common.functions.RuntimeContext;

/** Counts of a subtask, for the manifest. Those of an attempt that failed are not in the job's result. */
public final class Counts {
    /** Begins the name of the accumulator of each kind of record read. */
    private static final String IN_PREFIX = "in.";

    static final String READS = "reads";
    static final String ANNOTATIONS = "annotations";
    static final String LABELS = "labels";
    /** Reads that go to the files. */
    private static final String KEPT = "kept";

    /** Begins the name of the accumulator of each name that a setting has and a read meets. */
    private static final String MET_PREFIX = "met.";

    private final RuntimeContext context;

    Counts(RuntimeContext context) {
        this.context = context;
    }

    /** Records read of a job that has ended, by what they are. */
    public static SortedMap<String, Long> in(Map<String, Object> sums) {
        return new TreeMap<>(JobAccumulators.byPrefix(sums, IN_PREFIX));
    }

    /** Records left out, by reason; dead letters by theirs. */
    public static SortedMap<String, Long> leftOut(Map<String, Object> sums) {
        SortedMap<String, Long> leftOut = new TreeMap<>(JobAccumulators.byPrefix(sums, LeftOut.PREFIX));
        JobAccumulators.byPrefix(sums, JobAccumulators.DEAD_LETTERS_PREFIX)
                .forEach((reason, records) -> leftOut.put("dead-letter-" + reason, records));
        return leftOut;
    }

    /** What was left out as shares of the records read of the same kind, 0 to 1, by reason. */
    public static SortedMap<String, Double> shares(Map<String, Long> leftOut, Map<String, Long> in) {
        SortedMap<String, Double> shares = new TreeMap<>();
        leftOut.forEach((reason, records) ->
                shares.put(reason, Manifest.share(records, in.getOrDefault(LeftOut.kind(reason), 0L))));
        return shares;
    }

    /** Settings that reads meet, as {@link ReadFilter#met} has them. */
    static Set<String> met(Map<String, Object> sums) {
        return JobAccumulators.byPrefix(sums, MET_PREFIX).keySet();
    }

    /** Reads that went to the files. */
    public static long kept(Map<String, Object> sums) {
        return sums.get(KEPT) instanceof Long reads ? reads : 0;
    }

    /** One record read. */
    void in(String kind) {
        context.getLongCounter(IN_PREFIX + kind).add(1L);
    }

    /** That many records left out. */
    void leftOut(LeftOut reason, long records) {
        if (records > 0) {
            context.getLongCounter(LeftOut.PREFIX + reason.text()).add(records);
        }
    }

    /** A read that meets a setting. */
    void met(String setting) {
        context.getLongCounter(MET_PREFIX + setting).add(1L);
    }

    /** One read kept. */
    void kept() {
        context.getLongCounter(KEPT).add(1L);
    }
}
