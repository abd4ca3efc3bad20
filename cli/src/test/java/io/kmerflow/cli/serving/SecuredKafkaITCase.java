package io.kmerflow.cli.serving;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.kmerflow.cli.CommandRun;
import io.kmerflow.cli.RunningCommand;
import io.kmerflow.cli.SourceTree;
import io.kmerflow.cli.base.ExitCode;
import io.kmerflow.cli.base.Home;
import io.kmerflow.kafka.EmbeddedKafka;
import java.net.URI;
import java.net.URL;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.resource.PatternType;
import org.apache.kafka.common.resource.ResourcePattern;
import org.apache.kafka.common.resource.ResourceType;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The commands on a broker with TLS, logins and permissions (docs/secured-kafka.md), each as a different user. */
@ExtendWith(SourceTree.class)
class SecuredKafkaITCase {
    @TempDir
    static Path folder;

    private static SecuredBroker broker;

    @BeforeAll
    static void startBroker() throws Exception {
        broker = new SecuredBroker(
                folder, List.of("reads", "annotations", "dead-letters", "models", "model-events"), "plain");
        broker.addUsers("ingest", "watch", "serve", "tail", "view", "publish", "nobody");
        grant("ingest", "reads", AclOperation.WRITE);
        grant("ingest", "dead-letters", AclOperation.WRITE);
        grant("watch", "reads", AclOperation.READ, AclOperation.WRITE);
        grant("watch", "dead-letters", AclOperation.READ, AclOperation.WRITE);
        grantServe("serve", "kmerflow");
        grant("serve", "models", AclOperation.READ);
        grant("serve", "model-events", AclOperation.WRITE);
        grant("tail", "annotations", AclOperation.READ);
        grant("view", "annotations", AclOperation.READ);
        grant("view", "dead-letters", AclOperation.READ);
        grant("view", "drift", AclOperation.READ);
        grant("view", "model-events", AclOperation.READ);
        grant("view", "reads", AclOperation.DESCRIBE);
        broker.grant("view", ResourceType.GROUP, "kmerflow", AclOperation.DESCRIBE);
        grant("publish", "models", AclOperation.READ, AclOperation.WRITE);
        grant("publish", "model-events", AclOperation.READ);
        for (String user : List.of("plain", "oauth", "CN=lab")) {
            grantServe(user, user);
        }
    }

    private static void grant(String user, String topic, AclOperation... operations) throws Exception {
        broker.grant(user, ResourceType.TOPIC, topic, operations);
    }

    private static void grantServe(String user, String group) throws Exception {
        grant(user, "reads", AclOperation.READ);
        grant(user, "annotations", AclOperation.WRITE);
        grant(user, "dead-letters", AclOperation.WRITE);
        broker.grant(user, ResourceType.GROUP, group, AclOperation.READ);
    }

    @AfterAll
    static void stopBroker() {
        broker.close();
    }

    private static CommandRun run(Path properties, Object... words) {
        return runAt(broker.servers(), properties, words);
    }

    private static CommandRun runAt(String servers, Path properties, Object... words) {
        List<Object> all = new ArrayList<>(List.of(words));
        all.addAll(List.of("--bootstrap-servers", servers, "--client-properties", properties));
        return CommandRun.of(all.toArray());
    }

    private static void assertFine(CommandRun run) {
        assertThat(run.exitCode()).as(run.err() + run.out()).isEqualTo(ExitCode.FINE);
    }

    private static void assertSentence(CommandRun run, String... parts) {
        assertThat(run.exitCode()).as(run.err()).isEqualTo(ExitCode.FAILED);
        assertThat(run.err()).contains(parts).doesNotContain("-secret").hasLineCount(1);
    }

    @Test
    void commandsWorkWithExactlyTheDocumentedPermissions() throws Exception {
        Path reads = Files.writeString(folder.resolve("reads.fq"), "@r1\nACGT\n+\nIIII\n@r2\nACGT\n+\nIIIII\n");

        CommandRun ingest = run(broker.scram("ingest"), "ingest", "--input", reads);
        assertThat(ingest.exitCode()).as(ingest.err()).isEqualTo(ExitCode.DEAD_LETTERS);
        assertFine(run(broker.scram("publish"), "publish", Home.defaultModel(), "--wait", 0));
        assertFine(run(broker.scram("serve"), "serve", "--bounded", "--models-topic", "models"));
        CommandRun tail = run(broker.scram("tail"), "tail", "--json", "--from-beginning", "--idle-seconds", 3);
        assertFine(tail);
        assertThat(tail.out()).contains("\"r1\"");
        assertThat(livePage(broker.scram("view"))).contains("MALFORMED_RECORD");
        CommandRun doctor = run(broker.scram("nobody"), "doctor");
        assertFine(doctor);
        assertThat(doctor.out()).contains("1 brokers at " + broker.servers());
    }

    @Test
    void watchedFolderNeedsToReadWhatIsOnTheTopics() throws Exception {
        Path run = Files.createDirectory(folder.resolve("run"));
        Files.writeString(run.resolve("a.fq"), "@w1\nACGT\n+\nIIII\n");
        Files.writeString(run.resolve("end-of-run"), "");
        Object[] watch = {"ingest", "--watch", run, "--settle", "0.1", "--poll", "0.1"};

        CommandRun first = run(broker.scram("watch"), watch);
        assertFine(first);
        assertThat(first.err()).contains("run complete: 1 reads of 1 files");
        assertSentence(run(broker.scram("ingest"), watch), "permission to", "reads");
    }

