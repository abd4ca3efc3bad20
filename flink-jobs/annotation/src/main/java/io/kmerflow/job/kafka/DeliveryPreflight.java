package io.kmerflow.job.kafka;

import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.apache.flink.connector.base.DeliveryGuarantee;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.admin.Config;
import org.apache.kafka.clients.admin.DescribeTopicsOptions;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.Node;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.config.TopicConfig;
import org.apache.kafka.common.errors.AuthorizationException;
import org.apache.kafka.common.errors.InvalidPartitionsException;
import org.apache.kafka.common.errors.InvalidReplicationFactorException;
import org.apache.kafka.common.errors.InvalidTopicException;
import org.apache.kafka.common.errors.TopicExistsException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Checks Kafka before the job starts, so that what would lose data or fail an hour later fails now with one sentence. */
public final class DeliveryPreflight {
    private static final Logger LOG = LoggerFactory.getLogger(DeliveryPreflight.class);
    private static final String BROKER_MAX_TRANSACTION = "transaction.max.timeout.ms";
    private static final int TIMEOUT_MILLIS = 15_000;
    private static final int POLL_MILLIS = 50;

    private final KafkaConfig config;
    private final Duration checkpointInterval;

    /**
     * @param config where and how
     * @param checkpointInterval zero for none
     */
    public DeliveryPreflight(KafkaConfig config, Duration checkpointInterval) {
        this.config = config;
        this.checkpointInterval = checkpointInterval;
    }

    /**
     * Checks the cluster, creating topics where that was asked for.
     *
     * @param read topics that are read; what size of records they take is their writers' business
     * @param written topics that are written to
     * @throws PreflightException at the first thing that does not fit
     */
    public void check(Collection<String> read, Collection<String> written) {
        checkProperties();
        checkIntervals();
        TreeSet<String> topics = new TreeSet<>(read);
        topics.addAll(written);
        withAdmin(admin -> {
            checkBroker(admin);
            createMissing(admin, topics);
            for (String topic : read) {
                requirePermission(admin, topic, AclOperation.READ);
            }
            for (String topic : written) {
                requirePermission(admin, topic, AclOperation.WRITE);
                checkLimit(admin, topic);
            }
        });
    }

    private interface AdminTask {
        void run(Admin admin) throws ExecutionException, InterruptedException;
    }

    private void withAdmin(AdminTask task) {
        Properties properties = config.clientProperties();
        properties.putIfAbsent(AdminClientConfig.REQUEST_TIMEOUT_MS_CONFIG, Integer.toString(TIMEOUT_MILLIS));
        properties.putIfAbsent(AdminClientConfig.DEFAULT_API_TIMEOUT_MS_CONFIG, Integer.toString(TIMEOUT_MILLIS));
        try (Admin admin = Admin.create(properties)) {
            task.run(admin);
        } catch (ExecutionException e) {
            throw failed(e.getCause());
        } catch (KafkaException e) {
            throw failed(e); // a property that cannot be, a host that does not exist
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new PreflightException("Interrupted while checking Kafka", e);
        }
    }

    private PreflightException failed(Throwable cause) {
        return new PreflightException(
                ConnectionProblem.sentence(config.bootstrapServers(), config.properties(), cause), cause);
    }

    /**
     * Sees that the two small topics of model changes are there, creating them where that was asked for: one partition,
     * since order matters, the announcements compacted.
     *
     * @throws PreflightException if one is missing and may not be created
     */
    public void checkModelTopics(String modelsTopic, String eventsTopic) {
        withAdmin(admin -> {
            TreeSet<String> missing = missing(admin, List.of(modelsTopic, eventsTopic));
            for (String topic : missing) {
                Map<String, String> configs = topic.equals(modelsTopic)
                        ? Map.of(TopicConfig.CLEANUP_POLICY_CONFIG, TopicConfig.CLEANUP_POLICY_COMPACT)
                        : Map.of();
                create(admin, new NewTopic(topic, 1, config.newTopicReplication()).configs(configs));
            }
            awaitVisible(admin, missing);
        });
    }

