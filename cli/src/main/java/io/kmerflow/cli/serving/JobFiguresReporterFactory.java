package io.kmerflow.cli.serving;

import java.util.Map;
import java.util.Properties;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.metrics.Metric;
import org.apache.flink.metrics.MetricConfig;
import org.apache.flink.metrics.MetricGroup;
import org.apache.flink.metrics.reporter.MetricReporter;
import org.apache.flink.metrics.reporter.MetricReporterFactory;

/**
 * Makes the reporter that fills {@link JobFigures} of a cluster in this process; found by Flink as a service. Flink makes
 * reporters of text alone, so the figures are handed over by a name that is drawn for each cluster.
 */
public final class JobFiguresReporterFactory implements MetricReporterFactory {
    private static final String PREFIX = "metrics.reporter.figures.";
    private static final String NAME = "name";
    private static final Map<String, JobFigures> BY_NAME = new ConcurrentHashMap<>();

    /** Figures of the cluster that is started with that configuration. */
    static JobFigures addTo(Configuration configuration) {
        String name = UUID.randomUUID().toString();
        JobFigures figures = new JobFigures();
        BY_NAME.put(name, figures);
        configuration.setString(PREFIX + "factory.class", JobFiguresReporterFactory.class.getName());
        configuration.setString(PREFIX + NAME, name);
        return figures;
    }

    @Override
    public MetricReporter createMetricReporter(Properties properties) {
        return new Reporter(BY_NAME.remove(properties.getProperty(NAME)));
    }

    private record Reporter(JobFigures figures) implements MetricReporter {
        @Override
        public void open(MetricConfig config) {}

        @Override
        public void close() {}

        @Override
        public void notifyOfAddedMetric(Metric metric, String name, MetricGroup group) {
            figures.added(metric, name, group);
        }

        @Override
        public void notifyOfRemovedMetric(Metric metric, String name, MetricGroup group) {
            figures.removed(metric);
        }
    }
}
