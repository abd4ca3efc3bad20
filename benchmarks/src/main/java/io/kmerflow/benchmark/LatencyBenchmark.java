package io.kmerflow.benchmark;

import io.kmerflow.bundle.ModelBundle;
import io.kmerflow.kafka.EmbeddedKafka;
import io.kmerflow.schema.ReadAnnotation;
import io.kmerflow.schema.codec.RecordCodec;
import io.kmerflow.schema.codec.UndecodableRecordException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import org.HdrHistogram.Histogram;
import org.apache.flink.core.execution.JobClient;
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
 * Time from the moment a read was due on the reads topic to the moment its annotation came off the annotations topic, at
 * parts of the rate the job can sustain. Reads are due at even intervals whether or not the system keeps up, and the time
 * counts from then: a stall is felt by every read that was due in it (no coordinated omission, Gil Tene).
 */
public final class LatencyBenchmark {
    private static final Duration POLL = Duration.ofMillis(50);
    private static final Duration STUCK = Duration.ofMinutes(3);
    private static final long HIGHEST_MICROS = 600_000_000L;
    private static final double WARM_UP_SECONDS = 3;
    private static final int SATURATION_SECONDS = 8;
    private static final int SATURATION_ROUNDS = 3;
    private static final int FIRST_READS = 200;

    /**
     * What to measure.
     *
     * @param bundle the model
     * @param readBases bases per read
     * @param threads CPU threads that score side by side
     * @param jobBatchWindows most windows of the job's model calls
     * @param loads parts of the saturated rate, above 0
     * @param seconds how long each load is measured, after {@value #WARM_UP_SECONDS} s that do not count
     */
    public record Settings(
            ModelBundle bundle, int readBases, int threads, int jobBatchWindows, List<Double> loads, int seconds) {
        public Settings {
            loads = List.copyOf(loads);
            if (loads.isEmpty() || loads.stream().anyMatch(load -> !(load > 0)) || seconds < 1) {
                throw new IllegalArgumentException(String.format(
                        Locale.ROOT, "Expected loads above 0 and 1 s or more, got %s and %d s", loads, seconds));
            }
        }
    }

    private final Settings settings;
    private final Consumer<String> progress;

    /** @param progress told in a line what goes on */
    public LatencyBenchmark(Settings settings, Consumer<String> progress) {
        this.settings = settings;
        this.progress = progress;
    }

    /** Figures by name, in a fixed order; units in the names. */
    public Map<String, Object> run() throws Exception {
        try (EmbeddedKafka kafka = EmbeddedKafka.start()) {
            JobClient job = BenchJob.start(kafka, settings.bundle(), settings.threads(), settings.jobBatchWindows());
            try {
                double saturation = saturation(kafka);
                progress.accept(String.format(Locale.ROOT, "saturated at %.1f reads/s", saturation));
                List<Map<String, Object>> rows = new ArrayList<>();
                for (double load : settings.loads()) {
                    Map<String, Object> row = measure(kafka, load, load * saturation);
                    progress.accept(row.toString());
                    rows.add(row);
                }
                Map<String, Object> report = new LinkedHashMap<>();
                report.put(
                        "model",
                        settings.bundle().name() + " " + settings.bundle().version());
                report.put("model_digest", settings.bundle().digest());
                report.put("read_bases", settings.readBases());
                report.put("threads", settings.threads());
                report.put("job_batch_windows", settings.jobBatchWindows());
                report.put("saturated_reads_per_s", saturation);
                report.put("loads", rows);
                return report;
            } finally {
                job.cancel().get();
            }
        }
    }

    private double saturation(EmbeddedKafka kafka) throws Exception {
        double estimate;
        List<byte[]> first = BenchJob.encodedReads("warm-", FIRST_READS, settings.readBases());
        try (TopicLoad load = new TopicLoad(kafka.bootstrapServers(), first)) {
            load.roundTrip(STUCK);
            estimate = load.roundTrip(STUCK).readsPerSecond();
        }
        int reads = (int) Math.ceil(estimate * SATURATION_SECONDS);
        List<Double> rates = new ArrayList<>();
        List<byte[]> many = BenchJob.encodedReads("full-", reads, settings.readBases());
        try (TopicLoad load = new TopicLoad(kafka.bootstrapServers(), many)) {
            for (int round = 0; round < SATURATION_ROUNDS; round++) {
                rates.add(load.roundTrip(STUCK).steadyReadsPerSecond());
            }
        }
        return BenchJob.median(rates);
    }

