package io.kmerflow.chaos;

import io.kmerflow.cluster.ClusterException;
import java.util.HashSet;
import java.util.Properties;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.admin.ListTransactionsOptions;
import org.apache.kafka.clients.admin.TransactionListing;
import org.apache.kafka.clients.admin.TransactionState;

/**
 * Tells whether a sink's transactions are between pre-commit and commit. The broker does not know a pre-commit, but a subtask of
 * a sink begins its next transaction then: where it has two that are open, the older one is pre-committed. Until the next one
 * has its first record there is none to be seen, so a no is not certain; nor is a yes while a job is being restored, which aborts
 * what the one before it left open.
 */
final class PreCommitted implements AutoCloseable {
    private final Admin admin;

    PreCommitted(String bootstrapServers) {
        Properties properties = new Properties();
        properties.put(AdminClientConfig.BOOTSTRAP_SERVERS_CONFIG, bootstrapServers);
        admin = Admin.create(properties);
    }

    /** Whether a subtask of a sink is seen there now. */
    boolean any() throws InterruptedException {
        try {
            Set<String> writers = new HashSet<>();
            for (TransactionListing open : admin.listTransactions(
                            new ListTransactionsOptions().filterStates(Set.of(TransactionState.ONGOING)))
                    .all()
                    .get()) {
                if (!writers.add(writer(open.transactionalId()))) {
                    return true;
                }
            }
            return false;
        } catch (ExecutionException e) {
            throw new ClusterException("Expected the broker to list its transactions, got " + e.getCause(), e);
        }
    }

    /** Kafka's sink names its transactions {@code PREFIX-SUBTASK-NUMBER}. */
    private static String writer(String transactionalId) {
        return transactionalId.substring(0, Math.max(0, transactionalId.lastIndexOf('-')));
    }

    @Override
    public void close() {
        admin.close();
    }
}
