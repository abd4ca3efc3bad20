package io.kmerflow.cluster;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;

/** Ports that nothing listens on now; another process may take one before it is used, then its user fails to start. */
final class FreePorts {
    private FreePorts() {}

    static int one() {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        } catch (IOException e) {
            throw new ClusterException("Expected a free port on the loopback address, got " + e.getMessage(), e);
        }
    }
}
