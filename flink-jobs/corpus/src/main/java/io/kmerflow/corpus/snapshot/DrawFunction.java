package io.kmerflow.corpus.snapshot;

import io.kmerflow.job.types.RecordTypeInfo;
import io.kmerflow.schema.CorpusRead;
import java.util.ArrayList;
import java.util.List;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.api.common.state.MapState;
import org.apache.flink.api.common.state.MapStateDescriptor;
import org.apache.flink.api.common.state.ValueState;
import org.apache.flink.api.common.state.ValueStateDescriptor;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.streaming.api.functions.KeyedProcessFunction;
import org.apache.flink.util.Collector;

/** Keyed by sample and label: the first reads in the order drawn from the seed. Holds at most twice as many as it gives. */
final class DrawFunction extends KeyedProcessFunction<String, CorpusRead, CorpusRead> {
    private static final long serialVersionUID = 1L;

    private final long seed;
    private final int most;
    private transient ReadOrder order;
    private transient MapState<String, CorpusRead> byRank;
    private transient ValueState<Integer> held;
    private transient Counts counts;

    DrawFunction(long seed, int most) {
        this.seed = seed;
        this.most = most;
    }

    @Override
    public void open(OpenContext context) {
        order = new ReadOrder(seed);
        byRank = getRuntimeContext()
                .getMapState(new MapStateDescriptor<>("by-rank", Types.STRING, new RecordTypeInfo<>(CorpusRead.class)));
        held = getRuntimeContext().getState(new ValueStateDescriptor<>("held", Integer.class));
        counts = new Counts(getRuntimeContext());
    }

    @Override
    public void processElement(CorpusRead next, Context context, Collector<CorpusRead> out) throws Exception {
        byRank.put(order.rank(next), next);
        int now = held.value() == null ? 1 : held.value() + 1;
        held.update(now >= 2L * most ? now - drop() : now);
        context.timerService().registerEventTimeTimer(Long.MAX_VALUE);
    }

    /** Leaves out the last in order, as many as are too many. */
    private int drop() throws Exception {
        List<String> ranks = new ArrayList<>();
        byRank.keys().forEach(ranks::add);
        ranks.sort(null);
        int tooMany = Math.max(0, ranks.size() - most);
        for (String rank : ranks.subList(ranks.size() - tooMany, ranks.size())) {
            byRank.remove(rank);
        }
        counts.leftOut(LeftOut.NOT_DRAWN, tooMany);
        return tooMany;
    }

    @Override
    public void onTimer(long timestamp, OnTimerContext context, Collector<CorpusRead> out) throws Exception {
        drop();
        for (CorpusRead read : byRank.values()) {
            out.collect(read);
        }
        byRank.clear();
        held.clear();
    }
}
