package io.kmerflow.job;

import io.kmerflow.job.annotate.AnnotationSettings;
import io.kmerflow.job.deadletter.DeadLetterPolicy;
import io.kmerflow.job.drift.DriftLimits;
import io.kmerflow.job.kafka.ClientProperties;
import io.kmerflow.job.kafka.KafkaConfig;
import io.kmerflow.job.kafka.KafkaModelTopics;
import io.kmerflow.job.model.BundleSessionFactory;
import io.kmerflow.job.scoring.FeedLimits;
import io.kmerflow.job.scoring.ScoringSettings;
import io.kmerflow.schema.registry.RegistryAddress;
import io.kmerflow.scoring.SessionMemory;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.apache.flink.configuration.ConfigOption;
import org.apache.flink.configuration.ReadableConfig;

/**
 * A job's configuration as typed values, read once. Parts that a job does not use are null.
 *
 * @param kafka the ends on Kafka; null without brokers
 * @param model the bundle to score with; null without one
 * @param scoring how the scoring operator works
 * @param maxReadBases longest read, in bases
 * @param checkpointInterval zero for none
 * @param parallelism subtasks
 * @param routes models of the reads of one sample or barcode, by its name; empty if all go to the one
 * @param modelChange how the model changes while the job runs; null if it never does
 * @param driftTopic topic of reports on drift; null for none
 */
