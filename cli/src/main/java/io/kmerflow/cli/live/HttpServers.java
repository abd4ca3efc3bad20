package io.kmerflow.cli.live;

import io.kmerflow.cli.base.CommandFailure;
import io.undertow.Undertow;
import java.net.InetAddress;
import java.util.Locale;

/** Web servers of a command. */
public final class HttpServers {
    private HttpServers() {}

    /**
     * Starts one.
     *
     * @param server with one listener
     * @param use what the port is for, as people know it: an option or a page
     * @param address of the listener
     * @param port of the listener
     * @throws CommandFailure if the port cannot be had
     */
    public static void start(Undertow server, String use, InetAddress address, int port) {
        try {
            server.start();
        } catch (RuntimeException e) {
            throw new CommandFailure(
                    String.format(
                            Locale.ROOT,
                            "Expected a free port for %s, but %s:%d cannot be had (%s)",
                            use,
                            address.getHostAddress(),
                            port,
                            e.getCause() == null ? e.getMessage() : e.getCause().getMessage()),
                    e);
        }
    }
}
