package io.kmerflow.benchmark;

import io.kmerflow.bundle.ModelBundle;
import io.kmerflow.cluster.BrokerProcess;
import io.kmerflow.cluster.ClusterFiles;
import io.kmerflow.cluster.FlinkCluster;
import io.kmerflow.cluster.FlinkRest;
import io.kmerflow.schema.ReadAnnotation;
import io.kmerflow.schema.codec.RecordCodec;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import java.util.function.Consumer;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/**
 * One very long read and behind it, at once, many short ones: what barriers wait, what memory it takes, and when the
 * short ones have their annotations. Broker and cluster are processes, delivery is exactly-once.
 */
public final class LongReadBenchmark {
    private static final Duration STUCK = Duration.ofMinutes(10);
    private static final Duration POLL = Duration.ofMillis(100);
    private static final int SHORT_BASES = 50;
    private static final int MAX_MESSAGE_BYTES = 16 << 20;
    private static final double NANOS = 1e9;

    /**
     * What to measure.
     *
     * @param bundle the model
     * @param threads CPU threads that score side by side
     * @param batchWindows most windows of a model call
     * @param longBases bases of the long read
     * @param shortReads how many reads of 50 bases follow it
     * @param checkpointSeconds between checkpoints
     * @param files what the cluster is started from
     * @param work new folder for logs, checkpoints and the broker's data
     */
    public record Settings(
            ModelBundle bundle,
            int threads,
            int batchWindows,
            int longBases,
            int shortReads,
            int checkpointSeconds,
            ClusterFiles files,
            Path work) {}

    private final Settings settings;
    private final Consumer<String> progress;

    /** @param progress told in a line what goes on */
    public LongReadBenchmark(Settings settings, Consumer<String> progress) {
        this.settings = settings;
        this.progress = progress;
    }

    /** Figures by name, in a fixed order; units in the names. */
    public Map<String, Object> run() throws Exception {
        try (BrokerProcess broker = new BrokerProcess(settings.work().resolve("kafka"), settings.work());
                FlinkCluster cluster =
                        new FlinkCluster(settings.files(), settings.work().resolve("flink"), settings.work())) {
            broker.start();
            cluster.startJobManager();
            cluster.startTaskManagers(1);
            String job = BenchJob.submit(
                    cluster,
                    broker,
                    settings.bundle(),
                    1,
                    settings.threads(),
                    settings.batchWindows(),
                    List.of(
                            "--kafka.delivery",
                            "exactly-once",
                            "--kafka.transaction-timeout",
                            "300 s",
                            "--job.checkpoint-interval",
                            settings.checkpointSeconds() + " s"));
            FlinkRest rest = cluster.rest();
            Answers warm = new Answers("warm-");
            stream(broker, "warm-", settings.shortReads() / 4, 0, warm);
            FlinkRest.Checkpoints before = rest.checkpoints(job);
            Answers answers = new Answers("r-");
            stream(broker, "r-", settings.shortReads(), settings.longBases(), answers);
            return report(answers, before, rest.checkpoints(job), rest.restarts(job), cluster.taskManagerPid(0));
        }
    }

    /** Annotations of the reads of one name, as they come. */
    private static final class Answers {
        private final RecordCodec<ReadAnnotation> codec = new RecordCodec<>(ReadAnnotation.class);
        private final String prefix;
        private final Set<String> reads = new HashSet<>();
        private int repeated;
        private double lastShortSeconds;
        private double longSeconds;

        Answers(String prefix) {
            this.prefix = prefix;
        }

        void add(ConsumerRecord<byte[], byte[]> record, double seconds) throws Exception {
            ReadAnnotation annotation = codec.decode(record.value());
            String read = annotation.getReadId();
            if (!read.startsWith(prefix)) {
                return;
            }
            repeated += reads.add(read) ? 0 : 1;
            if (annotation.getReadLength() > SHORT_BASES) {
                longSeconds = seconds;
            } else {
                lastShortSeconds = seconds;
            }
        }
    }

