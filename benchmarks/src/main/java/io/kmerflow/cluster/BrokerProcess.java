package io.kmerflow.cluster;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;

/** One Kafka broker in a process of its own, its log in a folder: killed and started again it has what it had. */
public final class BrokerProcess implements AutoCloseable {
    private static final Duration START = Duration.ofMinutes(5);
    private static final int ASK_MILLIS = 2_000;

    private final Path data;
    private final Path log;
    private final int port = FreePorts.one();
    private ChildJvm jvm;

    /**
     * @param data folder of the broker's log
     * @param logs folder of its output
     */
    public BrokerProcess(Path data, Path logs) {
        this.data = data;
        this.log = logs.resolve("broker.log");
    }

    /** Where clients connect. */
    public String bootstrapServers() {
        return "127.0.0.1:" + port;
    }

    /** Starts it and waits until it answers. */
    public void start() throws InterruptedException {
        jvm = ChildJvm.start(new ChildJvm.Command(
                "the broker",
                List.of("-Xmx512m", "-XX:+UseSerialGC", "-XX:+ExitOnOutOfMemoryError"),
                System.getProperty("java.class.path"),
                BrokerMain.class.getName(),
                List.of(data.toString(), Integer.toString(port)),
                Map.of("KMERFLOW_LOG", "warn"),
                log));
        Await.until("an answer of the broker at " + bootstrapServers(), START, this::answers, () -> "none; see " + log);
    }

    private boolean answers() throws InterruptedException {
        jvm.requireAlive();
        Properties properties = new Properties();
        properties.put(AdminClientConfig.BOOTSTRAP_SERVERS_CONFIG, bootstrapServers());
        properties.put(AdminClientConfig.REQUEST_TIMEOUT_MS_CONFIG, ASK_MILLIS);
        properties.put(AdminClientConfig.DEFAULT_API_TIMEOUT_MS_CONFIG, ASK_MILLIS);
        try (Admin admin = Admin.create(properties)) {
            return !admin.describeCluster()
                    .nodes()
                    .get(ASK_MILLIS, TimeUnit.MILLISECONDS)
                    .isEmpty();
        } catch (ExecutionException | TimeoutException e) {
            return false;
        }
    }

    /** Its process id. */
    public long pid() {
        return jvm.pid();
    }

    /** SIGKILL. */
    public void kill() throws InterruptedException {
        jvm.kill();
    }

    @Override
    public void close() {
        if (jvm != null) {
            jvm.close();
        }
    }
}
