package io.kmerflow.job.metrics;

import io.kmerflow.schema.DriftReport;
import io.kmerflow.sequence.profile.Measure;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.flink.metrics.Counter;
import org.apache.flink.metrics.MetricGroup;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Counts windows of reads that were compared with the model's profile, and says where drift begins. */
public final class DriftMetrics {
    private static final Logger LOG = LoggerFactory.getLogger(DriftMetrics.class);
    private static final int MOST_KNOWN = 1_000;

    private final Counter windows;
    private final Counter alarms;
    private final Map<String, Counter> exceeded = new HashMap<>();
    private final Set<String> drifting = new HashSet<>();

    /** @param operator group of the scoring operator */
    public DriftMetrics(MetricGroup operator) {
        MetricGroup group = operator.addGroup(MetricNames.GROUP);
        windows = group.counter(MetricNames.DRIFT_WINDOWS);
        alarms = group.counter(MetricNames.DRIFT_ALARMS);
        for (Measure measure : Measure.values()) {
            exceeded.put(
                    measure.text(),
                    group.addGroup(MetricNames.MEASURE, measure.text()).counter(MetricNames.DRIFT_EXCEEDED));
        }
    }

    /** A window was compared. The first of a run and sample that drifts is logged, until one does not. */
    public void reported(DriftReport report) {
        windows.inc();
        String key = report.getRunId() + "\t" + report.getSampleId();
        if (report.getExceeded().isEmpty()) {
            drifting.remove(key);
            return;
        }
        alarms.inc();
        report.getExceeded().forEach(measure -> exceeded.get(measure).inc());
        if (drifting.size() < MOST_KNOWN && drifting.add(key)) {
            LOG.warn(
                    "{} reads of run {}, sample {} are unlike those that model {} {} was made for: {}",
                    report.getWindowReads(),
                    report.getRunId(),
                    report.getSampleId(),
                    report.getModelName(),
                    report.getModelVersion(),
                    report.getExceeded().stream()
                            .map(measure -> String.format(
                                    Locale.ROOT,
                                    "%s %.3g over %.3g",
                                    measure,
                                    report.getDivergences().get(measure),
                                    report.getThresholds().get(measure)))
                            .collect(Collectors.joining(", ")));
        }
    }
}
