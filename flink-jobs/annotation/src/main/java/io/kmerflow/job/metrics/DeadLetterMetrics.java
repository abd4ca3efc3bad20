package io.kmerflow.job.metrics;

import io.kmerflow.schema.DeadLetterStage;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.Map;
import org.apache.flink.api.common.accumulators.LongCounter;
import org.apache.flink.api.common.functions.RuntimeContext;
import org.apache.flink.metrics.Counter;

/**
 * Counts dead letters: by stage and reason as metrics while the job runs, by reason as accumulators for the end of a bounded
 * one.
 */
public final class DeadLetterMetrics {
    private final RuntimeContext context;
    private final Map<DeadLetterStage, Map<String, Counter>> counters = new EnumMap<>(DeadLetterStage.class);
    private Counter cutAttributes;

    /** @param context of the operator that puts input aside */
    public DeadLetterMetrics(RuntimeContext context) {
        this.context = context;
    }

    /** One more at that stage for that reason. */
    public void count(DeadLetterStage stage, String reason) {
        counters.computeIfAbsent(stage, s -> new HashMap<>())
                .computeIfAbsent(reason, r -> counter(stage, r))
                .inc();
        LongCounter accumulator = context.getLongCounter(JobAccumulators.DEAD_LETTERS_PREFIX + reason);
        accumulator.add(1L);
    }

    /** One more read whose attributes were cut, if so. */
    public void countCutAttributes(boolean cut) {
        if (!cut) {
            return;
        }
        if (cutAttributes == null) {
            cutAttributes = context.getMetricGroup().addGroup(MetricNames.GROUP).counter(MetricNames.CUT_ATTRIBUTES);
        }
        cutAttributes.inc();
        context.getLongCounter(JobAccumulators.CUT_ATTRIBUTES).add(1L);
    }

    private Counter counter(DeadLetterStage stage, String reason) {
        return context.getMetricGroup()
                .addGroup(MetricNames.GROUP)
                .addGroup(MetricNames.STAGE, stage.name())
                .addGroup(MetricNames.REASON, reason)
                .counter(MetricNames.DEAD_LETTERS);
    }
}