    /**
     * Sees that the topic of labels is there, creating it, compacted, where that was asked for.
     *
     * @param written whether labels are written, or read
     * @throws PreflightException if not
     */
    public void checkLabelsTopic(String topic, boolean written) {
        withAdmin(admin -> {
            TreeSet<String> missing = missing(admin, List.of(topic));
            if (!missing.isEmpty()) {
                create(
                        admin,
                        new NewTopic(topic, config.newTopicPartitions(), config.newTopicReplication())
                                .configs(
                                        Map.of(TopicConfig.CLEANUP_POLICY_CONFIG, TopicConfig.CLEANUP_POLICY_COMPACT)));
            }
            awaitVisible(admin, missing);
            requirePermission(admin, topic, written ? AclOperation.WRITE : AclOperation.READ);
            if (written) {
                requireCompaction(admin, topic);
            }
        });
    }

    /** Elsewhere labels would go after the retention of the topic, and those that were replaced would stay until then. */
    private void requireCompaction(Admin admin, String topic) throws ExecutionException, InterruptedException {
        Config described = describe(admin, new ConfigResource(ConfigResource.Type.TOPIC, topic));
        if (described == null) {
            return;
        }
        String policy = described.get(TopicConfig.CLEANUP_POLICY_CONFIG).value();
        if (!policy.equals(TopicConfig.CLEANUP_POLICY_COMPACT)) {
            throw new PreflightException(String.format(
                    Locale.ROOT,
                    "Expected topic %s to be compacted (%s=%s), as a topic of labels is, got %s",
                    topic,
                    TopicConfig.CLEANUP_POLICY_CONFIG,
                    TopicConfig.CLEANUP_POLICY_COMPACT,
                    policy));
        }
    }

    /** Client properties win over the job's own, so those that would undo what was asked for are refused. */
    private void checkProperties() {
        String acks = config.properties().get(ProducerConfig.ACKS_CONFIG);
        if (acks != null && !acks.equals("all") && !acks.equals("-1")) {
            throw new PreflightException(String.format(
                    Locale.ROOT,
                    "Expected the client property acks to be 'all', without which a broker may lose what it took, got '%s'",
                    acks));
        }
        String timeout = config.properties().get(ProducerConfig.TRANSACTION_TIMEOUT_CONFIG);
        if (timeout != null && config.delivery() == DeliveryGuarantee.EXACTLY_ONCE) {
            throw new PreflightException(String.format(
                    Locale.ROOT,
                    "Expected the transaction timeout as the job option, which is checked, got the client property %s=%s",
                    ProducerConfig.TRANSACTION_TIMEOUT_CONFIG,
                    timeout));
        }
        int room;
        try {
            room = config.maxRecordBytes();
        } catch (IllegalArgumentException e) {
            throw new PreflightException(e.getMessage(), e);
        }
        if (room < KafkaConfig.MIN_MESSAGE_BYTES) {
            throw new PreflightException(String.format(
                    Locale.ROOT,
                    "Expected client properties that leave %d bytes for a record, which every dead letter fits into, got %d (%s, %s)",
                    KafkaConfig.MIN_MESSAGE_BYTES,
                    room,
                    ProducerConfig.MAX_REQUEST_SIZE_CONFIG,
                    ProducerConfig.BUFFER_MEMORY_CONFIG));
        }
    }

    /** What can be told without a broker. */
    private void checkIntervals() {
        if (config.delivery() != DeliveryGuarantee.EXACTLY_ONCE) {
            return;
        }
        if (checkpointInterval.isZero()) {
            throw new PreflightException(
                    "Expected a checkpoint interval with exactly-once delivery, since a checkpoint commits, got none");
        }
        if (config.transactionTimeout().compareTo(checkpointInterval) <= 0) {
            throw new PreflightException(String.format(
                    Locale.ROOT,
                    "Expected a transaction timeout above the checkpoint interval of %d ms, or transactions expire before they are committed, got %d ms",
                    checkpointInterval.toMillis(),
                    config.transactionTimeout().toMillis()));
        }
    }

