package io.kmerflow.job;

import io.kmerflow.job.annotate.AnnotationFormat;
import io.kmerflow.job.annotate.AnnotationSettings;
import io.kmerflow.job.kafka.KafkaConfig;
import io.kmerflow.job.kafka.ReadsFormat;
import io.kmerflow.job.scoring.FeedLimits;
import io.kmerflow.scoring.SessionMemory;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.apache.flink.configuration.ConfigOption;
import org.apache.flink.configuration.ConfigOptions;
import org.apache.flink.configuration.MemorySize;
import org.apache.flink.connector.base.DeliveryGuarantee;

/**
 * Every option of the annotation job: key, type, default and description, declared here alone. {@link JobConfig#from} reads them; switches of
 * the command line and the reference pages are made from them.
 */
public final class JobOptions {
    /** What suits the machine that the model runs on: settled there, not where the job is submitted. */
    public static final String AUTO = "auto";

    public static final ConfigOption<String> KAFKA_BOOTSTRAP_SERVERS = ConfigOptions.key("kafka.bootstrap-servers")
            .stringType()
            .noDefaultValue()
            .withDescription("Kafka brokers, host:port[,host:port...].");
    public static final ConfigOption<String> KAFKA_READS_TOPIC = ConfigOptions.key("kafka.topic.reads")
            .stringType()
            .defaultValue("reads")
            .withDescription("Topic of reads.");
    public static final ConfigOption<ReadsFormat> KAFKA_READS_FORMAT = ConfigOptions.key("kafka.reads-format")
            .enumType(ReadsFormat.class)
            .defaultValue(ReadsFormat.AVRO)
            .withDescription(
                    "Reads on their topic: avro is single-object encoding, confluent begins with the id of the schema in a"
                            + " registry, json are objects, which are larger; avro and json are always read.");
    public static final ConfigOption<String> KAFKA_ANNOTATIONS_TOPIC = ConfigOptions.key("kafka.topic.annotations")
            .stringType()
            .defaultValue("annotations")
            .withDescription("Topic of annotations.");
    public static final ConfigOption<AnnotationFormat> KAFKA_ANNOTATIONS_FORMAT = ConfigOptions.key(
                    "kafka.annotations-format")
            .enumType(AnnotationFormat.class)
            .defaultValue(AnnotationFormat.AVRO)
            .withDescription(
                    "Annotations on their topic: avro is single-object encoding, confluent begins with the id of the schema in a"
                            + " registry, json are the objects of JSON Lines, which are larger.");
    public static final ConfigOption<String> SCHEMA_REGISTRY = ConfigOptions.key("schema-registry.url")
            .stringType()
            .noDefaultValue()
            .withDescription(
                    "Schema registry with the interface of Confluent's, for the format confluent: http://localhost:8081, or of"
                            + " Apicurio http://localhost:8080/apis/ccompat/v7. A schema that it does not have is registered if it"
                            + " checks compatibility and the schema is compatible.");
    public static final ConfigOption<String> SCHEMA_REGISTRY_CREDENTIALS = ConfigOptions.key(
                    "schema-registry.credentials-file")
            .stringType()
            .noDefaultValue()
            .withDescription(
                    "File with user:password for the schema registry, at the same path wherever the job runs; the password is"
                            + " not part of the job.");
    public static final ConfigOption<String> KAFKA_DEAD_LETTERS_TOPIC = ConfigOptions.key("kafka.topic.dead-letters")
            .stringType()
            .defaultValue("dead-letters")
            .withDescription("Topic of input that could not be annotated.");
    public static final ConfigOption<String> KAFKA_MODELS_TOPIC = ConfigOptions.key("kafka.topic.models")
            .stringType()
            .noDefaultValue()
            .withDescription("Topic of model announcements, for example models; without one the model never changes.");
    public static final ConfigOption<String> KAFKA_MODEL_EVENTS_TOPIC = ConfigOptions.key("kafka.topic.model-events")
            .stringType()
            .defaultValue("model-events")
            .withDescription("Topic of the job's answers to model announcements.");
    public static final ConfigOption<String> KAFKA_DRIFT_TOPIC = ConfigOptions.key("kafka.topic.drift")
            .stringType()
            .noDefaultValue()
            .withDescription(
                    "Topic of reports on drift, for example drift; without one reads are not compared with the profile "
                            + "in the model's bundle.");
    public static final ConfigOption<Integer> DRIFT_WINDOW_READS = ConfigOptions.key("drift.window-reads")
            .intType()
            .defaultValue(1_000)
            .withDescription(
                    "Reads of a run and sample that are compared with the model's profile together: 250, 1000 or 4000, as "
                            + "the profile has thresholds for.");
    public static final ConfigOption<Duration> DRIFT_WINDOW_TIME = ConfigOptions.key("drift.window-time")
            .durationType()
            .defaultValue(Duration.ofMinutes(5))
            .withDescription(
                    "Time after which reads of a run and sample are compared even if there are fewer than drift.window-reads, but"
                            + " 250 or more, which the profile has thresholds for; 0 waits for all of them.");
    public static final ConfigOption<String> KAFKA_GROUP_ID = ConfigOptions.key("kafka.group-id")
            .stringType()
            .defaultValue("kmerflow")
            .withDescription("Consumer group.");
    public static final ConfigOption<KafkaConfig.Start> KAFKA_START = ConfigOptions.key("kafka.start")
            .enumType(KafkaConfig.Start.class)
            .defaultValue(KafkaConfig.Start.COMMITTED)
            .withDescription(
                    "Where to start without a checkpoint; committed is the group's offset, or the earliest if it "
                            + "has none.");
    public static final ConfigOption<Boolean> KAFKA_BOUNDED = ConfigOptions.key("kafka.bounded")
            .booleanType()
            .defaultValue(false)
            .withDescription("Stop at the offsets that were the last when the job started.");
    public static final ConfigOption<DeliveryGuarantee> KAFKA_DELIVERY = ConfigOptions.key("kafka.delivery")
            .enumType(DeliveryGuarantee.class)
            .defaultValue(DeliveryGuarantee.AT_LEAST_ONCE)
            .withDescription(
                    "at-least-once has the lowest latency, and a restart may repeat annotations under the same "
                            + "ids; exactly-once shows annotations with the checkpoint that covers them.");
    public static final ConfigOption<Duration> KAFKA_TRANSACTION_TIMEOUT = ConfigOptions.key(
                    "kafka.transaction-timeout")
            .durationType()
            .defaultValue(Duration.ofMinutes(5))
            .withDescription("How long a broker keeps an open transaction, for exactly-once; longer than the longest "
                    + "checkpoint and restart.");
    public static final ConfigOption<String> KAFKA_TRANSACTIONAL_ID_PREFIX = ConfigOptions.key(
                    "kafka.transactional-id-prefix")
            .stringType()
            .noDefaultValue()
            .withDescription(
                    "Prefix of transactional ids, for exactly-once; unique per job on a Kafka cluster, or jobs "
                            + "abort each other's transactions. By default the consumer group.");
    public static final ConfigOption<Boolean> KAFKA_CREATE_TOPICS = ConfigOptions.key("kafka.create-topics")
            .booleanType()
            .defaultValue(false)
            .withDescription(
                    "Create topics that do not exist, with zstd and room for records of kafka.max-message-bytes.");
    public static final ConfigOption<Integer> KAFKA_NEW_TOPIC_PARTITIONS = ConfigOptions.key(
                    "kafka.new-topic-partitions")
            .intType()
            .defaultValue(4)
            .withDescription("Partitions of a created topic.");
    public static final ConfigOption<Integer> KAFKA_NEW_TOPIC_REPLICATION = ConfigOptions.key(
                    "kafka.new-topic-replication-factor")
            .intType()
            .noDefaultValue()
            .withDescription(
                    "Replicas of each partition of a created topic; by default as the brokers are configured.");
    public static final ConfigOption<Duration> KAFKA_PARTITION_DISCOVERY = ConfigOptions.key(
                    "kafka.partition-discovery-interval")
            .durationType()
            .defaultValue(Duration.ofSeconds(30))
            .withDescription(
                    "Time between two looks for new partitions of the reads topic, and whether it still exists; 0 "
                            + "never looks.");
    public static final ConfigOption<Integer> KAFKA_MAX_MESSAGE_BYTES = ConfigOptions.key("kafka.max-message-bytes")
            .intType()
            .defaultValue(AnnotationSettings.DEFAULT_MAX_BYTES)
            .withDescription(
                    "Maximum size of a record written to a topic, in bytes, at least " + KafkaConfig.MIN_MESSAGE_BYTES
                            + "; larger annotations are cut, larger input becomes a dead letter. Topics must accept this size.");
    public static final ConfigOption<String> KAFKA_CLIENT_PROPERTIES = ConfigOptions.key("kafka.client-properties")
            .stringType()
            .noDefaultValue()
            .withDescription(
                    "File of properties of Kafka clients, for example for security, at the same path wherever a client runs: "
                            + "passwords in it are read there and are not part of the job. Values can be ${env:NAME} and "
                            + "${file:PATH:KEY}.");
    public static final ConfigOption<Map<String, String>> KAFKA_PROPERTIES = ConfigOptions.key("kafka.properties")
            .mapType()
            .defaultValue(Map.of())
            .withDescription(
                    "Further properties of Kafka clients, for example for security; they override the others.");

