package io.kmerflow.cli.serving;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import io.kmerflow.cli.CommandLines;
import io.kmerflow.cli.CommandRun;
import io.kmerflow.cli.SourceTree;
import io.kmerflow.cli.base.ExitCode;
import io.kmerflow.cli.base.Home;
import io.kmerflow.kafka.EmbeddedKafka;
import java.io.IOException;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** What dashboard and alerts ask for, against what a job with a past really exposes. */
@ExtendWith(SourceTree.class)
class MonitoringITCase {
    private static final Path MONITORING = SourceTree.ROOT.resolve("deploy/monitoring");
    private static final Pattern METRIC = Pattern.compile("flink_\\w+");
    private static final Pattern LABELS_BY = Pattern.compile("by \\(([^)]*)\\)");
    private static final Pattern MATCHER = Pattern.compile("(\\w+)(=~|!~|!=|=)\"([^\"]*)\"");
    private static final Pattern SAMPLE = Pattern.compile("(\\w+)(?:\\{(.*)})? \\S+");
    private static final String OURS = "flink_taskmanager_job_task_operator_kmerflow_";

    @TempDir
    Path folder;

    @Test
    void everyMetricThatDashboardAndAlertsAskForIsExposed() throws Exception {
        Path reads = Files.writeString(
                folder.resolve("reads.fq"),
                String.format(
                        Locale.ROOT,
                        "@r1\n%1$s\n+\n%2$s\n@r2\nACGT\n+\nII\n@r3\nACG\n+\nIII\n",
                        "ACGTTGCA".repeat(60),
                        "I".repeat(480)));
        int port = freePort();
        try (EmbeddedKafka kafka = EmbeddedKafka.start()) {
            String servers = kafka.bootstrapServers();
            CommandRun ingest = CommandRun.of("ingest", "--bootstrap-servers", servers, "--input", reads);
            assertThat(ingest.exitCode()).as(ingest.err()).isEqualTo(ExitCode.DEAD_LETTERS);
            sendBytesThatAreNoRead(servers);
            Process serve = serve(servers, port);
            try {
                refuseAModel(servers);
                Exposed exposed = scrape(port, serve);
                List<String> queries = queries();
                assertThat(queries).hasSizeGreaterThan(30);
                for (String query : queries) {
                    exposed.requireAllOf(query);
                }
                assertThat(exposed.values(OURS + "stage_reason_dead_letters", "stage"))
                        .containsOnly("DECODE");
                assertThat(exposed.values(OURS + "stage_reason_dead_letters", "reason"))
                        .containsOnly("UNDECODABLE");
                assertThat(exposed.values(
                                "flink_jobmanager_job_operator_coordinator_kmerflow_outcome_model_changes", "outcome"))
                        .containsOnly("BROKEN_BUNDLE");
                CommandRun events = CommandRun.of(
                        "tail",
                        "--bootstrap-servers",
                        servers,
                        "--topic",
                        "model-events",
                        "--from-beginning",
                        "--max-records",
                        2,
                        "--json");
                for (String line : events.out().strip().split("\n")) {
                    assertThat(new ObjectMapper().readTree(line).path("reason").asText())
                            .contains("/no/such/bundle");
                }
                assertThat(exposed.names()).doesNotContain(OURS + "invented_reads");
                awaitLine(
                        serve,
                        "2 reads \\(\\+\\d\\), \\d called, 1 dead letters, lag 0, 0 restarts, model \\d\\.\\d \\(sha256:\\w{12}\\)");
            } finally {
                serve.destroy();
                serve.waitFor();
            }
        }
    }

    @Test
    void everyAlertLeadsToItsHeadingInTheRunbook() throws Exception {
        Set<String> headings = new HashSet<>();
        for (String line : Files.readAllLines(SourceTree.ROOT.resolve("docs/runbook.md"))) {
            if (line.startsWith("## ")) {
                headings.add(
                        line.substring(3).toLowerCase(java.util.Locale.ROOT).replace(' ', '-'));
            }
        }
        for (JsonNode rule : rules()) {
            assertThat(headings)
                    .as(rule.path("alert").asText())
                    .contains(rule.at("/annotations/runbook").asText());
        }
    }

