package io.kmerflow.cli.base;

import io.kmerflow.job.kafka.ConnectionProblem;
import java.time.Duration;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.common.KafkaException;

/** The brokers of a Kafka cluster. */
public final class Brokers {
    private Brokers() {}

    /**
     * How many there are.
     *
     * @param servers addresses to begin with, {@code HOST:PORT}, separated by commas
     * @param client other properties of the client
     * @param timeout for the answer
     * @throws CommandFailure with what is wrong, if they cannot be reached
     */
    public static int count(String servers, Map<String, String> client, Duration timeout) throws InterruptedException {
        String millis = Long.toString(timeout.toMillis());
        Properties properties = new Properties();
        properties.putAll(client);
        properties.put(AdminClientConfig.BOOTSTRAP_SERVERS_CONFIG, servers);
        properties.put(AdminClientConfig.REQUEST_TIMEOUT_MS_CONFIG, millis);
        properties.put(AdminClientConfig.DEFAULT_API_TIMEOUT_MS_CONFIG, millis);
        try (Admin admin = Admin.create(properties)) {
            return admin.describeCluster().nodes().get().size();
        } catch (ExecutionException | KafkaException e) { // some logins are made when the client is
            throw new CommandFailure(ConnectionProblem.sentence(servers, client, e), e);
        }
    }
}