    public static final ConfigOption<Map<String, String>> MODEL_ROUTES = ConfigOptions.key("model.routes")
            .mapType()
            .defaultValue(Map.of())
            .withDescription(
                    "Model bundles by sample or, where no sample matches, by barcode; all other reads go to the job's model. Not"
                            + " for files.");
    public static final ConfigOption<String> MODEL_BUNDLE = ConfigOptions.key("model.bundle")
            .stringType()
            .noDefaultValue()
            .withDescription(
                    "Model bundle, a folder or a zip: a path that is the same on every task manager, or a URI of one of "
                            + "Flink's file systems, such as s3://models/species-4, that they fetch it from.");
    public static final ConfigOption<String> MODEL_PRECISION = ConfigOptions.key("model.precision")
            .stringType()
            .defaultValue(AUTO)
            .withDescription(
                    "Precision of the model. A bundle can hold the same model in fp16 and int8, in folders of these names; auto is"
                            + " int8 on a CPU if the bundle has it, else the bundle itself. Announced models are used as announced.");
    public static final ConfigOption<String> MODEL_DEVICE = ConfigOptions.key("model.device")
            .stringType()
            .defaultValue(AUTO)
            .withDescription(
                    "Where the model runs; auto takes a GPU where the machine that runs the model has one, gpu "
                            + "fails without one.");
    public static final ConfigOption<String> MODEL_THREADS = ConfigOptions.key("model.threads")
            .stringType()
            .defaultValue(AUTO)
            .withDescription(
                    "CPU threads that score in parallel, each with its copy of the model's weights; auto is one "
                            + "per processor of the machine that runs the model.");
    public static final ConfigOption<String> MODEL_REQUIRE_SIGNATURE = ConfigOptions.key("model.require-signature")
            .stringType()
            .noDefaultValue()
            .withDescription(
                    "File of public keys in PEM, at the same path on every task manager. A model bundle that none of them has "
                            + "signed is refused, also one of a checkpoint or an announcement. The file is read each time a model "
                            + "is loaded, so keys can change while the job runs.");
    public static final ConfigOption<Boolean> MODEL_CPU_ARENA = ConfigOptions.key("model.cpu-arena")
            .booleanType()
            .defaultValue(SessionMemory.DEFAULT.cpuArena())
            .withDescription("Keep the host memory of a model call for the next call; calls are slower without.");
    public static final ConfigOption<Boolean> MODEL_MEMORY_PATTERN = ConfigOptions.key("model.memory-pattern")
            .booleanType()
            .defaultValue(SessionMemory.DEFAULT.pattern())
            .withDescription(
                    "Remember the memory layout of each batch shape; only useful if all batches have one shape.");
    public static final ConfigOption<MemorySize> MODEL_GPU_MEMORY_LIMIT = ConfigOptions.key("model.gpu-memory-limit")
            .memoryType()
            .defaultValue(new MemorySize(SessionMemory.DEFAULT.gpuLimitBytes()))
            .withDescription("Maximum device memory of one loaded model, for example 20g; 0 is no limit.");
    public static final ConfigOption<SessionMemory.Growth> MODEL_GPU_ARENA_GROWTH = ConfigOptions.key(
                    "model.gpu-arena-growth")
            .enumType(SessionMemory.Growth.class)
            .defaultValue(SessionMemory.DEFAULT.gpuGrowth())
            .withDescription("How device memory grows.");
    public static final ConfigOption<Duration> MODEL_PREPARE_TIMEOUT = ConfigOptions.key("model.prepare-timeout")
            .durationType()
            .defaultValue(Duration.ofMinutes(2))
            .withDescription("Maximum time until every subtask has loaded an announced model; after that the model is "
                    + "rejected.");