    @Test
    void aPortThatIsTakenOrNoPortIsRefusedInOneSentence() throws Exception {
        try (ServerSocket taken = new ServerSocket(0)) {
            int port = taken.getLocalPort();
            CommandRun run = CommandRun.of("serve", "--bootstrap-servers", "localhost:1", "--metrics-port", port);
            assertThat(run.exitCode()).isEqualTo(ExitCode.FAILED);
            assertThat(run.err()).contains("Expected a free port for --metrics-port, but " + port + " is taken");
        }
        for (String wrong : List.of("0", "9259-9249", "65536", "nine")) {
            CommandRun run = CommandRun.of("serve", "--bootstrap-servers", "localhost:1", "--metrics-port", wrong);
            assertThat(run.exitCode()).as(wrong).isEqualTo(ExitCode.USAGE);
            assertThat(run.err()).contains("got '" + wrong + "'");
        }
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0)) {
            return socket.getLocalPort();
        }
    }

    private static void sendBytesThatAreNoRead(String servers) throws Exception {
        try (KafkaProducer<byte[], byte[]> producer = new KafkaProducer<>(
                Map.of("bootstrap.servers", servers), new ByteArraySerializer(), new ByteArraySerializer())) {
            producer.send(new ProducerRecord<>("reads", new byte[] {1, 2, 3})).get();
        }
    }

    /** A process of its own, which can be ended; this one's job runs until then. */
    private Process serve(String servers, int port) throws IOException {
        List<String> words = List.of(
                "serve",
                "--bootstrap-servers",
                servers,
                "--models-topic",
                "models",
                "--checkpoint-interval",
                "2",
                "--status-interval",
                "1",
                "--metrics-port",
                port + "-" + port);
        return new ProcessBuilder(CommandLines.ofJvm(List.of(), words))
                .redirectErrorStream(true)
                .redirectOutput(folder.resolve("serve.log").toFile())
                .start();
    }

    private static void refuseAModel(String servers) {
        CommandRun publish = CommandRun.of(
                "publish", Home.defaultModel(), "--bootstrap-servers", servers, "--bundle-uri", "/no/such/bundle");
        assertThat(publish.exitCode()).isEqualTo(ExitCode.FAILED);
        assertThat(publish.out() + publish.err()).contains("BROKEN_BUNDLE");
    }

    /** Scrapes until the reads, the bytes that are none and a checkpoint have left their traces. */
    private Exposed scrape(int port, Process serve) throws Exception {
        HttpClient client = HttpClient.newHttpClient();
        HttpRequest request = HttpRequest.newBuilder(URI.create("http://localhost:" + port + "/metrics"))
                .build();
        Exposed exposed = null;
        for (int attempt = 0; attempt < 240 && serve.isAlive(); attempt++) {
            String text =
                    client.send(request, HttpResponse.BodyHandlers.ofString()).body();
            exposed = Exposed.of(text);
            if (exposed.names().contains(OURS + "stage_reason_dead_letters")
                    && Pattern.compile("kmerflow_annotated_reads\\{[^\n]*} 2\\.0")
                            .matcher(text)
                            .find()) {
                return exposed;
            }
            TimeUnit.MILLISECONDS.sleep(500);
        }
        throw new AssertionError("Expected two reads annotated and a dead letter, got "
                + (exposed == null ? "no answer" : exposed.names())
                + Files.readString(folder.resolve("serve.log")));
    }

    /** Waits until the process has printed a line of that form. */
    private void awaitLine(Process serve, String pattern) throws Exception {
        Predicate<String> line = Pattern.compile(pattern).asMatchPredicate();
        Path log = folder.resolve("serve.log");
        while (serve.isAlive() && Files.readAllLines(log).stream().noneMatch(line)) {
            TimeUnit.MILLISECONDS.sleep(200);
        }
        assertThat(Files.readAllLines(log)).anyMatch(line);
    }

    private static List<String> queries() throws IOException {
        List<String> queries = new ArrayList<>();
        JsonNode dashboard = new ObjectMapper()
                .readTree(MONITORING.resolve("grafana/dashboards/kmerflow.json").toFile());
        for (JsonNode panel : dashboard.path("panels")) {
            for (JsonNode target : panel.path("targets")) {
                queries.add(target.path("expr").asText());
            }
        }
        rules().forEach(rule -> queries.add(rule.path("expr").asText()));
        return queries;
    }

    private static List<JsonNode> rules() throws IOException {
        List<JsonNode> rules = new ArrayList<>();
        JsonNode file = new ObjectMapper(new YAMLFactory())
                .readTree(MONITORING.resolve("alerts.yml").toFile());
        file.path("groups").forEach(group -> group.path("rules").forEach(rules::add));
        assertThat(rules).isNotEmpty();
        return rules;
    }

    /** Names, their labels and their values, as Prometheus gets them. */
    private record Exposed(Map<String, Map<String, Set<String>>> byName) {
        static Exposed of(String text) {
            Map<String, Map<String, Set<String>>> byName = new HashMap<>();
            for (String line : text.split("\n")) {
                Matcher sample = SAMPLE.matcher(line);
                if (line.startsWith("#") || !sample.matches()) {
                    continue;
                }
                Map<String, Set<String>> labels = byName.computeIfAbsent(sample.group(1), n -> new HashMap<>());
                Matcher label = MATCHER.matcher(sample.group(2) == null ? "" : sample.group(2));
                while (label.find()) {
                    labels.computeIfAbsent(label.group(1), l -> new TreeSet<>()).add(label.group(3));
                }
            }
            return new Exposed(byName);
        }

        Set<String> names() {
            return byName.keySet();
        }

        Set<String> values(String name, String label) {
            return byName.getOrDefault(name, Map.of()).getOrDefault(label, Set.of());
        }

        /** Every metric, every label it is grouped by or chosen with, and every value asked for by name. */
        void requireAllOf(String query) {
            List<String> metrics = new ArrayList<>();
            Matcher metric = METRIC.matcher(query);
            while (metric.find()) {
                metrics.add(metric.group());
            }
            assertThat(metrics).as(query).isNotEmpty();
            assertThat(names()).as(query).containsAll(metrics);
            Map<String, Set<String>> labels = new HashMap<>();
            metrics.forEach(name -> byName.get(name)
                    .forEach((label, values) ->
                            labels.computeIfAbsent(label, l -> new TreeSet<>()).addAll(values)));
            Matcher grouped = LABELS_BY.matcher(query);
            while (grouped.find()) {
                assertThat(labels.keySet()).as(query).contains(grouped.group(1).split(", *"));
            }
            Matcher chosen = MATCHER.matcher(query);
            while (chosen.find()) {
                assertThat(labels.keySet()).as(query).contains(chosen.group(1));
                if (chosen.group(2).equals("=")) {
                    assertThat(labels.get(chosen.group(1))).as(query).contains(chosen.group(3));
                }
            }
        }
    }
}
