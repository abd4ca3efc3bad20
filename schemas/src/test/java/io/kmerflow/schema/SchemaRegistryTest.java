package io.kmerflow.schema;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.kmerflow.schema.registry.RegistryAddress;
import io.kmerflow.schema.registry.RegistryException;
import io.kmerflow.schema.registry.SchemaRegistry;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.avro.Schema;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is asked of a registry, in which order, and what each answer leads to. */
class SchemaRegistryTest {
    private static final Schema SCHEMA = ModelEvent.getClassSchema();
    private static final String LOOKUP = "POST /subjects/events-value";
    private static final String CONFIG = "GET /config/events-value";
    private static final String GLOBAL_CONFIG = "GET /config";
    private static final String CHECK = "POST /compatibility/subjects/events-value/versions/latest";
    private static final String REGISTER = "POST /subjects/events-value/versions";
    private static final String MISSING = "404 {\"error_code\":40401}";

    @TempDir
    Path folder;

    private final Map<String, String> answers = new HashMap<>();
    private final List<String> asked = new ArrayList<>();
    private final List<String> logins = new ArrayList<>();
    private HttpServer server;

    @BeforeEach
    void start() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/", this::answer);
        server.start();
    }

    @AfterEach
    void stop() {
        server.stop(0);
    }

    private void answer(HttpExchange exchange) throws IOException {
        String request = exchange.getRequestMethod() + " " + exchange.getRequestURI();
        asked.add(request);
        logins.add(exchange.getRequestHeaders().getFirst("Authorization"));
        String answer = answers.getOrDefault(request, MISSING);
        byte[] body = answer.substring(4).getBytes(StandardCharsets.UTF_8);
        exchange.sendResponseHeaders(Integer.parseInt(answer.substring(0, 3)), body.length);
        exchange.getResponseBody().write(body);
        exchange.close();
    }

    private SchemaRegistry registry(String credentialsFile) {
        String url = "http://127.0.0.1:" + server.getAddress().getPort() + "/";
        return new SchemaRegistry(new RegistryAddress(url, credentialsFile));
    }

    private int register() {
        return registry(null).idOf("events-value", SCHEMA);
    }

    @Test
    void aSchemaThatIsThereIsNotRegisteredAgain() {
        answers.put(LOOKUP, "200 {\"id\":12}");

        assertThat(register()).isEqualTo(12);
        assertThat(asked).containsExactly(LOOKUP);
    }

    @Test
    void theModeOfTheSubjectAndTheLatestVersionAreCheckedFirst() {
        answers.put(CONFIG, "200 {\"compatibilityLevel\":\"FULL\"}");
        answers.put(CHECK, "200 {\"is_compatible\":true}");
        answers.put(REGISTER, "200 {\"id\":13}");

        assertThat(register()).isEqualTo(13);
        assertThat(asked).containsExactly(LOOKUP, CONFIG, CHECK, REGISTER);
    }

    @Test
    void aNewSubjectHasTheModeOfTheRegistryAndNoVersion() {
        answers.put(GLOBAL_CONFIG, "200 {\"compatibilityLevel\":\"BACKWARD\"}");
        answers.put(REGISTER, "200 {\"id\":14}");

        assertThat(register()).isEqualTo(14);
        assertThat(asked).containsExactly(LOOKUP, CONFIG, GLOBAL_CONFIG, CHECK, REGISTER);
    }

    @Test
    void aSubjectWithoutAModeOfItsOwnMayAnswerNone() {
        answers.put(CONFIG, "200 {\"compatibilityLevel\":\"NONE\"}");
        answers.put(GLOBAL_CONFIG, "200 {\"compatibilityLevel\":\"FULL\"}");
        answers.put(REGISTER, "200 {\"id\":15}");

        assertThat(register()).isEqualTo(15);
    }

    @Test
    void withoutACheckOfCompatibilityNothingIsRegistered() {
        answers.put(GLOBAL_CONFIG, "200 {\"compatibilityLevel\":\"NONE\"}");

        assertThatThrownBy(this::register)
                .isInstanceOf(RegistryException.class)
                .hasMessageContainingAll("compatibility of subject events-value", "NONE");
        assertThat(asked).doesNotContain(REGISTER);
    }

    @Test
    void anIncompatibleSchemaIsNotRegistered() {
        answers.put(CONFIG, "200 {\"compatibilityLevel\":\"FULL\"}");
        answers.put(CHECK, "200 {\"is_compatible\":false}");

        assertThatThrownBy(this::register)
                .isInstanceOf(RegistryException.class)
                .hasMessageContainingAll("io.kmerflow.schema.ModelEvent", "events-value", "it is not");
        assertThat(asked).doesNotContain(REGISTER);
    }

    @Test
    void schemasAreFoundByTheirIds() {
        answers.put("GET /schemas/ids/5", "200 {\"schema\":\"\\\"string\\\"\"}");
        answers.put("GET /schemas/ids/6", "200 {\"schemaType\":\"JSON\",\"schema\":\"{}\"}");
        answers.put("GET /schemas/ids/7", "422 {}");
        SchemaRegistry registry = registry(null);

        assertThat(registry.schema(5)).isEqualTo(Schema.create(Schema.Type.STRING));
        assertThat(registry.schema(6)).isNull();
        assertThat(registry.schema(7)).isNull();
        assertThat(registry.schema(8)).isNull();
        assertThat(registry.schema(-1)).isNull();
        assertThat(asked).hasSize(4);
    }

    @Test
    void aFailureIsNoMissingSchema() {
        answers.put("GET /schemas/ids/5", "401 who are you");

        assertThatThrownBy(() -> registry(null).schema(5))
                .isInstanceOf(RegistryException.class)
                .hasMessageContainingAll("status 401", "who are you");
        server.stop(0);
        assertThatThrownBy(() -> registry(null).schema(6))
                .isInstanceOf(RegistryException.class)
                .hasMessageContaining("Expected a schema registry at http://127.0.0.1");
    }

    @Test
    void theLoginIsReadFromItsFile() throws IOException {
        Path file = Files.writeString(folder.resolve("login"), "me:secret\n");
        registry(file.toString()).schema(1);

        assertThat(logins).containsExactly("Basic bWU6c2VjcmV0");
        assertThatThrownBy(() -> registry(folder.resolve("none").toString()).schema(1))
                .isInstanceOf(RegistryException.class)
                .hasMessageContaining("user:password");
    }
}