    /** The state of the live page once it is whole: reads, dead letters and the lag of the group, without a problem. */
    private static String livePage(Path properties) throws Exception {
        try (RunningCommand view = RunningCommand.start(
                "view", "--port", 0, "--bootstrap-servers", broker.servers(), "--client-properties", properties)) {
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
        Path serve = broker.scram("serve");
        Object[] exactlyOnce = {"serve", "--bounded", "--delivery", "exactly-once", "--group-id", "once"};
        broker.grant("serve", ResourceType.GROUP, "once", AclOperation.READ);
        CommandRun denied = run(serve, exactlyOnce);
        assertThat(denied.exitCode()).isEqualTo(ExitCode.FAILED);
        assertThat(denied.err()).contains("in transactions of the job's prefix");

        broker.grant(
                "serve",
                new ResourcePattern(ResourceType.TRANSACTIONAL_ID, "once", PatternType.PREFIXED),
                AclOperation.WRITE);
        assertFine(run(serve, exactlyOnce));
    }

    /** In clients of the command and in those of the job, whose graph has references to secrets alone. */
    @ParameterizedTest
    @ValueSource(strings = {"plain", "oauth", "mutual", "mutual in PEM"})
    void everyWayToLogInWorks(String way) throws Exception {
        boolean mutual = way.startsWith("mutual");
        String servers = mutual ? broker.mutualServers() : broker.servers();
        Path properties = switch (way) {
            case "plain" -> broker.plain("plain");
            case "oauth" -> broker.oauth("oauth", TokenEndpoint.secret("oauth"));
            case "mutual" -> broker.mutual();
            default -> broker.mutualPem();
        };

        CommandRun doctor = runAt(servers, properties, "doctor");
        assertFine(doctor);
        assertThat(doctor.out()).contains("1 brokers at " + servers);
        assertFine(runAt(servers, properties, "serve", "--bounded", "--group-id", mutual ? "CN=lab" : way));
    }

    @Test
    void missingPermissionsAreNamed() throws Exception {
        Path nobody = broker.scram("nobody");
        Path reads = Files.writeString(folder.resolve("one.fq"), "@r1\nACGT\n+\nIIII\n");

        assertSentence(run(nobody, "serve"), "permission to see topic");
        assertSentence(run(nobody, "tail"), "permission to read topic 'annotations'");
        assertSentence(run(nobody, "ingest", "--input", reads), "permission to", "topic");
        assertSentence(run(nobody, "publish", Home.defaultModel(), "--wait", 0), "permission to", "models");
        assertSentence(run(broker.scram("tail"), "ingest", "--input", reads), "permission to", "topic");
        assertSentence(run(broker.scram("ingest"), "serve"), "permission to", "topic");
    }

    @Test
    void wrongPasswordIsOneSentence() throws Exception {
        Path wrong = broker.scram("serve", "other-secret");

        assertSentence(run(wrong, "serve"), "Login: ");
        assertSentence(run(wrong, "tail"), "Login: ");
        assertSentence(run(wrong, "publish", Home.defaultModel()), "Login: ");
        assertThat(run(wrong, "doctor").out()).contains("Login: ").doesNotContain("other-secret");
    }

    @Test
    void refusedTokenIsOneSentence() throws Exception {
        Path wrong = broker.oauth("oauth", "other-client-secret");
        Path elsewhere = broker.oauth(
                "oauth", TokenEndpoint.secret("oauth"), "sasl.oauthbearer.token.endpoint.url=http://127.0.0.1:1/token");

        assertSentence(run(wrong, "serve"), "Login: ", "token");
        assertSentence(run(wrong, "tail"), "Login: ", "token");
        assertThat(run(wrong, "doctor").out()).contains("Login: ").doesNotContain("other-client-secret");
        assertSentence(run(elsewhere, "tail"), "Login: ", "org.apache.kafka.sasl.oauthbearer.allowed.urls");
    }

    @Test
    void missingCertificateIsOneSentence() throws Exception {
        Path without = broker.withoutCertificate();

        assertSentence(runAt(broker.mutualServers(), without, "serve"), "TLS: ", "ssl.keystore");
        assertSentence(runAt(broker.mutualServers(), without, "tail"), "TLS: ", "ssl.keystore");
        assertThat(runAt(broker.mutualServers(), without, "doctor").out()).contains("TLS: ", "ssl.keystore");
    }

    @Test
    void wrongCertificateIsOneSentence() throws Exception {
        broker.store("stranger", "stranger", "PKCS12");
        Path wrong = broker.scram(
                "serve", SecuredBroker.password("serve"), "ssl.truststore.location=" + broker.trust("stranger"));

        assertSentence(run(wrong, "serve"), "TLS: ", "ssl.truststore");
        assertSentence(run(wrong, "tail"), "TLS: ", "ssl.truststore");
        assertThat(run(wrong, "doctor").out()).contains("TLS: ", "ssl.truststore");
    }

    @Test
    void plainClientOnATlsPortIsOneSentence() throws Exception {
        Path plain = broker.scram(
                "serve",
                SecuredBroker.password("serve"),
                "security.protocol=SASL_PLAINTEXT",
                "request.timeout.ms=3000",
                "default.api.timeout.ms=5000");

        assertSentence(run(plain, "serve"), "TLS: ", "SASL_SSL");
        assertThat(run(plain, "doctor").out()).contains("TLS: ", "SASL_SSL");
    }

    @Test
    void tlsClientOnAPlainPortIsOneSentence() throws Exception {
        try (EmbeddedKafka open = new EmbeddedKafka(Map.of())) {
            assertSentence(runAt(open.bootstrapServers(), broker.scram("serve"), "serve"), "TLS: ", "it does not");
        }
    }
}
