package io.kmerflow.job.metrics;

import java.util.HashMap;
import java.util.Map;
import org.apache.flink.api.common.accumulators.LongCounter;
import org.apache.flink.api.common.functions.RuntimeContext;
import org.apache.flink.metrics.Counter;

/** Counts dead letters by reason: as metrics while the job runs and as accumulators for the end of a bounded one. */
public final class DeadLetterMetrics {
    private final RuntimeContext context;
    private final Map<String, Counter> counters = new HashMap<>();

    /** @param context of the operator that puts input aside */
    public DeadLetterMetrics(RuntimeContext context) {
        this.context = context;
    }

    /** One more for that reason. */
    public void count(String reason) {
        counters.computeIfAbsent(reason, this::counter).inc();
        LongCounter accumulator = context.getLongCounter(JobAccumulators.DEAD_LETTERS_PREFIX + reason);
        accumulator.add(1L);
    }

    private Counter counter(String reason) {
        return context.getMetricGroup()
                .addGroup(MetricNames.GROUP)
                .addGroup(MetricNames.REASON, reason)
                .counter(MetricNames.DEAD_LETTERS);
    }
}