    private void checkBroker(Admin admin) throws ExecutionException, InterruptedException {
        Collection<Node> nodes = admin.describeCluster().nodes().get();
        if (config.delivery() != DeliveryGuarantee.EXACTLY_ONCE) {
            return;
        }
        for (Node node : nodes) {
            ConfigResource broker = new ConfigResource(ConfigResource.Type.BROKER, node.idString());
            Config described = describe(admin, broker);
            if (described == null) {
                return;
            }
            long max = Long.parseLong(described.get(BROKER_MAX_TRANSACTION).value());
            if (config.transactionTimeout().toMillis() > max) {
                throw new PreflightException(String.format(
                        Locale.ROOT,
                        "Expected a transaction timeout of at most %d ms, the limit of broker %s (%s), got %d ms",
                        max,
                        node.idString(),
                        BROKER_MAX_TRANSACTION,
                        config.transactionTimeout().toMillis()));
            }
        }
    }

    private void createMissing(Admin admin, Collection<String> topics) throws ExecutionException, InterruptedException {
        TreeSet<String> missing = missing(admin, topics);
        for (String topic : missing) {
            create(admin, largeTopic(topic));
        }
        awaitVisible(admin, missing);
    }

    private TreeSet<String> missing(Admin admin, Collection<String> topics)
            throws ExecutionException, InterruptedException {
        TreeSet<String> missing = new TreeSet<>();
        for (String topic : topics) {
            try {
                topic(admin, topic);
            } catch (ExecutionException e) {
                if (e.getCause() instanceof AuthorizationException) {
                    throw denied("see", topic, e.getCause());
                }
                if (e.getCause() instanceof InvalidTopicException) {
                    throw new PreflightException(
                            String.format(
                                    Locale.ROOT,
                                    "Expected the name of a topic, letters, digits, '.', '_' and '-', got '%s'",
                                    topic),
                            e.getCause());
                }
                if (!(e.getCause() instanceof UnknownTopicOrPartitionException)) {
                    throw e;
                }
                missing.add(topic);
            }
        }
        if (!missing.isEmpty() && !config.createTopics()) {
            throw new PreflightException(String.format(
                    Locale.ROOT,
                    "Expected the topic %s at %s, which does not exist; create it or ask for it",
                    missing.first(),
                    config.bootstrapServers()));
        }
        return missing;
    }

    private static TopicDescription topic(Admin admin, String topic) throws ExecutionException, InterruptedException {
        return admin.describeTopics(List.of(topic), new DescribeTopicsOptions().includeAuthorizedOperations(true))
                .topicNameValues()
                .get(topic)
                .get();
    }

    private void requirePermission(Admin admin, String topic, AclOperation operation)
            throws ExecutionException, InterruptedException {
        Set<AclOperation> allowed = topic(admin, topic).authorizedOperations();
        if (allowed != null && !allowed.contains(operation)) {
            throw denied(operation == AclOperation.READ ? "read" : "write to", topic, null);
        }
    }

    private PreflightException denied(String operation, String topic, Throwable cause) {
        return new PreflightException(
                String.format(
                        Locale.ROOT,
                        "Expected permission to %s topic %s at %s, the broker denies it",
                        operation,
                        topic,
                        config.bootstrapServers()),
                cause);
    }

    /**
     * Sees that the job may use its consumer group, under which offsets are kept.
     *
     * @throws PreflightException if it may not
     */
    public void checkConsumerGroup() {
        withAdmin(this::checkGroup);
    }

    private void checkGroup(Admin admin) throws ExecutionException, InterruptedException {
        try {
            admin.listConsumerGroupOffsets(config.groupId())
                    .partitionsToOffsetAndMetadata()
                    .get();
        } catch (ExecutionException e) {
            if (e.getCause() instanceof AuthorizationException) {
                throw new PreflightException(
                        String.format(
                                Locale.ROOT,
                                "Expected permission to use the consumer group %s at %s, the broker denies it",
                                config.groupId(),
                                config.bootstrapServers()),
                        e.getCause());
            }
            throw e;
        }
    }

