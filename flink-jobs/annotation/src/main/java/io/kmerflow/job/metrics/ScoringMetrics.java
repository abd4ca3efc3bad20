package io.kmerflow.job.metrics;

import io.kmerflow.schema.AnnotationStatus;
import io.kmerflow.schema.ReadAnnotation;
import io.kmerflow.scoring.ScoringException;
import java.time.Duration;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.Map;
import java.util.function.IntSupplier;
import org.apache.flink.api.common.accumulators.LongCounter;
import org.apache.flink.api.common.functions.RuntimeContext;
import org.apache.flink.metrics.Counter;
import org.apache.flink.metrics.Gauge;
import org.apache.flink.metrics.Histogram;
import org.apache.flink.metrics.MetricGroup;
import org.apache.flink.runtime.metrics.DescriptiveStatisticsHistogram;

/** Measures of the scoring operator: metrics while it runs, accumulators for the end of a bounded job. One thread. */
public final class ScoringMetrics {
    private final RuntimeContext context;
    private final Counter reads;
    private final Counter called;
    private final Counter tooShort;
    private final Counter windows;
    private final Counter batches;
    private final Counter realTokens;
    private final Counter paddedTokens;
    private final Counter inferenceMillis;
    private final Histogram batchWindows;
    private final Histogram queueAgeMillis;
    private final Histogram batchInferenceMillis;
    private final Histogram latencyMillis;
    private final Map<ScoringException.Kind, Counter> failures = new EnumMap<>(ScoringException.Kind.class);
    private final Map<String, LongCounter> readSums = new HashMap<>();
    private final Map<String, LongCounter> callSums = new HashMap<>();
    private final LongCounter baseSum;
    private final LongCounter windowSum;
    private final LongCounter batchSum;
    private final LongCounter realTokenSum;
    private final LongCounter paddedTokenSum;
    private final LongCounter inferenceSum;
    private long inferenceNanos;

    /**
     * @param context of the operator
     * @param inFlight windows cut and not yet scored
     */
    public ScoringMetrics(RuntimeContext context, IntSupplier inFlight) {
        this.context = context;
        MetricGroup group = context.getMetricGroup().addGroup(MetricNames.GROUP);
        reads = group.counter(MetricNames.READS);
        called = group.counter(MetricNames.CALLED_READS);
        tooShort = group.counter(MetricNames.TOO_SHORT_READS);
        windows = group.counter(MetricNames.WINDOWS);
        batches = group.counter(MetricNames.BATCHES);
        realTokens = group.counter(MetricNames.REAL_TOKENS);
        paddedTokens = group.counter(MetricNames.PADDED_TOKENS);
        inferenceMillis = group.counter(MetricNames.INFERENCE_TOTAL);
        group.gauge(MetricNames.PADDING, (Gauge<Double>) this::paddingShare);
        group.gauge(MetricNames.IN_FLIGHT, (Gauge<Integer>) inFlight::getAsInt);
        batchWindows = histogram(group, MetricNames.BATCH_WINDOWS);
        queueAgeMillis = histogram(group, MetricNames.QUEUE_AGE);
        batchInferenceMillis = histogram(group, MetricNames.INFERENCE);
        latencyMillis = histogram(group, MetricNames.LATENCY);
        for (ScoringException.Kind kind : ScoringException.Kind.values()) {
            MetricGroup failed = group.addGroup(MetricNames.KIND, kind.name());
            failures.put(kind, failed.counter(MetricNames.FAILED_BATCHES));
        }
        baseSum = context.getLongCounter(JobAccumulators.BASES);
        windowSum = context.getLongCounter(JobAccumulators.WINDOWS);
        batchSum = context.getLongCounter(JobAccumulators.BATCHES);
        realTokenSum = context.getLongCounter(JobAccumulators.REAL_TOKENS);
        paddedTokenSum = context.getLongCounter(JobAccumulators.PADDED_TOKENS);
        inferenceSum = context.getLongCounter(JobAccumulators.INFERENCE_MILLIS);
    }

    private static Histogram histogram(MetricGroup group, String name) {
        return group.histogram(name, new DescriptiveStatisticsHistogram(MetricNames.HISTOGRAM_VALUES));
    }

    /**
     * A read left with its annotation.
     *
     * @param group what it counts under, see {@link JobAccumulators#READS_PREFIX}
     */
    public void annotated(ReadAnnotation annotation, String group) {
        AnnotationStatus status = annotation.getStatus();
        int bases = annotation.getReadLength();
        reads.inc();
        if (annotation.getReadTime() != null) {
            latencyMillis.update(Duration.between(annotation.getReadTime(), annotation.getAnnotatedTime())
                    .toMillis());
        }
        baseSum.add(bases);
        readSums.computeIfAbsent(group, name -> context.getLongCounter(JobAccumulators.READS_PREFIX + name))
                .add(1L);
        if (status == AnnotationStatus.TOO_SHORT) {
            tooShort.inc();
        }
        if (status == AnnotationStatus.SCORED) {
            called.inc();
            callSums.computeIfAbsent(
                            annotation.getReadCall().getLabel(),
                            label -> context.getLongCounter(JobAccumulators.CALLS_PREFIX + label))
                    .add(1L);
        }
    }

    /** A batch went to the device, its oldest window having waited so long. */
    public void submitted(long ageMillis) {
        queueAgeMillis.update(ageMillis);
    }

    /**
     * A batch came back scored.
     *
     * @param real tokens
     * @param padded tokens, padding included
     * @param callNanos wall time of its model call
     * @param busyNanos of them those in which the device had no other answer to give: their sum is how long it was busy
     */
    public void scored(int windowCount, long real, long padded, long callNanos, long busyNanos) {
        windows.inc(windowCount);
        batchWindows.update(windowCount);
        batches.inc();
        paddedTokens.inc(padded);
        realTokens.inc(real);
        windowSum.add(windowCount);
        batchSum.add(1L);
        realTokenSum.add(real);
        paddedTokenSum.add(padded);
        long before = inferenceNanos / 1_000_000;
        inferenceNanos += busyNanos;
        long millis = inferenceNanos / 1_000_000 - before;
        inferenceMillis.inc(millis);
        inferenceSum.add(millis);
        batchInferenceMillis.update(callNanos / 1_000_000);
    }

    /** A batch came back failed; lost devices end the task, the others are dealt with. */
    public void failed(ScoringException.Kind kind) {
        failures.get(kind).inc();
    }

    private double paddingShare() {
        long padded = paddedTokens.getCount();
        return padded == 0 ? 0 : 1 - (double) realTokens.getCount() / padded;
    }
}
