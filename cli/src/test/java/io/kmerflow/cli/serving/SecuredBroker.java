package io.kmerflow.cli.serving;

import static org.assertj.core.api.Assertions.assertThat;

import io.kmerflow.kafka.EmbeddedKafka;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.Key;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.ScramCredentialInfo;
import org.apache.kafka.clients.admin.ScramMechanism;
import org.apache.kafka.clients.admin.UserScramCredentialUpsertion;
import org.apache.kafka.common.acl.AccessControlEntry;
import org.apache.kafka.common.acl.AclBinding;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.acl.AclPermissionType;
import org.apache.kafka.common.resource.PatternType;
import org.apache.kafka.common.resource.ResourcePattern;
import org.apache.kafka.common.resource.ResourceType;

/**
 * A broker with TLS, logins and permissions. On its first listener users log in with PLAIN, SCRAM-SHA-512 or OAUTHBEARER, on a second
 * one with a certificate; {@code admin} alone may do anything.
 */
final class SecuredBroker implements AutoCloseable {
    static final String STORE_PASSWORD = "changeit";

    private static final String PLAIN =
            "org.apache.kafka.common.security.plain.PlainLoginModule required username=\"%s\" password=\"%s\"";
    private static final String SCRAM =
            "org.apache.kafka.common.security.scram.ScramLoginModule required username=\"%s\" password=\"%s\";";
    private static final String OAUTH = "org.apache.kafka.common.security.oauthbearer.OAuthBearerLoginModule required;";
    private static final String ALLOWED_URLS = "org.apache.kafka.sasl.oauthbearer.allowed.urls";
    private static final String MUTUAL = "MUTUAL";
    private static final int ITERATIONS = 4_096;

    private final Path folder;
    private final EmbeddedKafka kafka;
    private final Admin admin;
    private final TokenEndpoint tokens = new TokenEndpoint();

    /** @param plainUsers who can log in with PLAIN, besides {@code admin} */
    SecuredBroker(Path folder, List<String> topics, String... plainUsers) throws Exception {
        this.folder = folder;
        store("broker", "localhost", "PKCS12");
        store("client", "lab", "PKCS12");
        keytool("-importcert -noprompt -alias client -file " + folder.resolve("client.pem"), trust("broker"), "PKCS12");
        System.setProperty(ALLOWED_URLS, tokens.url("/token") + "," + tokens.url("/keys"));

        Map<String, String> broker = new HashMap<>();
        broker.put("listener.security.protocol.map", "PLAINTEXT:SASL_SSL,MUTUAL:SSL,CONTROLLER:PLAINTEXT");
        broker.put("sasl.enabled.mechanisms", "PLAIN,SCRAM-SHA-512,OAUTHBEARER");
        broker.put("sasl.mechanism.inter.broker.protocol", "PLAIN");
        StringBuilder users = new StringBuilder(String.format(Locale.ROOT, PLAIN, "admin", password("admin")))
                .append(String.format(Locale.ROOT, " user_admin=\"%s\"", password("admin")));
        for (String user : plainUsers) {
            users.append(String.format(Locale.ROOT, " user_%s=\"%s\"", user, password(user)));
        }
        String listener = "listener.name.plaintext.";
        broker.put(listener + "plain.sasl.jaas.config", users + ";");
        broker.put(
                listener + "scram-sha-512.sasl.jaas.config",
                "org.apache.kafka.common.security.scram.ScramLoginModule required;");
        broker.put(listener + "oauthbearer.sasl.jaas.config", OAUTH);
        broker.put(
                listener + "oauthbearer.sasl.server.callback.handler.class",
                "org.apache.kafka.common.security.oauthbearer.OAuthBearerValidatorCallbackHandler");
        broker.put(listener + "oauthbearer.sasl.oauthbearer.jwks.endpoint.url", tokens.url("/keys"));
        broker.put(listener + "oauthbearer.sasl.oauthbearer.expected.audience", TokenEndpoint.AUDIENCE);
        broker.put("listener.name.mutual.ssl.client.auth", "required");
        broker.put("ssl.keystore.location", folder.resolve("broker.p12").toString());
        broker.put("ssl.keystore.password", STORE_PASSWORD);
        broker.put("ssl.truststore.location", trust("broker").toString());
        broker.put("ssl.truststore.password", STORE_PASSWORD);
        broker.put("authorizer.class.name", "org.apache.kafka.metadata.authorizer.StandardAuthorizer");
        broker.put("super.users", "User:admin;User:ANONYMOUS"); // the controller, which has no login
        kafka = new EmbeddedKafka(broker, List.of(MUTUAL));
        admin = Admin.create(Map.of(
                "bootstrap.servers",
                kafka.bootstrapServers(),
                "security.protocol",
                "SASL_SSL",
                "sasl.mechanism",
                "PLAIN",
                "sasl.jaas.config",
                String.format(Locale.ROOT, PLAIN, "admin", password("admin")) + ";",
                "ssl.truststore.location",
                trust("broker").toString(),
                "ssl.truststore.password",
                STORE_PASSWORD));
        for (String topic : topics) {
            admin.createTopics(
                            List.of(new NewTopic(topic, 1, (short) 1).configs(Map.of("max.message.bytes", "33554432"))))
                    .all()
                    .get();
        }
    }

