package io.kmerflow.schema.registry;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Base64;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.apache.avro.Schema;
import org.apache.avro.SchemaParseException;

/**
 * Schemas of a registry with the HTTP interface of Confluent's (version 1: {@code /schemas/ids}, {@code /subjects}, {@code
 * /config}, {@code /compatibility}), which Apicurio, Karapace and Redpanda have too.
 */
public final class SchemaRegistry {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Duration TIMEOUT = Duration.ofSeconds(15);
    private static final String MEDIA_TYPE = "application/vnd.schemaregistry.v1+json";
    private static final int FOUND = 200;
    private static final int MISSING = 404;
    /** How registries answer to an id that they do not have or take. */
    private static final Set<Integer> NO_ID = Set.of(400, MISSING, 422);

    private static final String UNCHECKED = "NONE";

    private final RegistryAddress address;
    private final HttpClient http =
            HttpClient.newBuilder().connectTimeout(TIMEOUT).build();

    /** @param address where */
    public SchemaRegistry(RegistryAddress address) {
        this.address = address;
    }

    /**
     * The Avro schema with an id, or null if there is none: bytes that are no record may name any number.
     *
     * @throws RegistryException if the registry does not answer
     */
    public Schema schema(int id) {
        HttpResponse<String> answer = id < 0 ? null : get("/schemas/ids/" + id);
        if (answer == null || NO_ID.contains(answer.statusCode())) {
            return null;
        }
        try {
            return new Schema.Parser().parse(body(answer).path("schema").asText());
        } catch (SchemaParseException e) {
            return null; // of another kind, such as JSON Schema
        }
    }

    /**
     * The id of a schema under a subject. One that the subject does not have is registered, after the registry has said that it
     * checks compatibility and that the schema fits the latest version.
     *
     * @throws RegistryException if it cannot be registered, or the registry does not answer
     */
    public int idOf(String subject, Schema schema) {
        String path = "/subjects/" + URLEncoder.encode(subject, StandardCharsets.UTF_8);
        HttpResponse<String> known = post(path, schema);
        if (known.statusCode() != MISSING) {
            return body(known).path("id").asInt();
        }
        requireCompatible(subject, schema);
        return body(post(path + "/versions", schema)).path("id").asInt();
    }

    private void requireCompatible(String subject, Schema schema) {
        String name = URLEncoder.encode(subject, StandardCharsets.UTF_8);
        HttpResponse<String> own = get("/config/" + name);
        String mode = own.statusCode() == MISSING ? UNCHECKED : mode(own);
        if (mode.equals(UNCHECKED)) {
            // Where a subject has no mode of its own, Confluent's registry answers 404 and Apicurio NONE; the
            // registry's holds.
            mode = mode(get("/config"));
        }
        if (mode.equals(UNCHECKED)) {
            throw new RegistryException(String.format(
                    Locale.ROOT,
                    "Expected the registry %s to check the compatibility of subject %s, for example FULL_TRANSITIVE, its mode is %s",
                    address.url(),
                    subject,
                    mode));
        }
        HttpResponse<String> answer = post("/compatibility/subjects/" + name + "/versions/latest", schema);
        boolean first = answer.statusCode() == MISSING;
        if (!first && !body(answer).path("is_compatible").asBoolean()) {
            throw new RegistryException(String.format(
                    Locale.ROOT,
                    "Expected the schema %s to be compatible (%s) with the latest version of subject %s at %s, it is not",
                    schema.getFullName(),
                    mode,
                    subject,
                    address.url()));
        }
    }

    private String mode(HttpResponse<String> config) {
        return body(config).path("compatibilityLevel").asText(UNCHECKED);
    }

    private HttpResponse<String> get(String path) {
        return send(request(path).GET().build());
    }

    private HttpResponse<String> post(String path, Schema schema) {
        String json = JSON.valueToTree(Map.of("schema", schema.toString())).toString();
        return send(request(path)
                .header("Content-Type", MEDIA_TYPE)
                .POST(BodyPublishers.ofString(json))
                .build());
    }

    private HttpRequest.Builder request(String path) {
        HttpRequest.Builder request;
        try {
            request = HttpRequest.newBuilder(URI.create(address.url() + path));
        } catch (IllegalArgumentException e) {
            throw new RegistryException(
                    String.format(Locale.ROOT, "Expected the URL of a schema registry, got '%s'", address.url()), e);
        }
        if (address.credentialsFile() != null) {
            request.header("Authorization", "Basic " + credentials());
        }
        return request.timeout(TIMEOUT).header("Accept", MEDIA_TYPE + ", application/json");
    }

    private String credentials() {
        try {
            String text = Files.readString(Path.of(address.credentialsFile())).strip();
            return Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw new RegistryException(
                    String.format(
                            Locale.ROOT,
                            "Expected a file with user:password for the schema registry at %s, got: %s",
                            address.credentialsFile(),
                            e),
                    e);
        }
    }

    private HttpResponse<String> send(HttpRequest request) {
        try {
            return http.send(request, BodyHandlers.ofString());
        } catch (IOException e) {
            throw new RegistryException(
                    String.format(Locale.ROOT, "Expected a schema registry at %s, got: %s", address.url(), e), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new RegistryException("Interrupted while asking the schema registry", e);
        }
    }

    private JsonNode body(HttpResponse<String> answer) {
        try {
            if (answer.statusCode() == FOUND) {
                return JSON.readTree(answer.body());
            }
        } catch (IOException e) {
            // said below
        }
        String text = answer.body().strip();
        throw new RegistryException(String.format(
                Locale.ROOT,
                "Expected an answer of a schema registry from %s, got status %d: %s",
                answer.uri(),
                answer.statusCode(),
                text.substring(0, Math.min(200, text.length()))));
    }
}
