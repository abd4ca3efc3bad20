package org.apache.flink.metrics.prometheus;

import java.net.InetSocketAddress;
import java.util.Properties;
import org.apache.flink.metrics.reporter.MetricReporterFactory;

/** Makes {@link AddressedPrometheusReporter} of the options {@value #HOST} and {@value #PORT}; found by Flink as a service. */
public final class AddressedPrometheusReporterFactory implements MetricReporterFactory {
    /** Where it answers: a host name or an address of this machine. */
    public static final String HOST = "host";

    /** One port. */
    public static final String PORT = "port";

    @Override
    public AddressedPrometheusReporter createMetricReporter(Properties properties) {
        return new AddressedPrometheusReporter(
                new InetSocketAddress(properties.getProperty(HOST), Integer.parseInt(properties.getProperty(PORT))));
    }
}