    /** Where users log in by name. */
    String servers() {
        return kafka.bootstrapServers();
    }

    /** Where they log in with a certificate. */
    String mutualServers() {
        return kafka.bootstrapServers(MUTUAL);
    }

    static String password(String user) {
        return user + "-secret";
    }

    /** Users that log in with SCRAM. */
    void addUsers(String... names) throws Exception {
        for (String name : names) {
            admin.alterUserScramCredentials(List.of(new UserScramCredentialUpsertion(
                            name, new ScramCredentialInfo(ScramMechanism.SCRAM_SHA_512, ITERATIONS), password(name))))
                    .all()
                    .get();
        }
    }

    /** @param user as its principal names it, {@code tail} or {@code CN=lab} */
    void grant(String user, ResourceType type, String name, AclOperation... operations) throws Exception {
        grant(user, new ResourcePattern(type, name, PatternType.LITERAL), operations);
    }

    void grant(String user, ResourcePattern resource, AclOperation... operations) throws Exception {
        for (AclOperation operation : operations) {
            admin.createAcls(List.of(new AclBinding(
                            resource, new AccessControlEntry("User:" + user, "*", operation, AclPermissionType.ALLOW))))
                    .all()
                    .get();
        }
    }

    /** Client properties of a user of SCRAM; the password of the truststore is in a separate file, as a mounted secret is. */
    Path scram(String user, String password, String... more) throws IOException {
        return sasl("SCRAM-SHA-512", String.format(Locale.ROOT, SCRAM, user, password), more);
    }

    Path scram(String user) throws IOException {
        return scram(user, password(user));
    }

    Path plain(String user) throws IOException {
        return sasl("PLAIN", String.format(Locale.ROOT, PLAIN, user, password(user)) + ";");
    }

    Path oauth(String client, String secret, String... more) throws IOException {
        List<String> lines = new ArrayList<>(List.of(
                "sasl.login.callback.handler.class=org.apache.kafka.common.security.oauthbearer.OAuthBearerLoginCallbackHandler",
                "sasl.oauthbearer.token.endpoint.url=" + tokens.url("/token"),
                "sasl.oauthbearer.client.credentials.client.id=" + client,
                "sasl.oauthbearer.client.credentials.client.secret=" + secret));
        lines.addAll(List.of(more));
        return sasl("OAUTHBEARER", OAUTH, lines.toArray(String[]::new));
    }

