package io.kmerflow.cli.serving;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.kmerflow.cli.CommandRun;
import io.kmerflow.cli.RunningCommand;
import io.kmerflow.cli.SourceTree;
import io.kmerflow.cli.base.ExitCode;
import io.kmerflow.cli.base.Home;
import io.kmerflow.kafka.EmbeddedKafka;
import java.io.IOException;
import java.net.URI;
import java.net.URL;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.common.acl.AccessControlEntry;
import org.apache.kafka.common.acl.AclBinding;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.acl.AclPermissionType;
import org.apache.kafka.common.resource.PatternType;
import org.apache.kafka.common.resource.ResourcePattern;
import org.apache.kafka.common.resource.ResourceType;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** The commands on a broker with TLS, logins and rules (docs/secured-kafka.md), each as a different user. */
@ExtendWith(SourceTree.class)
class SecuredKafkaITCase {
    private static final String LOGIN =
            "org.apache.kafka.common.security.plain.PlainLoginModule required username=\"%s\" password=\"%s\"";
    private static final List<String> TOPICS =
            List.of("reads", "annotations", "dead-letters", "models", "model-events");

    @TempDir
    static Path folder;

    private static EmbeddedKafka kafka;
    private static Admin admin;

    @BeforeAll
    static void startBroker() throws Exception {
        store("broker");
        store("stranger");
        Map<String, String> broker = new HashMap<>();
        broker.put("listener.security.protocol.map", "PLAINTEXT:SASL_SSL,CONTROLLER:PLAINTEXT");
        broker.put("sasl.enabled.mechanisms", "PLAIN");
        broker.put("sasl.mechanism.inter.broker.protocol", "PLAIN");
        StringBuilder users = new StringBuilder(String.format(Locale.ROOT, LOGIN, "admin", password("admin")));
        for (String user : List.of("admin", "ingest", "serve", "tail", "view", "publish", "nobody")) {
            users.append(String.format(Locale.ROOT, " user_%s=\"%s\"", user, password(user)));
        }
        broker.put("listener.name.plaintext.plain.sasl.jaas.config", users + ";");
        broker.put("ssl.keystore.location", folder.resolve("broker.p12").toString());
        broker.put("ssl.keystore.password", "changeit");
        broker.put("ssl.truststore.location", folder.resolve("broker-trust.p12").toString());
        broker.put("ssl.truststore.password", "changeit");
        broker.put("authorizer.class.name", "org.apache.kafka.metadata.authorizer.StandardAuthorizer");
        broker.put("super.users", "User:admin;User:ANONYMOUS"); // the controller, which has no login
        kafka = new EmbeddedKafka(broker);
        admin = Admin.create(Map.of(
                "bootstrap.servers",
                kafka.bootstrapServers(),
                "security.protocol",
                "SASL_SSL",
                "sasl.mechanism",
                "PLAIN",
                "sasl.jaas.config",
                String.format(Locale.ROOT, LOGIN, "admin", password("admin")) + ";",
                "ssl.truststore.location",
                folder.resolve("broker-trust.p12").toString(),
                "ssl.truststore.password",
                "changeit"));
        for (String topic : TOPICS) {
            admin.createTopics(
                            List.of(new NewTopic(topic, 1, (short) 1).configs(Map.of("max.message.bytes", "33554432"))))
                    .all()
                    .get();
        }
        grant("ingest", ResourceType.TOPIC, "reads", AclOperation.WRITE);
        grant("ingest", ResourceType.TOPIC, "dead-letters", AclOperation.WRITE);
        grant("serve", ResourceType.TOPIC, "reads", AclOperation.READ);
        grant("serve", ResourceType.GROUP, "kmerflow", AclOperation.READ);
        grant("serve", ResourceType.TOPIC, "annotations", AclOperation.WRITE);
        grant("serve", ResourceType.TOPIC, "dead-letters", AclOperation.WRITE);
        grant("serve", ResourceType.TOPIC, "models", AclOperation.READ);
        grant("serve", ResourceType.TOPIC, "model-events", AclOperation.WRITE);
        grant("tail", ResourceType.TOPIC, "annotations", AclOperation.READ);
        grant("view", ResourceType.TOPIC, "annotations", AclOperation.READ);
        grant("view", ResourceType.TOPIC, "dead-letters", AclOperation.READ);
        grant("view", ResourceType.TOPIC, "model-events", AclOperation.READ);
        grant("view", ResourceType.TOPIC, "reads", AclOperation.DESCRIBE);
        grant("view", ResourceType.GROUP, "kmerflow", AclOperation.DESCRIBE);
        grant("publish", ResourceType.TOPIC, "models", AclOperation.READ);
        grant("publish", ResourceType.TOPIC, "models", AclOperation.WRITE);
        grant("publish", ResourceType.TOPIC, "model-events", AclOperation.READ);
    }

