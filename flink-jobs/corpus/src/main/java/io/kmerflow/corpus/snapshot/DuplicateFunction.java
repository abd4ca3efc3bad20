package io.kmerflow.corpus.snapshot;

import io.kmerflow.job.types.RecordTypeInfo;
import io.kmerflow.schema.CorpusRead;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.api.common.state.ValueState;
import org.apache.flink.api.common.state.ValueStateDescriptor;
import org.apache.flink.streaming.api.functions.KeyedProcessFunction;
import org.apache.flink.util.Collector;

/**
 * Keyed by sequence: one read of those with the same, a labelled one if there is any, else the first in the order drawn from the
 * seed; none if their labels differ.
 */
final class DuplicateFunction extends KeyedProcessFunction<String, CorpusRead, CorpusRead> {
    private static final long serialVersionUID = 1L;

    private final long seed;
    private transient ReadOrder order;
    private transient ValueState<CorpusRead> first;
    private transient ValueState<Long> reads;
    private transient ValueState<Boolean> contradictory;
    private transient Counts counts;

    DuplicateFunction(long seed) {
        this.seed = seed;
    }

    @Override
    public void open(OpenContext context) {
        order = new ReadOrder(seed);
        first = getRuntimeContext()
                .getState(new ValueStateDescriptor<>("first", new RecordTypeInfo<>(CorpusRead.class)));
        reads = getRuntimeContext().getState(new ValueStateDescriptor<>("reads", Long.class));
        contradictory = getRuntimeContext().getState(new ValueStateDescriptor<>("contradictory", Boolean.class));
        counts = new Counts(getRuntimeContext());
    }

    @Override
    public void processElement(CorpusRead next, Context context, Collector<CorpusRead> out) throws Exception {
        CorpusRead before = first.value();
        reads.update(before == null ? 1 : reads.value() + 1);
        if (before == null || isFirst(next, before)) {
            first.update(next);
        }
        if (before != null && before.getLabel() != null && next.getLabel() != null) {
            if (!before.getLabel().equals(next.getLabel())) {
                contradictory.update(true);
            }
        }
        context.timerService().registerEventTimeTimer(Long.MAX_VALUE);
    }

    private boolean isFirst(CorpusRead next, CorpusRead before) {
        if ((next.getLabel() == null) != (before.getLabel() == null)) {
            return next.getLabel() != null;
        }
        return order.rank(next).compareTo(order.rank(before)) < 0;
    }

    @Override
    public void onTimer(long timestamp, OnTimerContext context, Collector<CorpusRead> out) throws Exception {
        if (contradictory.value() != null) {
            counts.leftOut(LeftOut.CONTRADICTORY_DUPLICATES, reads.value());
        } else {
            counts.leftOut(LeftOut.DUPLICATES, reads.value() - 1);
            out.collect(first.value());
        }
        first.clear();
        reads.clear();
        contradictory.clear();
    }
}
