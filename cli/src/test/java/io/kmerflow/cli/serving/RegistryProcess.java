package io.kmerflow.cli.serving;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** Apicurio's schema registry as a process of its own, with its schemas in memory; the build unpacks it. */
final class RegistryProcess implements AutoCloseable {
    private static final Path FOLDER = Path.of("target", "schema-registry");
    private static final HttpClient HTTP = HttpClient.newHttpClient();
    private static final long POLL_MILLIS = 200;

    private final Process process;
    private final String root;

    private RegistryProcess(Process process, String root) {
        this.process = process;
        this.root = root;
    }

    /** Starts it and waits until it answers. */
    static RegistryProcess start(Path log) throws IOException, InterruptedException {
        int port;
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            port = socket.getLocalPort();
        }
        Path jar;
        try (Stream<Path> files = Files.list(FOLDER)) {
            jar = files.filter(file -> file.toString().endsWith("-runner.jar"))
                    .findFirst()
                    .orElseThrow();
        }
        Process process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xmx256m",
                        "-XX:+UseSerialGC",
                        "-XX:TieredStopAtLevel=1",
                        "-Dquarkus.http.host=127.0.0.1",
                        "-Dquarkus.http.port=" + port,
                        "-jar",
                        jar.toAbsolutePath().toString())
                .redirectErrorStream(true)
                .redirectOutput(log.toFile())
                .start();
        RegistryProcess registry = new RegistryProcess(process, "http://127.0.0.1:" + port);
        while (!registry.answers()) {
            assertThat(process.isAlive()).as(Files.readString(log)).isTrue();
            Thread.sleep(POLL_MILLIS);
        }
        return registry;
    }

    private boolean answers() throws InterruptedException {
        try {
            return send("GET", "/config", "").statusCode() == 200;
        } catch (IOException e) {
            return false; // not yet
        }
    }

    /** Where the interface of Confluent's registry is. */
    String confluentUrl() {
        return root + "/apis/ccompat/v7";
    }

    /** Where Apicurio's own interface is. */
    String apicurioUrl() {
        return root + "/apis/registry/v2";
    }

    /** A request with JSON to the interface of Confluent's registry. */
    HttpResponse<String> send(String method, String path, String json) throws IOException, InterruptedException {
        return HTTP.send(
                HttpRequest.newBuilder(URI.create(confluentUrl() + path))
                        .header("Content-Type", "application/json")
                        .method(method, BodyPublishers.ofString(json))
                        .build(),
                BodyHandlers.ofString());
    }

    /** Sets the compatibility mode of the registry. */
    void mode(String mode) throws IOException, InterruptedException {
        assertThat(send("PUT", "/config", "{\"compatibility\":\"" + mode + "\"}")
                        .statusCode())
                .isEqualTo(200);
    }

    /** Names of the subjects. */
    List<String> subjects() throws IOException, InterruptedException {
        return List.of(send("GET", "/subjects", "")
                .body()
                .replaceAll("[\\[\\]\" ]", "")
                .split(","));
    }

    @Override
    public void close() {
        process.destroyForcibly();
    }
}