    private Path sasl(String mechanism, String login, String... more) throws IOException {
        Path secret = Files.writeString(folder.resolve("secret.properties"), "trust=" + STORE_PASSWORD + "\n");
        List<String> lines = new ArrayList<>(List.of(
                "security.protocol=SASL_SSL",
                "sasl.mechanism=" + mechanism,
                "sasl.jaas.config=" + login,
                "ssl.truststore.location=" + trust("broker"),
                "ssl.truststore.password=${file:" + secret + ":trust}"));
        lines.addAll(List.of(more));
        return file(lines);
    }

    /** Client properties with key and certificate in PKCS #12 and the broker's certificate in a JKS store. */
    Path mutual() throws Exception {
        Path jks = folder.resolve("trust.jks");
        if (!Files.exists(jks)) {
            keytool("-importcert -noprompt -alias broker -file " + folder.resolve("broker.pem"), jks, "JKS");
        }
        return file(List.of(
                "security.protocol=SSL",
                "ssl.keystore.location=" + folder.resolve("client.p12"),
                "ssl.keystore.password=" + STORE_PASSWORD,
                "ssl.key.password=" + STORE_PASSWORD,
                "ssl.truststore.type=JKS",
                "ssl.truststore.location=" + jks,
                "ssl.truststore.password=" + STORE_PASSWORD));
    }

    /** Client properties with all of it in PEM. */
    Path mutualPem() throws Exception {
        KeyStore store = KeyStore.getInstance("PKCS12");
        try (InputStream in = Files.newInputStream(folder.resolve("client.p12"))) {
            store.load(in, STORE_PASSWORD.toCharArray());
        }
        Key key = store.getKey("client", STORE_PASSWORD.toCharArray());
        Certificate certificate = store.getCertificate("client");
        Path pem = Files.writeString(
                folder.resolve("client-key.pem"),
                pem("PRIVATE KEY", key.getEncoded()) + pem("CERTIFICATE", certificate.getEncoded()));
        return file(List.of(
                "security.protocol=SSL",
                "ssl.keystore.type=PEM",
                "ssl.keystore.location=" + pem,
                "ssl.truststore.type=PEM",
                "ssl.truststore.location=" + folder.resolve("broker.pem")));
    }

    /** Client properties that trust the broker and show no certificate. */
    Path withoutCertificate() throws IOException {
        return file(List.of(
                "security.protocol=SSL",
                "ssl.truststore.type=PEM",
                "ssl.truststore.location=" + folder.resolve("broker.pem")));
    }

    private static String pem(String type, byte[] der) {
        String base64 = Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(der);
        return String.format(Locale.ROOT, "-----BEGIN %s-----%n%s%n-----END %s-----%n", type, base64, type);
    }

    private Path file(List<String> lines) throws IOException {
        return Files.write(Files.createTempFile(folder, "client", ".properties"), lines);
    }

    /** A key pair with a certificate of that name, for this machine, and a store that trusts it. */
    void store(String alias, String name, String type) throws IOException, InterruptedException {
        Path keys = folder.resolve(alias + ".p12");
        Path certificate = folder.resolve(alias + ".pem");
        keytool(
                "-genkeypair -alias " + alias + " -keyalg EC -dname CN=" + name
                        + " -ext SAN=ip:127.0.0.1,dns:localhost -validity 2",
                keys,
                type);
        keytool("-exportcert -alias " + alias + " -rfc -file " + certificate, keys, type);
        keytool("-importcert -noprompt -alias " + alias + " -file " + certificate, trust(alias), type);
    }

    Path trust(String alias) {
        return folder.resolve(alias + "-trust.p12");
    }

    private static void keytool(String arguments, Path store, String type) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(
                List.of(Path.of(System.getProperty("java.home"), "bin/keytool").toString()));
        command.addAll(List.of(arguments.split(" ")));
        command.addAll(List.of("-storetype", type, "-storepass", STORE_PASSWORD, "-keystore", store.toString()));
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).as(output).isZero();
    }

    @Override
    public void close() {
        admin.close();
        kafka.close();
        tokens.close();
        System.clearProperty(ALLOWED_URLS);
    }
}
