package io.kmerflow.kafka;

import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import kafka.server.KafkaConfig;
import kafka.server.KafkaRaftServer;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.utils.Time;
import org.apache.kafka.metadata.storage.Formatter;

/**
 * One real Kafka broker and controller (KRaft) in this process, on loopback. Its log lies in a temporary folder that is
 * deleted on close, or in a given one that is kept. Ports that are not given are chosen just before the start, since the
 * server tells no bound port; another process may take one in between, then the start fails.
 */
public final class EmbeddedKafka implements AutoCloseable {
    private static final String META = "meta.properties";

    private final Path logDirectory;
    private final boolean temporary;
    private final KafkaRaftServer server;
    private final String bootstrapServers;
    private final Map<String, String> moreListeners = new TreeMap<>();
    private boolean closed;

    /** Starts a broker with its defaults. */
    public static EmbeddedKafka start() throws Exception {
        return new EmbeddedKafka(Map.of());
    }

    /**
     * Starts a broker.
     *
     * @param overrides broker properties over the defaults for one machine
     * @throws Exception if the log folder cannot be formatted or the server does not come up
     */
    public EmbeddedKafka(Map<String, String> overrides) throws Exception {
        this(overrides, List.of());
    }

    /**
     * Starts a broker with several listeners, such as one for each way to log in.
     *
     * @param overrides broker properties over the defaults for one machine
     * @param moreListeners names in upper case of listeners besides {@code PLAINTEXT}; overrides say their protocols
     * @throws Exception if the log folder cannot be formatted or the server does not come up
     */
    public EmbeddedKafka(Map<String, String> overrides, List<String> moreListeners) throws Exception {
        this(Files.createTempDirectory("kmerflow-kafka"), true, freePort(), overrides, moreListeners);
    }

    /**
     * Starts a broker on a port of the caller's choice, and on a log that outlives it: what was written before is there
     * again.
     *
     * @param directory of the log, formatted if it is new; null for a temporary one
     * @param port where clients connect
     * @throws Exception if the log folder cannot be formatted or the server does not come up
     */
    public static EmbeddedKafka at(Path directory, int port) throws Exception {
        return directory == null
                ? new EmbeddedKafka(Files.createTempDirectory("kmerflow-kafka"), true, port, Map.of(), List.of())
                : new EmbeddedKafka(directory.toAbsolutePath(), false, port, Map.of(), List.of());
    }

    private EmbeddedKafka(
            Path logDirectory,
            boolean temporary,
            int brokerPort,
            Map<String, String> overrides,
            List<String> moreListeners)
            throws Exception {
        this.logDirectory = logDirectory;
        this.temporary = temporary;
        bootstrapServers = "127.0.0.1:" + brokerPort;
        for (String listener : moreListeners) {
            this.moreListeners.put(listener, "127.0.0.1:" + freePort());
        }
        if (!Files.exists(logDirectory.resolve(META))) {
            Files.createDirectories(logDirectory);
            format();
        }
        server = new KafkaRaftServer(new KafkaConfig(properties(brokerPort, freePort(), overrides)), Time.SYSTEM);
        server.startup();
    }

    private void format() throws Exception {
        new Formatter()
                .setPrintStream(new PrintStream(OutputStream.nullOutputStream(), false, StandardCharsets.UTF_8))
                .setNodeId(1)
                .setClusterId(Uuid.randomUuid().toString())
                .setDirectories(List.of(logDirectory.toString()))
                .setMetadataLogDirectory(logDirectory.toString())
                .setControllerListenerName("CONTROLLER")
                .run();
    }

    private Map<String, String> properties(int brokerPort, int controllerPort, Map<String, String> overrides) {
        Map<String, String> properties = new HashMap<>();
        properties.put("process.roles", "broker,controller");
        properties.put("node.id", "1");
        properties.put("controller.quorum.voters", "1@127.0.0.1:" + controllerPort);
        StringBuilder advertised = new StringBuilder("PLAINTEXT://127.0.0.1:" + brokerPort);
        moreListeners.forEach((name, address) ->
                advertised.append(',').append(name).append("://").append(address));
        properties.put("listeners", advertised + ",CONTROLLER://127.0.0.1:" + controllerPort);
        properties.put("advertised.listeners", advertised.toString());
        properties.put("listener.security.protocol.map", "PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT");
        properties.put("controller.listener.names", "CONTROLLER");
        properties.put("inter.broker.listener.name", "PLAINTEXT");
        properties.put("log.dirs", logDirectory.toString());
        properties.put("group.initial.rebalance.delay.ms", "0");
        for (String one : List.of(
                "offsets.topic.replication.factor",
                "offsets.topic.num.partitions",
                "transaction.state.log.replication.factor",
                "transaction.state.log.min.isr",
                "transaction.state.log.num.partitions",
                "share.coordinator.state.topic.replication.factor",
                "share.coordinator.state.topic.min.isr",
                "num.network.threads")) {
            properties.put(one, "1");
        }
        properties.put("num.io.threads", "2");
        properties.put("log.cleaner.enable", "false");
        properties.put("auto.create.topics.enable", "false");
        properties.putAll(overrides);
        return properties;
    }

    /** Where clients connect: {@code 127.0.0.1:PORT}. */
    public String bootstrapServers() {
        return bootstrapServers;
    }

    /** Where clients of one of the further listeners connect. */
    public String bootstrapServers(String listener) {
        return moreListeners.get(listener);
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    /** Stops the broker and deletes a temporary log; a second call does nothing. */
    @Override
    public void close() {
        if (closed) {
            return;
        }
        closed = true;
        server.shutdown();
        server.awaitShutdown();
        if (!temporary) {
            return;
        }
        try (Stream<Path> files = Files.walk(logDirectory)) {
            files.sorted(Comparator.reverseOrder()).map(Path::toFile).forEach(java.io.File::delete);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
