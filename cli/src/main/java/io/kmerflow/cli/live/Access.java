package io.kmerflow.cli.live;

import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.Locale;
import java.util.Set;

/**
 * Who may see the page. On the loopback address everybody on this machine, as long as the browser was sent to a name of this
 * machine: a page elsewhere whose name resolves to 127.0.0.1 reads nothing. On any other address whoever has the token.
 */
final class Access {
    private static final int TOKEN_BYTES = 16;
    private static final Set<String> LOOPBACK_NAMES = Set.of("localhost", "127.0.0.1", "[::1]");

    private final String token;

    private Access(String token) {
        this.token = token;
    }

    /** Access to a server on that address; a token is drawn where it needs one. */
    static Access on(InetAddress address) {
        if (address.isLoopbackAddress()) {
            return new Access(null);
        }
        byte[] random = new byte[TOKEN_BYTES];
        new SecureRandom().nextBytes(random);
        return new Access(HexFormat.of().formatHex(random));
    }

    /** The token, or null where none is needed. */
    String token() {
        return token;
    }

    /**
     * Whether a request may be answered.
     *
     * @param host header of the request, with or without a port; may be null
     * @param given token of the request, or null
     */
    boolean allows(String host, String given) {
        if (token == null) {
            return host != null
                    && LOOPBACK_NAMES.contains(host.replaceFirst(":\\d+$", "").toLowerCase(Locale.ROOT));
        }
        // Takes the same time wherever the two differ.
        return given != null
                && MessageDigest.isEqual(
                        token.getBytes(StandardCharsets.UTF_8), given.getBytes(StandardCharsets.UTF_8));
    }
}