    public static final ConfigOption<Double> SCORE_THRESHOLD = ConfigOptions.key("scoring.threshold")
            .doubleType()
            .noDefaultValue()
            .withDescription("Minimum score of a call, 0 to 1; 0 calls every read. By default the model's threshold.");
    public static final ConfigOption<Integer> MAX_BATCH_TOKENS = ConfigOptions.key("scoring.batch.max-tokens")
            .intType()
            .defaultValue(16_384)
            .withDescription("Maximum tokens in one model call, padding included: windows x longest window.");
    public static final ConfigOption<Integer> MAX_BATCH_WINDOWS = ConfigOptions.key("scoring.batch.max-windows")
            .intType()
            .defaultValue(0)
            .withDescription("Maximum windows in one model call; 0 is the device's default: "
                    + FeedLimits.CPU_BATCH_WINDOWS + " on a CPU, " + FeedLimits.CPU_INT8_BATCH_WINDOWS
                    + " there for a model in int8, " + FeedLimits.GPU_BATCH_WINDOWS + " on a GPU.");
    public static final ConfigOption<Duration> MAX_BATCH_AGE = ConfigOptions.key("scoring.batch.max-age")
            .durationType()
            .noDefaultValue()
            .withDescription(
                    "Maximum time a window is buffered to fill a batch while the device is not busy; by default "
                            + FeedLimits.CPU_BATCH_AGE_MILLIS + " ms on a CPU, " + FeedLimits.GPU_BATCH_AGE_MILLIS
                            + " ms on a GPU.");
    public static final ConfigOption<Integer> MAX_WINDOWS_IN_FLIGHT = ConfigOptions.key("scoring.max-windows-in-flight")
            .intType()
            .defaultValue(0)
            .withDescription("Maximum windows cut and not yet scored, per subtask; above that the input waits, as a "
                    + "checkpoint barrier does for them. 0 is the device's default: 256, or 4 batches per model "
                    + "call if that is more.");
    public static final ConfigOption<Boolean> WINDOW_SCORES = ConfigOptions.key("scoring.window-scores")
            .booleanType()
            .defaultValue(false)
            .withDescription("Add the probabilities of every window to the annotations.");
    public static final ConfigOption<Boolean> SCORE_ALL = ConfigOptions.key("scoring.score-all")
            .booleanType()
            .defaultValue(false)
            .withDescription(
                    "Score every window of a read, even if the model is certain of its label before the last window; "
                            + "window scores imply this.");
    public static final ConfigOption<Boolean> LABEL_SCORES = ConfigOptions.key("scoring.label-scores")
            .booleanType()
            .defaultValue(false)
            .withDescription("Add the probability of every label over the whole read to the annotations.");
    public static final ConfigOption<Integer> MAX_READ_BASES = ConfigOptions.key("scoring.max-read-bases")
            .intType()
            .defaultValue(5_000_000)
            .withDescription("Maximum length of a read that is scored, in bases; longer reads become dead letters.");
    public static final ConfigOption<Boolean> ALLOW_MODEL_CHANGE = ConfigOptions.key("scoring.allow-model-change")
            .booleanType()
            .defaultValue(false)
            .withDescription("After a restore, use the configured model if the configuration names another model than "
                    + "before; by default the checkpoint's model stays active.");