    private Map<String, Object> measure(EmbeddedKafka kafka, double load, double readsPerSecond) throws Exception {
        int warmUp = (int) Math.ceil(WARM_UP_SECONDS * readsPerSecond);
        int reads = warmUp + (int) Math.ceil(settings.seconds() * readsPerSecond);
        String prefix = String.format(Locale.ROOT, "load-%s-", load);
        List<byte[]> encoded = BenchJob.encodedReads(prefix, reads, settings.readBases());
        Histogram micros = new Histogram(HIGHEST_MICROS, 3);
        long start;
        double seconds;
        try (KafkaConsumer<byte[], byte[]> consumer = consumer(kafka)) {
            start = System.nanoTime() + 1_000_000_000L;
            double intervalNanos = 1e9 / readsPerSecond;
            CompletableFuture<Void> sender =
                    CompletableFuture.runAsync(() -> send(kafka, encoded, start, intervalNanos));
            collect(consumer, prefix, reads, warmUp, start, intervalNanos, micros);
            sender.get();
            seconds = (System.nanoTime() - start) / 1e9;
        }
        Map<String, Object> row = new LinkedHashMap<>();
        row.put("load", load);
        row.put("reads_per_s", readsPerSecond);
        row.put("reads", micros.getTotalCount());
        row.put("achieved_reads_per_s", reads / seconds);
        row.put("p50_ms", micros.getValueAtPercentile(50) / 1e3);
        row.put("p90_ms", micros.getValueAtPercentile(90) / 1e3);
        row.put("p99_ms", micros.getValueAtPercentile(99) / 1e3);
        row.put("p999_ms", micros.getValueAtPercentile(99.9) / 1e3);
        row.put("max_ms", micros.getMaxValue() / 1e3);
        return row;
    }

    private static void send(EmbeddedKafka kafka, List<byte[]> reads, long start, double intervalNanos) {
        Properties properties = new Properties();
        properties.put(ProducerConfig.BOOTSTRAP_SERVERS_CONFIG, kafka.bootstrapServers());
        properties.put(ProducerConfig.LINGER_MS_CONFIG, "0");
        try (KafkaProducer<byte[], byte[]> producer =
                new KafkaProducer<>(properties, new ByteArraySerializer(), new ByteArraySerializer())) {
            producer.partitionsFor("reads"); // connects before the first read is due
            for (int read = 0; read < reads.size(); read++) {
                long due = start + Math.round(read * intervalNanos);
                for (long left = due - System.nanoTime(); left > 0; left = due - System.nanoTime()) {
                    LockSupport.parkNanos(left);
                }
                producer.send(new ProducerRecord<>("reads", reads.get(read)));
            }
        }
    }

    private static void collect(
            KafkaConsumer<byte[], byte[]> consumer,
            String prefix,
            int reads,
            int warmUp,
            long start,
            double intervalNanos,
            Histogram micros)
            throws UndecodableRecordException {
        RecordCodec<ReadAnnotation> codec = new RecordCodec<>(ReadAnnotation.class);
        int came = 0;
        long last = System.nanoTime();
        while (came < reads) {
            for (ConsumerRecord<byte[], byte[]> record : consumer.poll(POLL)) {
                long now = System.nanoTime();
                last = now;
                String id = codec.decode(record.value()).getReadId();
                if (!id.startsWith(prefix)) {
                    continue;
                }
                came++;
                int read = Integer.parseInt(id.substring(prefix.length()));
                if (read >= warmUp) {
                    long waited = (now - start - Math.round(read * intervalNanos)) / 1_000;
                    micros.recordValue(Math.min(Math.max(waited, 1), HIGHEST_MICROS));
                }
            }
            if (System.nanoTime() - last > STUCK.toNanos()) {
                throw new IllegalStateException(String.format(
                        Locale.ROOT,
                        "Expected %d annotations, only %d came; nothing for %d s",
                        reads,
                        came,
                        STUCK.toSeconds()));
            }
        }
    }

    private static KafkaConsumer<byte[], byte[]> consumer(EmbeddedKafka kafka) {
        Properties properties = new Properties();
        properties.put(ConsumerConfig.BOOTSTRAP_SERVERS_CONFIG, kafka.bootstrapServers());
        KafkaConsumer<byte[], byte[]> consumer =
                new KafkaConsumer<>(properties, new ByteArrayDeserializer(), new ByteArrayDeserializer());
        List<TopicPartition> partitions = List.of(new TopicPartition("annotations", 0));
        consumer.assign(partitions);
        consumer.seekToEnd(partitions);
        partitions.forEach(consumer::position);
        return consumer;
    }
}
