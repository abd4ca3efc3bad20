package io.kmerflow.job;

import io.kmerflow.job.annotate.AnnotationSettings;
import io.kmerflow.job.kafka.KafkaConfig;
import io.kmerflow.job.scoring.FeedLimits;
import io.kmerflow.scoring.SessionMemory;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.apache.flink.configuration.ConfigOption;
import org.apache.flink.configuration.ConfigOptions;
import org.apache.flink.configuration.MemorySize;
import org.apache.flink.connector.base.DeliveryGuarantee;

/** Every option of the annotation job, with its default and unit. Read once, by {@link JobConfig#from}. */
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
    public static final ConfigOption<String> KAFKA_ANNOTATIONS_TOPIC = ConfigOptions.key("kafka.topic.annotations")
            .stringType()
            .defaultValue("annotations")
            .withDescription("Topic of annotations.");
    public static final ConfigOption<String> KAFKA_DEAD_LETTERS_TOPIC = ConfigOptions.key("kafka.topic.dead-letters")
            .stringType()
            .defaultValue("dead-letters")
            .withDescription("Topic of input that could not be annotated.");
    public static final ConfigOption<String> KAFKA_MODELS_TOPIC = ConfigOptions.key("kafka.topic.models")
            .stringType()
            .noDefaultValue()
            .withDescription("Topic of model announcements to follow; by default none, and the model never changes.");
    public static final ConfigOption<String> KAFKA_MODEL_EVENTS_TOPIC = ConfigOptions.key("kafka.topic.model-events")
            .stringType()
            .defaultValue("model-events")
            .withDescription("Topic of what came of announcements.");
    public static final ConfigOption<String> KAFKA_GROUP_ID = ConfigOptions.key("kafka.group-id")
            .stringType()
            .defaultValue("kmerflow")
            .withDescription("Consumer group.");
    public static final ConfigOption<KafkaConfig.Start> KAFKA_START = ConfigOptions.key("kafka.start")
            .enumType(KafkaConfig.Start.class)
            .defaultValue(KafkaConfig.Start.COMMITTED)
            .withDescription("Where to begin without a checkpoint: earliest, latest, or committed (else earliest).");
    public static final ConfigOption<Boolean> KAFKA_BOUNDED = ConfigOptions.key("kafka.bounded")
            .booleanType()
            .defaultValue(false)
            .withDescription("Stop at the offsets that are the last when the job starts.");
    public static final ConfigOption<DeliveryGuarantee> KAFKA_DELIVERY = ConfigOptions.key("kafka.delivery")
            .enumType(DeliveryGuarantee.class)
            .defaultValue(DeliveryGuarantee.AT_LEAST_ONCE)
            .withDescription("at-least-once: lowest latency, a restart may repeat annotations under the same ids;"
                    + " exactly-once: annotations appear with the checkpoint that covers them.");
    public static final ConfigOption<Duration> KAFKA_TRANSACTION_TIMEOUT = ConfigOptions.key(
                    "kafka.transaction-timeout")
            .durationType()
            .defaultValue(Duration.ofMinutes(5))
            .withDescription("How long a broker keeps an open transaction; above the longest checkpoint and restart.");
    public static final ConfigOption<String> KAFKA_TRANSACTIONAL_ID_PREFIX = ConfigOptions.key(
                    "kafka.transactional-id-prefix")
            .stringType()
            .noDefaultValue()
            .withDescription(
                    "Of the transactions with exactly-once; own to each job on a Kafka, or they abort each other's (default: the consumer group).");
    public static final ConfigOption<Boolean> KAFKA_CREATE_TOPICS = ConfigOptions.key("kafka.create-topics")
            .booleanType()
            .defaultValue(false)
            .withDescription("Create topics that do not exist.");
    public static final ConfigOption<Integer> KAFKA_NEW_TOPIC_PARTITIONS = ConfigOptions.key(
                    "kafka.new-topic-partitions")
            .intType()
            .defaultValue(4)
            .withDescription("Partitions of a created topic.");
    public static final ConfigOption<Integer> KAFKA_MAX_MESSAGE_BYTES = ConfigOptions.key("kafka.max-message-bytes")
            .intType()
            .defaultValue(AnnotationSettings.DEFAULT_MAX_BYTES)
            .withDescription("Largest record that is written to a topic, in bytes, at least "
                    + KafkaConfig.MIN_MESSAGE_BYTES + "; what would outgrow it is cut or becomes a dead letter.");
    public static final ConfigOption<Map<String, String>> KAFKA_PROPERTIES = ConfigOptions.key("kafka.properties")
            .mapType()
            .defaultValue(Map.of())
            .withDescription("Further client properties, key:value,key:value; they win.");

    public static final ConfigOption<Map<String, String>> MODEL_ROUTES = ConfigOptions.key("model.routes")
            .mapType()
            .defaultValue(Map.of())
            .withDescription("Bundles for the reads of a sample or, where they have none, of a barcode:"
                    + " sample:path,sample:path; all others go to model.bundle. Not for files.");
    public static final ConfigOption<String> MODEL_BUNDLE = ConfigOptions.key("model.bundle")
            .stringType()
            .noDefaultValue()
            .withDescription("Model bundle, folder or zip, at the same path on every task manager.");
    public static final ConfigOption<String> MODEL_DEVICE = ConfigOptions.key("model.device")
            .stringType()
            .defaultValue(AUTO)
            .withDescription("auto, cpu, gpu or gpu:N; auto is a GPU where the model runs on a machine with one.");
    public static final ConfigOption<String> MODEL_THREADS = ConfigOptions.key("model.threads")
            .stringType()
            .defaultValue(AUTO)
            .withDescription(
                    "CPU threads that score side by side, each with the model's weights once; auto: one for each"
                            + " processor of the machine that the model runs on.");
    public static final ConfigOption<Boolean> MODEL_CPU_ARENA = ConfigOptions.key("model.cpu-arena")
            .booleanType()
            .defaultValue(SessionMemory.DEFAULT.cpuArena())
            .withDescription("Keep host memory of a model call for the next one; without, calls are slower.");
    public static final ConfigOption<Boolean> MODEL_MEMORY_PATTERN = ConfigOptions.key("model.memory-pattern")
            .booleanType()
            .defaultValue(SessionMemory.DEFAULT.pattern())
            .withDescription("Remember where tensors lie for every shape of a batch; only for batches of one shape.");
    public static final ConfigOption<MemorySize> MODEL_GPU_MEMORY_LIMIT = ConfigOptions.key("model.gpu-memory-limit")
            .memoryType()
            .defaultValue(new MemorySize(SessionMemory.DEFAULT.gpuLimitBytes()))
            .withDescription("Most device memory of one loaded model, for example 20g; 0 for all there is.");
    public static final ConfigOption<SessionMemory.Growth> MODEL_GPU_ARENA_GROWTH = ConfigOptions.key(
                    "model.gpu-arena-growth")
            .enumType(SessionMemory.Growth.class)
            .defaultValue(SessionMemory.DEFAULT.gpuGrowth())
            .withDescription("How device memory grows: same_as_requested, or next_power_of_two.");
    public static final ConfigOption<Duration> MODEL_PREPARE_TIMEOUT = ConfigOptions.key("model.prepare-timeout")
            .durationType()
            .defaultValue(Duration.ofMinutes(2))
            .withDescription("Longest wait until every subtask has loaded an announced model; then it is refused.");

    public static final ConfigOption<Double> SCORE_THRESHOLD = ConfigOptions.key("scoring.threshold")
            .doubleType()
            .noDefaultValue()
            .withDescription("Least score of a call, 0 to 1; 0 calls every read. By default the model's own.");
    public static final ConfigOption<Integer> MAX_BATCH_TOKENS = ConfigOptions.key("scoring.batch.max-tokens")
            .intType()
            .defaultValue(16_384)
            .withDescription("Most padded tokens in one model call: windows x longest window.");
    public static final ConfigOption<Integer> MAX_BATCH_WINDOWS = ConfigOptions.key("scoring.batch.max-windows")
            .intType()
            .defaultValue(0)
            .withDescription("Most windows in one model call; 0 for what suits the device: "
                    + FeedLimits.CPU_BATCH_WINDOWS + " on a CPU, " + FeedLimits.GPU_BATCH_WINDOWS + " on a GPU.");
    public static final ConfigOption<Duration> MAX_BATCH_AGE = ConfigOptions.key("scoring.batch.max-age")
            .durationType()
            .noDefaultValue()
            .withDescription("Longest wait of a window for company while the device is not busy; by default "
                    + FeedLimits.CPU_BATCH_AGE_MILLIS + " ms on a CPU, " + FeedLimits.GPU_BATCH_AGE_MILLIS
                    + " ms on a GPU.");
    public static final ConfigOption<Integer> MAX_WINDOWS_IN_FLIGHT = ConfigOptions.key("scoring.max-windows-in-flight")
            .intType()
            .defaultValue(0)
            .withDescription(
                    "Most windows cut and not yet scored, per subtask; then the input is held back. A barrier waits"
                            + " for as many. 0 for what suits the device: 256, or 4 batches for each of its model calls if that is more.");
    public static final ConfigOption<Boolean> WINDOW_SCORES = ConfigOptions.key("scoring.window-scores")
            .booleanType()
            .defaultValue(false)
            .withDescription("Put the probabilities of every window into the annotation.");
    public static final ConfigOption<Boolean> SCORE_ALL = ConfigOptions.key("scoring.score-all")
            .booleanType()
            .defaultValue(false)
            .withDescription(
                    "Score every window of a read, also where the model could be certain of the read's label before the last"
                            + " one; window scores imply it.");
    public static final ConfigOption<Boolean> LABEL_SCORES = ConfigOptions.key("scoring.label-scores")
            .booleanType()
            .defaultValue(false)
            .withDescription("Put the probability of every label over the whole read into the annotation.");
    public static final ConfigOption<Integer> MAX_READ_BASES = ConfigOptions.key("scoring.max-read-bases")
            .intType()
            .defaultValue(5_000_000)
            .withDescription("Longest read that is scored, in bases; longer ones become dead letters.");
    public static final ConfigOption<Boolean> ALLOW_MODEL_CHANGE = ConfigOptions.key("scoring.allow-model-change")
            .booleanType()
            .defaultValue(false)
            .withDescription(
                    "After a restore, go on with the configured model if it is not the one that was configured before; by default,"
                            + " and where it has not changed, the checkpoint's model serves on.");

    public static final ConfigOption<Boolean> DEAD_LETTER_PAYLOAD = ConfigOptions.key("dead-letters.payload")
            .booleanType()
            .defaultValue(false)
            .withDescription("Keep the input itself in its dead letter. Human reads are personal data.");
    public static final ConfigOption<String> DEAD_LETTER_HMAC_KEY_FILE = ConfigOptions.key("dead-letters.hmac-key-file")
            .stringType()
            .noDefaultValue()
            .withDescription(
                    "File whose bytes are the key of an HMAC-SHA-256 of the input in its dead letter; read on every"
                            + " task manager, so that the key is no part of the job.");

    public static final ConfigOption<Duration> CHECKPOINT_INTERVAL = ConfigOptions.key("job.checkpoint-interval")
            .durationType()
            .defaultValue(Duration.ofSeconds(10))
            .withDescription("Between checkpoints; 0 for none. Runs from files to a file make none.");
    public static final ConfigOption<Integer> PARALLELISM = ConfigOptions.key("job.parallelism")
            .intType()
            .defaultValue(1)
            .withDescription("Subtasks. Those on one device share its model; runs from files to a file have one.");

    private static final List<ConfigOption<?>> ALL = List.of(
            KAFKA_BOOTSTRAP_SERVERS,
            KAFKA_READS_TOPIC,
            KAFKA_ANNOTATIONS_TOPIC,
            KAFKA_DEAD_LETTERS_TOPIC,
            KAFKA_MODELS_TOPIC,
            KAFKA_MODEL_EVENTS_TOPIC,
            KAFKA_GROUP_ID,
            KAFKA_START,
            KAFKA_BOUNDED,
            KAFKA_DELIVERY,
            KAFKA_TRANSACTION_TIMEOUT,
            KAFKA_TRANSACTIONAL_ID_PREFIX,
            KAFKA_CREATE_TOPICS,
            KAFKA_NEW_TOPIC_PARTITIONS,
            KAFKA_MAX_MESSAGE_BYTES,
            KAFKA_PROPERTIES,
            MODEL_BUNDLE,
            MODEL_ROUTES,
            MODEL_DEVICE,
            MODEL_THREADS,
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
            CHECKPOINT_INTERVAL,
            PARALLELISM);

    private JobOptions() {}

    /** All options, in the order they are explained. */
    public static List<ConfigOption<?>> all() {
        return ALL;
    }
}
