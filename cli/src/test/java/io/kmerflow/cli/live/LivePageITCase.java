package io.kmerflow.cli.live;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.kmerflow.cli.Browser;
import io.kmerflow.cli.topic.TopicFormat;
import io.kmerflow.cli.topic.TopicReader;
import io.kmerflow.kafka.EmbeddedKafka;
import io.kmerflow.schema.DeadLetter;
import io.kmerflow.schema.DriftReport;
import io.kmerflow.schema.ModelEvent;
import io.kmerflow.schema.ReadAnnotation;
import io.kmerflow.schema.codec.RecordCodec;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.openqa.selenium.Keys;

/** The live page of a simulated run of two barcodes with a change of the model, by plain HTTP and in a browser. */
@Timeout(180)
class LivePageITCase {
    private static final LivePage.Topics TOPICS =
            new LivePage.Topics("reads", "annotations", "dead-letters", "model-events", "drift", "kmerflow");
    private static final HttpClient HTTP = HttpClient.newHttpClient();

    private static EmbeddedKafka kafka;
    private static LivePage page;

    /** The page is there before the topics are, as beside a job that starts. */
    @BeforeAll
    static void startPageThenRun() throws Exception {
        kafka = EmbeddedKafka.start();
        page = page(InetAddress.getLoopbackAddress());
        SimulatedRun run =
                new SimulatedRun(Instant.now().truncatedTo(ChronoUnit.MINUTES).minus(20, ChronoUnit.MINUTES));
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", kafka.bootstrapServers()));
                KafkaProducer<byte[], byte[]> producer = producer(kafka.bootstrapServers())) {
            admin.createTopics(List.of(
                            new NewTopic("reads", 1, (short) 1),
                            new NewTopic("annotations", 3, (short) 1),
                            new NewTopic("dead-letters", 1, (short) 1),
                            new NewTopic("model-events", 1, (short) 1),
                            new NewTopic("drift", 1, (short) 1)))
                    .all()
                    .get();
            send(producer, "annotations", ReadAnnotation.class, run.annotations());
            send(producer, "dead-letters", DeadLetter.class, run.deadLetters());
            send(producer, "model-events", ModelEvent.class, run.modelEvents());
            send(producer, "drift", DriftReport.class, run.driftReports());
            producer.send(new ProducerRecord<>("annotations", "no annotation".getBytes(StandardCharsets.UTF_8)));
            for (int i = 0; i < 10; i++) {
                producer.send(new ProducerRecord<>("reads", new byte[1]));
            }
            producer.flush();
            admin.alterConsumerGroupOffsets(
                            "kmerflow", Map.of(new TopicPartition("reads", 0), new OffsetAndMetadata(3)))
                    .all()
                    .get();
        }
        while (page.reads() < SimulatedRun.READS) {
            Thread.sleep(50);
        }
    }

    private static LivePage page(InetAddress address) {
        return LivePage.start(new LivePage.Settings(
                kafka.bootstrapServers(), Map.of(), TOPICS, TopicFormat.AVRO, TopicReader.Start.BEGINNING, address, 0));
    }

    /** One request at a time: the leader of a topic that is new may take a second one and not the first, which it then refuses for ever. */
    private static KafkaProducer<byte[], byte[]> producer(String servers) {
        return new KafkaProducer<>(
                Map.of("bootstrap.servers", servers, "max.in.flight.requests.per.connection", "1"),
                new ByteArraySerializer(),
                new ByteArraySerializer());
    }

    private static <T extends SpecificRecord> void send(
            KafkaProducer<byte[], byte[]> producer, String topic, Class<T> type, List<T> records) {
        RecordCodec<T> codec = new RecordCodec<>(type);
        records.forEach(record -> producer.send(new ProducerRecord<>(topic, codec.encode(record))));
    }

    @AfterAll
    static void stop() {
        page.close();
        kafka.close();
    }

    private static HttpResponse<String> get(String path) throws IOException, InterruptedException {
        return HTTP.send(
                HttpRequest.newBuilder(URI.create(page.url()).resolve(path)).build(), BodyHandlers.ofString());
    }

    private static LivePage page(String servers, LivePage.Topics topics) {
        return LivePage.start(new LivePage.Settings(
                servers,
                Map.of(),
                topics,
                TopicFormat.AVRO,
                TopicReader.Start.BEGINNING,
                InetAddress.getLoopbackAddress(),
                0));
    }

    private static JsonNode state(LivePage of) throws IOException, InterruptedException {
        HttpRequest state =
                HttpRequest.newBuilder(URI.create(of.url()).resolve("/state")).build();
        return new ObjectMapper()
                .readTree(HTTP.send(state, BodyHandlers.ofString()).body());
    }

    @Test
    void aTopicOfAnnotationsThatIsNotThereIsToldOnThePage() throws Exception {
        LivePage.Topics misspelled =
                new LivePage.Topics("reads", "annotatoins", "none-1", "none-2", "none-3", "kmerflow");
        try (LivePage waiting = page(kafka.bootstrapServers(), misspelled)) {
            JsonNode problems;
            do {
                problems = state(waiting).path("problems");
            } while (problems.isEmpty());

            assertThat(problems.toString())
                    .isEqualTo("[\"Expected a topic 'annotatoins' at " + kafka.bootstrapServers()
                            + ", there is none yet\"]");
        }
    }

    @Test
    void aBrokerThatGoesAwayIsToldInOneSentence() throws Exception {
        EmbeddedKafka leaving = EmbeddedKafka.start();
        String servers = leaving.bootstrapServers();
        SimulatedRun run = new SimulatedRun(Instant.now());
        LivePage left;
        try (leaving) {
            try (Admin admin = Admin.create(Map.of("bootstrap.servers", servers));
                    KafkaProducer<byte[], byte[]> producer = producer(servers)) {
                admin.createTopics(List.of(
                                new NewTopic("annotations", 1, (short) 1), new NewTopic("dead-letters", 1, (short) 1)))
                        .all()
                        .get();
                send(
                        producer,
                        "annotations",
                        ReadAnnotation.class,
                        run.annotations().subList(0, 1));
                send(
                        producer,
                        "dead-letters",
                        DeadLetter.class,
                        run.deadLetters().subList(0, 1));
            }
            left = page(servers, TOPICS);
            while (state(left).path("reads").asInt() < 1
                    || state(left).path("deadLetters").isEmpty()) {
                Thread.sleep(50);
            }
        }
        try (left) {
            while (state(left).path("problems").isEmpty()) {
                Thread.sleep(50);
            }

            assertThat(state(left).path("problems").toString())
                    .isEqualTo("[\"Connection: no Kafka broker answers at " + servers + "\"]");
            assertThat(state(left).path("reads").asInt()).isEqualTo(1);
        }
    }

    @Test
    void theStateIsRebuiltFromTheTopics() throws Exception {
        JsonNode state;
        do {
            state = new ObjectMapper().readTree(get("/state").body());
        } while (state.path("lag").isNull()
                || state.path("deadLetters").isEmpty()
                || state.path("modelEvents").isEmpty()
                || state.path("drift").path(0).path("windows").asInt() < 2);

        assertThat(state.path("reads").asLong()).isEqualTo(1_200);
        assertThat(state.path("lag").asLong()).isEqualTo(7);
        assertThat(state.path("undecodable").asLong()).isEqualTo(1);
        assertThat(state.path("deadLetters").toString()).isEqualTo("{\"MALFORMED_RECORD\":2,\"READ_TOO_LONG\":1}");
        assertThat(state.path("models").findValuesAsText("version")).containsExactly("1", "2");
        assertThat(state.path("problems")).isEmpty();
        assertThat(state.at("/drift/0/alarms").asInt()).isEqualTo(1);
        assertThat(state.at("/drift/0/exceeded/1/measure").asText()).isEqualTo("kmers");
        assertThat(state.toString()).doesNotContain("secret-read");
    }

    @Test
    void everyAnswerForbidsForeignCode() throws Exception {
        for (String path :
                List.of("/", "/live.js", "/chart.js", "/page.css", "/live.css", "/icon.svg", "/state", "/none")) {
            HttpResponse<String> answer = get(path);
            assertThat(answer.statusCode()).as(path).isEqualTo(path.equals("/none") ? 404 : 200);
            assertThat(answer.headers().firstValue("Content-Security-Policy"))
                    .as(path)
                    .hasValueSatisfying(policy -> assertThat(policy)
                            .contains("default-src 'none'", "script-src 'self'", "frame-ancestors 'none'")
                            .doesNotContain("unsafe"));
            assertThat(answer.headers().firstValue("X-Content-Type-Options")).hasValue("nosniff");
        }
        assertThat(get("/").body()).doesNotContain("<style", "style=", "onclick", "http://", "https://");
    }

    @Test
    void nothingCanBeWritten() throws Exception {
        for (String method : List.of("POST", "PUT", "DELETE", "OPTIONS")) {
            HttpRequest request = HttpRequest.newBuilder(URI.create(page.url()))
                    .method(method, BodyPublishers.ofString("x"))
                    .build();
            assertThat(HTTP.send(request, BodyHandlers.discarding()).statusCode())
                    .as(method)
                    .isEqualTo(405);
        }
    }

    /** A name elsewhere that resolves to 127.0.0.1 would let a foreign page read this one. */
    @Test
    void anotherHostNameIsRefused() throws Exception {
        URI url = URI.create(page.url());
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), url.getPort());
                OutputStream out = socket.getOutputStream();
                InputStream in = socket.getInputStream()) {
            out.write("GET /state HTTP/1.1\r\nHost: attacker.example\r\nConnection: close\r\n\r\n"
                    .getBytes(StandardCharsets.US_ASCII));
            out.flush();
            assertThat(new String(in.readAllBytes(), StandardCharsets.UTF_8)).startsWith("HTTP/1.1 403");
        }
    }

    @Test
    void everyBrowserGetsTheStateAsAnEvent() throws Exception {
        List<BufferedReader> browsers = new ArrayList<>();
        for (int i = 0; i < 40; i++) {
            HttpRequest request = HttpRequest.newBuilder(URI.create(page.url()).resolve("/events"))
                    .build();
            HttpResponse<InputStream> answer = HTTP.send(request, BodyHandlers.ofInputStream());
            assertThat(answer.headers().firstValue("Content-Type"))
                    .hasValueSatisfying(type -> assertThat(type).startsWith("text/event-stream"));
            browsers.add(new BufferedReader(new InputStreamReader(answer.body(), StandardCharsets.UTF_8)));
        }
        for (BufferedReader browser : browsers) {
            assertThat(browser.readLine()).startsWith("data:{").contains("\"reads\":1200,");
            browser.close();
        }
    }

    @Test
    void beyondThisMachineTheTokenIsAskedForAndKeptInACookie() throws Exception {
        try (LivePage open = page(InetAddress.getByAddress(new byte[4]))) {
            String url = open.url().replace("THIS-MACHINE", "127.0.0.1");
            URI bare = URI.create(url.substring(0, url.indexOf('?')));
            assertThat(HTTP.send(HttpRequest.newBuilder(bare).build(), BodyHandlers.discarding())
                            .statusCode())
                    .isEqualTo(403);

            HttpResponse<Void> entered =
                    HTTP.send(HttpRequest.newBuilder(URI.create(url)).build(), BodyHandlers.discarding());
            assertThat(entered.statusCode()).isEqualTo(303);
            String cookie = entered.headers().firstValue("Set-Cookie").orElseThrow();
            assertThat(cookie).contains("HttpOnly", "SameSite=Strict");
            HttpRequest inside = HttpRequest.newBuilder(bare.resolve("/state"))
                    .header("Cookie", cookie.substring(0, cookie.indexOf(';')))
                    .build();
            assertThat(HTTP.send(inside, BodyHandlers.discarding()).statusCode())
                    .isEqualTo(200);
        }
    }

    @Test
    void aBrowserShowsTheRunLightDarkAndOnAPhone() throws Exception {
        try (Browser browser = Browser.start()) {
            browser.open(page.url(), 1_360, false);
            browser.await("reads", "1,200");
            browser.await("dead", "3");
            browser.await("lag", "7");
            assertThat(browser.text("model")).isEqualTo("species 2");
            assertThat(browser.text("other")).isEqualTo("5.0 %");
            assertThat(browser.text("status")).isEqualTo("Live");
            assertThat(browser.table("calls").get(0)).startsWith("Escherichia coli", "540", "45.0 %");
            assertThat(browser.table("samples").get(1))
                    .containsExactly(
                            "pool",
                            "barcode02",
                            "600",
                            "50.0 %",
                            "300,000",
                            "500",
                            "17",
                            "90.0 %",
                            "0.0 %",
                            "Homo sapiens (90.0 %)");
            assertThat(browser.table("events").get(0)).contains("aborted", "DIGEST: Expected another digest");
            browser.picture("live-light");

            // By keyboard alone: from the link to the figures to the choice of the time, and to the numbers of a chart.
            browser.press(Keys.TAB, Keys.TAB, Keys.ARROW_LEFT);
            assertThat(browser.evaluate("document.activeElement.value")).isEqualTo("recent");
            browser.press(Keys.TAB, Keys.ENTER);
            assertThat(browser.evaluate("document.activeElement.parentElement.open"))
                    .isEqualTo(true);
            assertThat(browser.table("reads-chart-data")).isNotEmpty();
            assertThat(browser.evaluate("document.getElementById('reads-chart').getAttribute('aria-label')"))
                    .asString()
                    .contains("latest 1");

            browser.open(page.url(), 1_360, true);
            browser.await("reads", "1,200");
            assertThat(browser.evaluate("getComputedStyle(document.body).backgroundColor"))
                    .isEqualTo("rgb(22, 25, 28)");
            browser.picture("live-dark");

            browser.open(page.url(), 360, false);
            browser.await("reads", "1,200");
            assertThat((Long) browser.evaluate("document.documentElement.scrollWidth"))
                    .isLessThanOrEqualTo(360);
            browser.picture("live-phone");
            assertThat(browser.console()).isEmpty();
        }
    }
}
