package io.kmerflow.cli.serving;

import io.kmerflow.cli.base.CommandFailure;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.metrics.prometheus.AddressedPrometheusReporterFactory;

/**
 * Where Prometheus is answered.
 *
 * @param address of this machine
 * @param port 1 to 65,535; was free just now
 */
record MetricsPort(InetAddress address, int port) {
    private static final Pattern PORTS = Pattern.compile("(\\d{1,5})(?:-(\\d{1,5}))?");
    private static final String PREFIX = "metrics.reporter.prometheus.";
    private static final int MAX = 65_535;

    /**
     * The first free port. Flink itself would log a taken one and run without metrics.
     *
     * @param address of this machine
     * @param ports a port, or two with a hyphen, both included
     * @throws IllegalArgumentException if it is neither
     * @throws CommandFailure if none is free
     */
    static MetricsPort firstFreeOf(InetAddress address, String ports) {
        Matcher parts = PORTS.matcher(ports);
        int first = parts.matches() ? Integer.parseInt(parts.group(1)) : 0;
        int last = first == 0 || parts.group(2) == null ? first : Integer.parseInt(parts.group(2));
        if (first < 1 || last < first || last > MAX) {
            throw new IllegalArgumentException(String.format(
                    Locale.ROOT,
                    "Expected --metrics-port with a port of 1 to %d or a range such as 9249-9259, got '%s'",
                    MAX,
                    ports));
        }
        for (int port = first; port <= last; port++) {
            try (ServerSocket socket = new ServerSocket(port, 1, address)) {
                return new MetricsPort(address, socket.getLocalPort());
            } catch (IOException e) {
                continue; // taken: the next one
            }
        }
        throw new CommandFailure(String.format(
                Locale.ROOT,
                "Expected a free port for --metrics-port, but %s is taken; give another one, or a range such as 9249-9259",
                ports));
    }

    /** Where it is, for people. */
    String url() {
        return url(address, port, "/metrics");
    }

    static String url(InetAddress address, int port, String path) {
        String host =
                address.isLoopbackAddress() || address.isAnyLocalAddress() ? "localhost" : address.getHostAddress();
        return String.format(Locale.ROOT, "http://%s:%d%s", host, port, path);
    }

    void addTo(Configuration configuration) {
        configuration.setString(PREFIX + "factory.class", AddressedPrometheusReporterFactory.class.getName());
        configuration.setString(PREFIX + AddressedPrometheusReporterFactory.HOST, address.getHostAddress());
        configuration.setString(PREFIX + AddressedPrometheusReporterFactory.PORT, Integer.toString(port));
    }
}