    private void stream(BrokerProcess broker, String prefix, int shortReads, int longBases, Answers answers)
            throws Exception {
        int reads = shortReads + (longBases > 0 ? 1 : 0);
        Properties reading = new Properties();
        reading.put(ConsumerConfig.BOOTSTRAP_SERVERS_CONFIG, broker.bootstrapServers());
        reading.put(ConsumerConfig.ISOLATION_LEVEL_CONFIG, "read_committed");
        try (KafkaConsumer<byte[], byte[]> consumer =
                new KafkaConsumer<>(reading, new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
            List<TopicPartition> partitions = List.of(new TopicPartition("annotations", 0));
            consumer.assign(partitions);
            consumer.seekToBeginning(partitions);
            send(broker, prefix, shortReads, longBases);
            long start = System.nanoTime();
            long last = start;
            while (answers.reads.size() < reads) {
                int had = answers.reads.size();
                for (ConsumerRecord<byte[], byte[]> record : consumer.poll(POLL)) {
                    answers.add(record, (System.nanoTime() - start) / NANOS);
                }
                if (answers.reads.size() > had) {
                    last = System.nanoTime();
                    progress.accept(String.format(
                            Locale.ROOT,
                            "%,d of %,d reads annotated after %.1f s",
                            answers.reads.size(),
                            reads,
                            (last - start) / NANOS));
                } else if (System.nanoTime() - last > STUCK.toNanos()) {
                    throw new IllegalStateException(String.format(
                            Locale.ROOT,
                            "Expected %d annotations, only %d came; nothing for %d s; see %s",
                            reads,
                            answers.reads.size(),
                            STUCK.toSeconds(),
                            settings.work()));
                }
            }
        }
    }

    private static void send(BrokerProcess broker, String prefix, int shortReads, int longBases) {
        Properties properties = new Properties();
        properties.put(ProducerConfig.BOOTSTRAP_SERVERS_CONFIG, broker.bootstrapServers());
        properties.put(ProducerConfig.MAX_REQUEST_SIZE_CONFIG, Integer.toString(MAX_MESSAGE_BYTES));
        try (KafkaProducer<byte[], byte[]> producer =
                new KafkaProducer<>(properties, new ByteArraySerializer(), new ByteArraySerializer())) {
            if (longBases > 0) {
                BenchJob.encodedReads(prefix + "long-", 1, longBases)
                        .forEach(read -> producer.send(new ProducerRecord<>("reads", read)));
                producer.flush();
            }
            BenchJob.encodedReads(prefix, shortReads, SHORT_BASES)
                    .forEach(read -> producer.send(new ProducerRecord<>("reads", read)));
        }
    }

    private Map<String, Object> report(
            Answers answers, FlinkRest.Checkpoints before, FlinkRest.Checkpoints after, int restarts, long taskManager)
            throws Exception {
        Map<String, Object> report = new LinkedHashMap<>();
        report.put("model", settings.bundle().name() + " " + settings.bundle().version());
        report.put("model_digest", settings.bundle().digest());
        report.put("threads", settings.threads());
        report.put("batch_windows", settings.batchWindows());
        report.put("long_read_bases", settings.longBases());
        report.put("long_read_windows", settings.bundle().contract().windower().windowCount(settings.longBases()));
        report.put("short_reads", settings.shortReads());
        report.put("short_read_bases", SHORT_BASES);
        report.put("checkpoint_interval_s", settings.checkpointSeconds());
        report.put("last_short_annotation_s", answers.lastShortSeconds);
        report.put("long_annotation_s", answers.longSeconds);
        report.put("repeated_annotations", answers.repeated);
        report.put("restarts", restarts);
        report.put("checkpoints_completed", after.completed() - before.completed());
        report.put("checkpoints_failed", after.failed() - before.failed());
        report.put("longest_checkpoint_s", after.longestMillis() / 1000.0);
        report.put("longest_checkpoint_before_s", before.longestMillis() / 1000.0);
        report.put("largest_checkpoint_mib", after.largestBytes() / 1024.0 / 1024.0);
        report.put("task_manager_peak_resident_mib", ProcessStatus.peakResidentMebibytes(taskManager));
        return report;
    }
}
