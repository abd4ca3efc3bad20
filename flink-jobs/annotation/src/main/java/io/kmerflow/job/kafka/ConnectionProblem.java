package io.kmerflow.job.kafka;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.security.GeneralSecurityException;
import java.security.cert.CertPathBuilderException;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509TrustManager;
import javax.security.auth.login.LoginException;
import org.apache.kafka.clients.ClientUtils;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.AuthenticationException;
import org.apache.kafka.common.errors.TimeoutException;

/** Why a client cannot talk to a cluster, as one sentence that begins with the step that fails. */
public final class ConnectionProblem {
    private static final int TIMEOUT_MILLIS = 3_000;
    private static final String PROTOCOL = "security.protocol";
    private static final String MECHANISM = "sasl.mechanism";
    private static final String ALLOWED_URLS = "org.apache.kafka.sasl.oauthbearer.allowed.urls";
    private static final String TOKEN_URL = "sasl.oauthbearer.token.endpoint.url";
    /** Of a broker that asks for a certificate, as its Java says it: up to 18, and later. */
    private static final Pattern NO_CLIENT_CERTIFICATE = Pattern.compile("bad_certificate|certificate_required");

    private ConnectionProblem() {}

    /**
     * The sentence. Where a client only knows that its time was over, the first server that answers is asked whether it speaks TLS.
     *
     * @param servers of the cluster
     * @param properties of the client
     * @param error that the client met
     */
    public static String sentence(String servers, Map<String, String> properties, Throwable error) {
        if (has(error, CertPathBuilderException.class) || has(error, CertificateException.class)) {
            return String.format(
                    Locale.ROOT,
                    "TLS: expected a certificate at %s that ssl.truststore.* trusts and that names the host, got: %s",
                    servers,
                    KafkaErrors.root(error));
        }
        SSLException tls = find(error, SSLException.class);
        if (tls != null
                && NO_CLIENT_CERTIFICATE
                        .matcher(String.valueOf(tls.getMessage()))
                        .find()) {
            return String.format(
                    Locale.ROOT,
                    "TLS: expected a certificate of the client, in ssl.keystore.*, that the broker at %s trusts, got: %s",
                    servers,
                    KafkaErrors.root(error));
        }
        if (tls != null) {
            return String.valueOf(tls.getMessage()).contains("Unsupported or unrecognized SSL message")
                    ? withoutTls(servers, properties)
                    : String.format(
                            Locale.ROOT,
                            "TLS: expected a handshake with %s, got: %s",
                            servers,
                            KafkaErrors.root(error));
        }
        String mechanism = properties.getOrDefault(MECHANISM, "GSSAPI"); // Kafka's default
        boolean noToken =
                has(error, LoginException.class) || KafkaErrors.root(error).contains(ALLOWED_URLS);
        if (noToken && mechanism.equals("OAUTHBEARER")) {
            return String.format(
                    Locale.ROOT,
                    "Login: expected a token from %s, got: %s",
                    properties.get(TOKEN_URL),
                    withoutClasses(KafkaErrors.root(error)));
        }
        if (has(error, LoginException.class)) {
            return String.format(
                    Locale.ROOT,
                    "Login: expected to log in at %s with %s=%s, got: %s",
                    servers,
                    MECHANISM,
                    mechanism,
                    withoutClasses(KafkaErrors.root(error)));
        }
        if (has(error, AuthenticationException.class)) {
            return String.format(
                    Locale.ROOT,
                    "Login: expected to be let in at %s, the broker refuses: %s",
                    servers,
                    KafkaErrors.root(error));
        }
        if (has(error, TimeoutException.class)) {
            return ofSilence(servers, properties);
        }
        return String.format(Locale.ROOT, "Expected Kafka at %s, got: %s", servers, KafkaErrors.root(error));
    }

    /** The first line of a message, without the names of the exceptions that it went through. */
    private static String withoutClasses(String message) {
        return message.lines().findFirst().orElse("").replaceFirst("^(?:[\\w.$]+(?:Exception|Error): )+", "");
    }

    private static String ofSilence(String servers, Map<String, String> properties) {
        String protocol = properties.getOrDefault(PROTOCOL, "PLAINTEXT").toUpperCase(Locale.ROOT);
        InetSocketAddress open = firstOpen(servers);
        if (open == null) {
            return String.format(Locale.ROOT, "Connection: no Kafka broker answers at %s", servers);
        }
        boolean tls = speaksTls(open);
        if (protocol.endsWith("SSL") && !tls) {
            return withoutTls(servers, properties);
        }
        if (!protocol.endsWith("SSL") && tls) {
            return String.format(
                    Locale.ROOT,
                    "TLS: expected the client property %s to be SSL or SASL_SSL, since %s speaks TLS, got %s",
                    PROTOCOL,
                    servers,
                    protocol);
        }
        return String.format(
                Locale.ROOT,
                "Connection: %s is open and does not answer as a Kafka broker for %s=%s; it may want a login (SASL), or name"
                        + " brokers that cannot be reached from here",
                servers,
                PROTOCOL,
                protocol);
    }

    private static String withoutTls(String servers, Map<String, String> properties) {
        return String.format(
                Locale.ROOT,
                "TLS: expected %s to speak TLS as %s=%s asks for, it does not",
                servers,
                PROTOCOL,
                properties.get(PROTOCOL));
    }

    private static InetSocketAddress firstOpen(String servers) {
        try {
            for (InetSocketAddress address :
                    ClientUtils.parseAndValidateAddresses(List.of(servers.split(",")), "use_all_dns_ips")) {
                try (Socket socket = new Socket()) {
                    socket.connect(address, TIMEOUT_MILLIS);
                    return address;
                } catch (IOException e) {
                    continue;
                }
            }
        } catch (KafkaException e) {
            return null; // no address at all
        }
        return null;
    }

    private static boolean speaksTls(InetSocketAddress address) {
        try (Socket socket = new Socket()) {
            socket.connect(address, TIMEOUT_MILLIS);
            socket.setSoTimeout(TIMEOUT_MILLIS);
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(null, new TrustManager[] {new AnyCertificate()}, null);
            try (SSLSocket tls = (SSLSocket) context.getSocketFactory()
                    .createSocket(socket, address.getHostString(), address.getPort(), false)) {
                tls.startHandshake();
                return true;
            }
        } catch (IOException e) {
            return false;
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Nothing is sent over this connection; only whether there is a handshake matters. */
    private static final class AnyCertificate implements X509TrustManager {
        @Override
        public void checkClientTrusted(X509Certificate[] chain, String type) {}

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String type) {}

        @Override
        public X509Certificate[] getAcceptedIssuers() {
            return new X509Certificate[0];
        }
    }

    private static boolean has(Throwable error, Class<? extends Throwable> type) {
        return find(error, type) != null;
    }

    private static <T extends Throwable> T find(Throwable error, Class<T> type) {
        for (Throwable cause = error; cause != null; cause = cause.getCause()) {
            if (type.isInstance(cause)) {
                return type.cast(cause);
            }
        }
        return null;
    }
}
