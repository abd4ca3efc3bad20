package org.apache.flink.metrics.prometheus;

import io.prometheus.client.exporter.HTTPServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.util.Locale;
import org.apache.flink.metrics.MetricConfig;

/**
 * Flink's reporter for Prometheus on one network address. Flink's own answers on all of them and has no option for it; what it
 * collects is reachable from its package only, which is why this class is in it.
 */
public final class AddressedPrometheusReporter extends AbstractPrometheusReporter {
    private final InetSocketAddress address;
    private HTTPServer server;

    AddressedPrometheusReporter(InetSocketAddress address) {
        this.address = address;
    }

    @Override
    public void open(MetricConfig config) {
        super.open(config);
        try {
            server = new HTTPServer(address, registry);
        } catch (IOException e) {
            throw new UncheckedIOException(
                    String.format(Locale.ROOT, "Expected to answer Prometheus at %s", address), e);
        }
    }

    @Override
    public void close() {
        if (server != null) {
            server.stop();
        }
        super.close();
    }
}