    @AfterAll
    static void stopBroker() {
        admin.close();
        kafka.close();
    }

    private static String password(String user) {
        return user + "-secret";
    }

    /** A key pair with a certificate for this machine, and a store that trusts it. */
    private static void store(String name) throws IOException, InterruptedException {
        Path keys = folder.resolve(name + ".p12");
        Path certificate = folder.resolve(name + ".pem");
        keytool(
                "-genkeypair -alias broker -keyalg EC -dname CN=localhost -ext SAN=ip:127.0.0.1,dns:localhost -validity 2",
                keys);
        keytool("-exportcert -alias broker -rfc -file " + certificate, keys);
        keytool("-importcert -noprompt -alias broker -file " + certificate, folder.resolve(name + "-trust.p12"));
    }

    private static void keytool(String arguments, Path store) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(
                List.of(Path.of(System.getProperty("java.home"), "bin/keytool").toString()));
        command.addAll(List.of(arguments.split(" ")));
        command.addAll(List.of("-storetype", "PKCS12", "-storepass", "changeit", "-keystore", store.toString()));
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String output = new String(process.getInputStream().readAllBytes(), java.nio.charset.StandardCharsets.UTF_8);
        assertThat(process.waitFor()).as(output).isZero();
    }

    private static void grant(String user, ResourceType type, String name, AclOperation operation) throws Exception {
        admin.createAcls(List.of(new AclBinding(
                        new ResourcePattern(type, name, PatternType.LITERAL),
                        new AccessControlEntry("User:" + user, "*", operation, AclPermissionType.ALLOW))))
                .all()
                .get();
    }

    /** The settings of a user; the password of the truststore is in a separate file, as a mounted secret is. */
    private static Path properties(String user, String password, String... more) throws IOException {
        Path secret = Files.writeString(folder.resolve("secret.properties"), "trust=changeit\n");
        List<String> lines = new ArrayList<>(List.of(
                "security.protocol=SASL_SSL",
                "sasl.mechanism=PLAIN",
                "sasl.jaas.config=" + String.format(Locale.ROOT, LOGIN, user, password) + ";",
                "ssl.truststore.location=" + folder.resolve("broker-trust.p12"),
                "ssl.truststore.password=${file:" + secret + ":trust}"));
        lines.addAll(List.of(more));
        return Files.write(Files.createTempFile(folder, "client", ".properties"), lines);
    }

    private static CommandRun run(Path properties, Object... words) {
        List<Object> all = new ArrayList<>(List.of(words));
        all.addAll(List.of("--bootstrap-servers", kafka.bootstrapServers(), "--client-properties", properties));
        return CommandRun.of(all.toArray());
    }

    private static void assertSentence(CommandRun run, String... parts) {
        assertThat(run.exitCode()).as(run.err()).isEqualTo(ExitCode.FAILED);
        assertThat(run.err()).contains(parts).doesNotContain("-secret").hasLineCount(1);
    }

    @Test
    void commandsWorkWithExactlyTheDocumentedPermissions() throws Exception {
        Path reads = Files.writeString(folder.resolve("reads.fq"), "@r1\nACGT\n+\nIIII\n@r2\nACGT\n+\nIIIII\n");

        CommandRun ingest = run(properties("ingest", password("ingest")), "ingest", "--input", reads);
        assertThat(ingest.exitCode()).as(ingest.err()).isEqualTo(ExitCode.DEAD_LETTERS);
        CommandRun publish =
                run(properties("publish", password("publish")), "publish", Home.defaultModel(), "--wait", 0);
        assertThat(publish.exitCode()).as(publish.err()).isEqualTo(ExitCode.FINE);
        CommandRun serve =
                run(properties("serve", password("serve")), "serve", "--bounded", "--models-topic", "models");
        assertThat(serve.exitCode()).as(serve.err()).isEqualTo(ExitCode.FINE);
        CommandRun tail =
                run(properties("tail", password("tail")), "tail", "--json", "--from-beginning", "--max-records", 1);
        assertThat(tail.exitCode()).as(tail.err()).isEqualTo(ExitCode.FINE);
        assertThat(tail.out()).contains("\"r1\"");
        assertThat(livePage(properties("view", password("view")))).contains("\"reads\":1,", "MALFORMED_RECORD");
        CommandRun doctor = run(properties("nobody", password("nobody")), "doctor");
        assertThat(doctor.exitCode()).as(doctor.out()).isEqualTo(ExitCode.FINE);
        assertThat(doctor.out()).contains("1 brokers at " + kafka.bootstrapServers());
    }

    /** The state of the live page once it is whole: reads, dead letters and the lag of the group, without a problem. */
    private static String livePage(Path properties) throws Exception {
        try (RunningCommand view = RunningCommand.start(
                "view",
                "--port",
                0,
                "--bootstrap-servers",
                kafka.bootstrapServers(),
                "--client-properties",
                properties)) {
            URL state = URI.create(view.await(Pattern.compile("live page at (\\S+);")) + "state")
                    .toURL();
            String json;
            do {
                json = new ObjectMapper().readTree(state).toString();
                assertThat(json).contains("\"problems\":[]");
            } while (json.contains("\"reads\":0,")
                    || json.contains("\"deadLetters\":{}")
                    || json.contains("\"lag\":null"));
            return json;
        }
    }

    @Test
    void exactlyOnceNeedsItsTransactionalIds() throws Exception {
        Path serve = properties("serve", password("serve"));
        Object[] exactlyOnce = {"serve", "--bounded", "--delivery", "exactly-once", "--group-id", "once"};
        grant("serve", ResourceType.GROUP, "once", AclOperation.READ);
        CommandRun denied = run(serve, exactlyOnce);
        assertThat(denied.exitCode()).isEqualTo(ExitCode.FAILED);
        assertThat(denied.err()).contains("in transactions of the job's prefix");

        admin.createAcls(List.of(new AclBinding(
                        new ResourcePattern(ResourceType.TRANSACTIONAL_ID, "once", PatternType.PREFIXED),
                        new AccessControlEntry("User:serve", "*", AclOperation.WRITE, AclPermissionType.ALLOW))))
                .all()
                .get();
        CommandRun allowed = run(serve, exactlyOnce);
        assertThat(allowed.exitCode()).as(allowed.err()).isEqualTo(ExitCode.FINE);
    }

    @Test
    void missingPermissionsAreNamed() throws Exception {
        Path nobody = properties("nobody", password("nobody"));

        assertSentence(run(nobody, "serve"), "permission to see topic");
        assertSentence(run(nobody, "tail"), "permission to read topic 'annotations'");
    }

    @Test
    void wrongPasswordIsOneSentence() throws Exception {
        Path wrong = properties("serve", "other-secret");

        assertSentence(run(wrong, "serve"), "Login: ", "Invalid username or password");
        assertSentence(run(wrong, "tail"), "Login: ", "Invalid username or password");
        assertThat(run(wrong, "doctor").out()).contains("Login: ").doesNotContain("other-secret");
    }

    @Test
    void wrongCertificateIsOneSentence() throws Exception {
        Path wrong = properties(
                "serve", password("serve"), "ssl.truststore.location=" + folder.resolve("stranger-trust.p12"));

        assertSentence(run(wrong, "serve"), "TLS: ", "ssl.truststore");
        assertSentence(run(wrong, "tail"), "TLS: ", "ssl.truststore");
        assertThat(run(wrong, "doctor").out()).contains("TLS: ", "ssl.truststore");
    }

    @Test
    void plainClientOnATlsPortIsOneSentence() throws Exception {
        Path plain = properties(
                "serve",
                password("serve"),
                "security.protocol=SASL_PLAINTEXT",
                "request.timeout.ms=3000",
                "default.api.timeout.ms=5000");

        assertSentence(run(plain, "serve"), "TLS: ", "SASL_SSL");
        assertThat(run(plain, "doctor").out()).contains("TLS: ", "SASL_SSL");
    }

    @Test
    void tlsClientOnAPlainPortIsOneSentence() throws Exception {
        try (EmbeddedKafka open = EmbeddedKafka.start()) {
            CommandRun run = CommandRun.of(
                    "serve",
                    "--bootstrap-servers",
                    open.bootstrapServers(),
                    "--client-properties",
                    properties("serve", password("serve")));
            assertSentence(run, "TLS: ", "it does not");
        }
    }
}