    public static final ConfigOption<Boolean> DEAD_LETTER_PAYLOAD = ConfigOptions.key("dead-letters.payload")
            .booleanType()
            .defaultValue(false)
            .withDescription("Keep the input in its dead letter. Human reads are personal data.");
    public static final ConfigOption<String> DEAD_LETTER_HMAC_KEY_FILE = ConfigOptions.key("dead-letters.hmac-key-file")
            .stringType()
            .noDefaultValue()
            .withDescription("File with the key of an HMAC-SHA-256 of the input that is added to its dead letter. Each "
                    + "task manager reads the file; the key is not part of the job.");

    public static final ConfigOption<Duration> CHECKPOINT_INTERVAL = ConfigOptions.key("job.checkpoint-interval")
            .durationType()
            .defaultValue(Duration.ofSeconds(10))
            .withDescription("Time between checkpoints; 0 turns them off. Runs from files to a file have none.");
    public static final ConfigOption<Integer> PARALLELISM = ConfigOptions.key("job.parallelism")
            .intType()
            .defaultValue(1)
            .withDescription(
                    "Subtasks; those on one device share one loaded model. Runs from files to a file have one.");

    private static final List<ConfigOption<?>> ALL = List.of(
            KAFKA_BOOTSTRAP_SERVERS,
            KAFKA_READS_TOPIC,
            KAFKA_READS_FORMAT,
            KAFKA_ANNOTATIONS_TOPIC,
            KAFKA_ANNOTATIONS_FORMAT,
            SCHEMA_REGISTRY,
            SCHEMA_REGISTRY_CREDENTIALS,
            KAFKA_DEAD_LETTERS_TOPIC,
            KAFKA_MODELS_TOPIC,
            KAFKA_MODEL_EVENTS_TOPIC,
            KAFKA_DRIFT_TOPIC,
            KAFKA_GROUP_ID,
            KAFKA_START,
            KAFKA_BOUNDED,
            KAFKA_DELIVERY,
            KAFKA_TRANSACTION_TIMEOUT,
            KAFKA_TRANSACTIONAL_ID_PREFIX,
            KAFKA_CREATE_TOPICS,
            KAFKA_NEW_TOPIC_PARTITIONS,
            KAFKA_NEW_TOPIC_REPLICATION,
            KAFKA_PARTITION_DISCOVERY,
            KAFKA_MAX_MESSAGE_BYTES,
            KAFKA_CLIENT_PROPERTIES,
            KAFKA_PROPERTIES,
            MODEL_BUNDLE,
            MODEL_ROUTES,
            MODEL_PRECISION,
            MODEL_DEVICE,
            MODEL_THREADS,
            MODEL_REQUIRE_SIGNATURE,
            MODEL_CPU_ARENA,
            MODEL_MEMORY_PATTERN,
            MODEL_GPU_MEMORY_LIMIT,
            MODEL_GPU_ARENA_GROWTH,
            MODEL_PREPARE_TIMEOUT,
            SCORE_THRESHOLD,
            MAX_BATCH_TOKENS,
            MAX_BATCH_WINDOWS,
            MAX_BATCH_AGE,
            MAX_WINDOWS_IN_FLIGHT,
            WINDOW_SCORES,
            SCORE_ALL,
            LABEL_SCORES,
            MAX_READ_BASES,
            ALLOW_MODEL_CHANGE,
            DEAD_LETTER_PAYLOAD,
            DEAD_LETTER_HMAC_KEY_FILE,
            DRIFT_WINDOW_READS,
            DRIFT_WINDOW_TIME,
            CHECKPOINT_INTERVAL,
            PARALLELISM);

    private JobOptions() {}

    /** All options, in the order they are explained. */
    public static List<ConfigOption<?>> all() {
        return ALL;
    }
}