    /**
     * The controller has the topics; brokers learn of them a moment later, and the job's clients ask brokers. A leader that takes a
     * producer's second batch and not its first refuses the first for ever (KAFKA-14359).
     */
    private static void awaitVisible(Admin admin, Collection<String> topics)
            throws ExecutionException, InterruptedException {
        long deadline = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(TIMEOUT_MILLIS);
        while (true) {
            try {
                Map<TopicPartition, OffsetSpec> partitions = new HashMap<>();
                admin.describeTopics(topics)
                        .allTopicNames()
                        .get()
                        .values()
                        .forEach(topic -> topic.partitions()
                                .forEach(partition -> partitions.put(
                                        new TopicPartition(topic.name(), partition.partition()), OffsetSpec.latest())));
                admin.listOffsets(partitions).all().get(); // asks the leader of each, until it is one
                return;
            } catch (ExecutionException e) {
                boolean late = System.nanoTime() > deadline;
                if (late || !(e.getCause() instanceof UnknownTopicOrPartitionException)) {
                    throw e;
                }
                Thread.sleep(POLL_MILLIS);
            }
        }
    }

    /** A topic for records as large as a read may be. */
    private NewTopic largeTopic(String topic) {
        return new NewTopic(topic, config.newTopicPartitions(), config.newTopicReplication())
                .configs(Map.of(
                        TopicConfig.MAX_MESSAGE_BYTES_CONFIG,
                        Integer.toString(config.maxMessageBytes()),
                        TopicConfig.COMPRESSION_TYPE_CONFIG,
                        "zstd"));
    }

    private void create(Admin admin, NewTopic created) throws ExecutionException, InterruptedException {
        try {
            admin.createTopics(List.of(created)).all().get();
        } catch (ExecutionException e) {
            if (e.getCause() instanceof AuthorizationException) {
                throw denied("create", created.name(), e.getCause());
            }
            if (e.getCause() instanceof InvalidReplicationFactorException
                    || e.getCause() instanceof InvalidPartitionsException) {
                throw new PreflightException(
                        String.format(
                                Locale.ROOT,
                                "Expected to create topic %s at %s with %d partitions and replication factor %d, the broker refuses: %s",
                                created.name(),
                                config.bootstrapServers(),
                                created.numPartitions(),
                                created.replicationFactor(),
                                e.getCause().getMessage()),
                        e.getCause());
            }
            if (!(e.getCause() instanceof TopicExistsException)) {
                throw e;
            }
        }
    }

    private void checkLimit(Admin admin, String topic) throws ExecutionException, InterruptedException {
        Config described = describe(admin, new ConfigResource(ConfigResource.Type.TOPIC, topic));
        if (described == null) {
            return;
        }
        int bytes = Integer.parseInt(
                described.get(TopicConfig.MAX_MESSAGE_BYTES_CONFIG).value());
        if (bytes < config.maxMessageBytes()) {
            throw new PreflightException(String.format(
                    Locale.ROOT,
                    "Expected topic %s to take records of %d bytes, its %s is %d; raise that, or lower the job's limit (max-message-bytes)",
                    topic,
                    config.maxMessageBytes(),
                    TopicConfig.MAX_MESSAGE_BYTES_CONFIG,
                    bytes));
        }
    }

    /** Null where that may not be seen: then the job tells, when it comes to it. */
    private static Config describe(Admin admin, ConfigResource resource)
            throws ExecutionException, InterruptedException {
        try {
            return admin.describeConfigs(List.of(resource)).all().get().get(resource);
        } catch (ExecutionException e) {
            if (e.getCause() instanceof AuthorizationException) {
                LOG.warn(
                        "Not permitted to see the configuration of {} {}; going on unchecked",
                        resource.type(),
                        resource.name());
                return null;
            }
            throw e;
        }
    }
}