public record JobConfig(
        KafkaConfig kafka,
        BundleSessionFactory model,
        ScoringSettings scoring,
        int maxReadBases,
        Duration checkpointInterval,
        int parallelism,
        Map<String, BundleSessionFactory> routes,
        ModelChange modelChange,
        String driftTopic) {
    /**
     * Reads {@link JobOptions}.
     *
     * @throws IllegalArgumentException if a value cannot be
     */
    public static JobConfig from(ReadableConfig options) {
        return new JobConfig(
                options.getOptional(JobOptions.KAFKA_BOOTSTRAP_SERVERS)
                        .map(servers -> kafka(servers, options))
                        .orElse(null),
                options.getOptional(JobOptions.MODEL_BUNDLE)
                        .map(bundle -> model(bundle, options))
                        .orElse(null),
                scoring(options),
                atLeastOne(options, JobOptions.MAX_READ_BASES),
                options.get(JobOptions.CHECKPOINT_INTERVAL),
                atLeastOne(options, JobOptions.PARALLELISM),
                routes(options),
                modelChange(options),
                options.getOptional(JobOptions.KAFKA_DRIFT_TOPIC).orElse(null));
    }

    private static BundleSessionFactory model(String bundle, ReadableConfig options) {
        return new BundleSessionFactory(
                bundle,
                options.get(JobOptions.MODEL_PRECISION),
                options.get(JobOptions.MODEL_DEVICE),
                threads(options),
                new SessionMemory(
                        options.get(JobOptions.MODEL_CPU_ARENA),
                        options.get(JobOptions.MODEL_MEMORY_PATTERN),
                        options.get(JobOptions.MODEL_GPU_MEMORY_LIMIT).getBytes(),
                        options.get(JobOptions.MODEL_GPU_ARENA_GROWTH)),
                threshold(options),
                options.getOptional(JobOptions.MODEL_REQUIRE_SIGNATURE).orElse(null));
    }

    private static Map<String, BundleSessionFactory> routes(ReadableConfig options) {
        Map<String, BundleSessionFactory> routes = new TreeMap<>();
        options.get(JobOptions.MODEL_ROUTES).forEach((name, bundle) -> routes.put(name, model(bundle, options)));
        return routes;
    }

    private static ModelChange modelChange(ReadableConfig options) {
        String models = options.getOptional(JobOptions.KAFKA_MODELS_TOPIC).orElse(null);
        if (models == null) {
            return null;
        }
        if (options.get(JobOptions.CHECKPOINT_INTERVAL).isZero()) {
            throw new IllegalArgumentException(String.format(
                    Locale.ROOT,
                    "Expected a checkpoint interval with --%s, since a model changes at a checkpoint, got none",
                    JobOptions.KAFKA_MODELS_TOPIC.key()));
        }
        String servers = options.getOptional(JobOptions.KAFKA_BOOTSTRAP_SERVERS)
                .orElseThrow(() -> new IllegalArgumentException(String.format(
                        Locale.ROOT,
                        "Expected --%s with --%s, got none",
                        JobOptions.KAFKA_BOOTSTRAP_SERVERS.key(),
                        JobOptions.KAFKA_MODELS_TOPIC.key())));
        return new ModelChange(
                new KafkaModelTopics(kafka(servers, options), models, options.get(JobOptions.KAFKA_MODEL_EVENTS_TOPIC)),
                options.get(JobOptions.MODEL_PREPARE_TIMEOUT));
    }

    /**
     * How the model changes while the job runs.
     *
     * @param topics of announcements and events
     * @param prepareTimeout longest wait until every subtask has loaded a candidate
     */
    public record ModelChange(KafkaModelTopics topics, Duration prepareTimeout) {}

    /** Annotations on the topic of reads would be its dead letters, and so on. */
    private static void requireDifferentTopics(ReadableConfig options) {
        Map<String, String> keys = new HashMap<>();
        List<ConfigOption<String>> topics = new ArrayList<>(List.of(
                JobOptions.KAFKA_READS_TOPIC, JobOptions.KAFKA_ANNOTATIONS_TOPIC, JobOptions.KAFKA_DEAD_LETTERS_TOPIC));
        if (options.getOptional(JobOptions.KAFKA_MODELS_TOPIC).isPresent()) {
            topics.add(JobOptions.KAFKA_MODELS_TOPIC);
            topics.add(JobOptions.KAFKA_MODEL_EVENTS_TOPIC);
        }
        if (options.getOptional(JobOptions.KAFKA_DRIFT_TOPIC).isPresent()) {
            topics.add(JobOptions.KAFKA_DRIFT_TOPIC);
        }
        for (ConfigOption<String> topic : topics) {
            String before = keys.put(options.get(topic), topic.key());
            if (before != null) {
                throw new IllegalArgumentException(String.format(
                        Locale.ROOT,
                        "Expected different topics for %s and %s, got %s for both",
                        before,
                        topic.key(),
                        options.get(topic)));
            }
        }
    }

    private static KafkaConfig kafka(String servers, ReadableConfig options) {
        requireDifferentTopics(options);
        return new KafkaConfig(
                servers,
                options.get(JobOptions.KAFKA_READS_TOPIC),
                options.get(JobOptions.KAFKA_READS_FORMAT),
                options.get(JobOptions.KAFKA_ANNOTATIONS_TOPIC),
                options.get(JobOptions.KAFKA_ANNOTATIONS_FORMAT),
                options.getOptional(JobOptions.SCHEMA_REGISTRY)
                        .map(url -> new RegistryAddress(
                                url,
                                options.getOptional(JobOptions.SCHEMA_REGISTRY_CREDENTIALS)
                                        .orElse(null)))
                        .orElse(null),
                options.get(JobOptions.KAFKA_DEAD_LETTERS_TOPIC),
                options.get(JobOptions.KAFKA_GROUP_ID),
                options.get(JobOptions.KAFKA_START),
                options.get(JobOptions.KAFKA_BOUNDED),
                options.get(JobOptions.KAFKA_DELIVERY),
                options.get(JobOptions.KAFKA_TRANSACTION_TIMEOUT),
                options.getOptional(JobOptions.KAFKA_TRANSACTIONAL_ID_PREFIX)
                        .orElse(options.get(JobOptions.KAFKA_GROUP_ID)),
                options.get(JobOptions.KAFKA_CREATE_TOPICS),
                atLeastOne(options, JobOptions.KAFKA_NEW_TOPIC_PARTITIONS),
                replication(options),
                options.get(JobOptions.KAFKA_PARTITION_DISCOVERY),
                maxMessageBytes(options),
                ClientProperties.of(
                        options.getOptional(JobOptions.KAFKA_CLIENT_PROPERTIES).orElse(null),
                        options.get(JobOptions.KAFKA_PROPERTIES)));
    }

    private static short replication(ReadableConfig options) {
        int replicas = options.getOptional(JobOptions.KAFKA_NEW_TOPIC_REPLICATION)
                .map(given -> atLeastOne(options, JobOptions.KAFKA_NEW_TOPIC_REPLICATION))
                .orElse((int) KafkaConfig.REPLICATION_OF_BROKERS);
        if (replicas > Short.MAX_VALUE) {
            throw new IllegalArgumentException(String.format(
                    Locale.ROOT,
                    "Expected %s of at most %d, got %d",
                    JobOptions.KAFKA_NEW_TOPIC_REPLICATION.key(),
                    Short.MAX_VALUE,
                    replicas));
        }
        return (short) replicas;
    }

    private static ScoringSettings scoring(ReadableConfig options) {
        return new ScoringSettings(
                new FeedLimits(
                        atLeastOne(options, JobOptions.MAX_BATCH_TOKENS),
                        options.get(JobOptions.MAX_BATCH_WINDOWS),
                        options.getOptional(JobOptions.MAX_BATCH_AGE)
                                .map(Duration::toMillis)
                                .orElse(null),
                        options.get(JobOptions.MAX_WINDOWS_IN_FLIGHT)),
                false,
                options.get(JobOptions.ALLOW_MODEL_CHANGE),
                new AnnotationSettings(
                        options.get(JobOptions.WINDOW_SCORES),
                        options.get(JobOptions.LABEL_SCORES),
                        options.get(JobOptions.SCORE_ALL),
                        maxRecordBytes(options),
                        options.get(JobOptions.KAFKA_ANNOTATIONS_FORMAT)),
                new DeadLetterPolicy(
                        options.get(JobOptions.DEAD_LETTER_PAYLOAD),
                        options.getOptional(JobOptions.DEAD_LETTER_HMAC_KEY_FILE)
                                .orElse(null)),
                options.getOptional(JobOptions.KAFKA_DRIFT_TOPIC).isPresent()
                        ? new DriftLimits(
                                atLeastOne(options, JobOptions.DRIFT_WINDOW_READS),
                                options.get(JobOptions.DRIFT_WINDOW_TIME).toMillis())
                        : DriftLimits.NONE);
    }

    /** 0 for what suits the machine that the model runs on, which need not be this one. */
    private static int threads(ReadableConfig options) {
        String threads = options.get(JobOptions.MODEL_THREADS);
        if (threads.equals(JobOptions.AUTO)) {
            return BundleSessionFactory.THREADS_OF_MACHINE;
        }
        try {
            int number = Integer.parseInt(threads);
            if (number >= 1) {
                return number;
            }
        } catch (NumberFormatException e) {
            // said below
        }
        throw new IllegalArgumentException(String.format(
                Locale.ROOT,
                "Expected %s of at least 1, or %s, got '%s'",
                JobOptions.MODEL_THREADS.key(),
                JobOptions.AUTO,
                threads));
    }

    private static int maxMessageBytes(ReadableConfig options) {
        int bytes = options.get(JobOptions.KAFKA_MAX_MESSAGE_BYTES);
        if (bytes < KafkaConfig.MIN_MESSAGE_BYTES) {
            throw new IllegalArgumentException(String.format(
                    Locale.ROOT,
                    "Expected %s of at least %d, which every dead letter fits into, got %d",
                    JobOptions.KAFKA_MAX_MESSAGE_BYTES.key(),
                    KafkaConfig.MIN_MESSAGE_BYTES,
                    bytes));
        }
        return bytes;
    }

    /** What a sink takes: of Kafka, where there is one. */
    private static int maxRecordBytes(ReadableConfig options) {
        return options.getOptional(JobOptions.KAFKA_BOOTSTRAP_SERVERS)
                .map(servers -> kafka(servers, options).maxRecordBytes())
                .orElseGet(() -> maxMessageBytes(options));
    }

    private static Double threshold(ReadableConfig options) {
        Double threshold = options.getOptional(JobOptions.SCORE_THRESHOLD).orElse(null);
        if (threshold != null && !(threshold >= 0 && threshold <= 1)) {
            throw new IllegalArgumentException(String.format(
                    Locale.ROOT, "Expected --%s from 0 to 1, got %s", JobOptions.SCORE_THRESHOLD.key(), threshold));
        }
        return threshold;
    }

    private static int atLeastOne(ReadableConfig options, ConfigOption<Integer> option) {
        int value = options.get(option);
        if (value < 1) {
            throw new IllegalArgumentException(
                    String.format(Locale.ROOT, "Expected %s of at least 1, got %d", option.key(), value));
        }
        return value;
    }

    /** The same, but annotations leave in the order of the reads: for one file in input order. */
    public JobConfig inOrder() {
        return new JobConfig(
                kafka,
                model,
                scoring.inOrder(),
                maxReadBases,
                checkpointInterval,
                parallelism,
                routes,
                modelChange,
                driftTopic);
    }

    /** @throws IllegalArgumentException if there are no brokers */
    public KafkaConfig requireKafka() {
        return require(kafka, JobOptions.KAFKA_BOOTSTRAP_SERVERS);
    }

    /** @throws IllegalArgumentException if there is no bundle */
    public BundleSessionFactory requireModel() {
        return require(model, JobOptions.MODEL_BUNDLE);
    }

    private static <T> T require(T value, ConfigOption<?> option) {
        if (value == null) {
            throw new IllegalArgumentException(
                    String.format(Locale.ROOT, "Expected the option --%s, got none", option.key()));
        }
        return value;
    }
}
