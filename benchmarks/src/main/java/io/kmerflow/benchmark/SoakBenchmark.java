package io.kmerflow.benchmark;

import io.kmerflow.bundle.ModelBundle;
import io.kmerflow.kafka.EmbeddedKafka;
import io.kmerflow.schema.ReadAnnotation;
import io.kmerflow.schema.codec.RecordCodec;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Properties;
import java.util.function.Consumer;
import org.apache.flink.core.execution.JobClient;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/**
 * Memory over a long run at a constant rate: reads of 50 to 1,000 bases, sampled at even intervals. Broker, clients and job are one
 * process, so its figures are an upper bound of the job's.
 */
public final class SoakBenchmark {
    private static final Duration POLL = Duration.ofMillis(50);
    private static final Duration STUCK = Duration.ofMinutes(3);
    private static final int SHORTEST = 50;
    private static final int LENGTHS = 951;
    private static final double MEBI = 1 << 20;

    /**
     * What to run.
     *
     * @param bundle the model
     * @param threads CPU threads that score side by side
     * @param maxBatchWindows most windows of the job's model calls
     * @param readsPerSecond constant rate, above 0
     * @param seconds how long reads are sent
     * @param sampleSeconds between two looks at the memory
     */
    public record Settings(
            ModelBundle bundle,
            int threads,
            int maxBatchWindows,
            double readsPerSecond,
            long seconds,
            long sampleSeconds) {
        public Settings {
            if (!(readsPerSecond > 0) || seconds < 1 || sampleSeconds < 1) {
                throw new IllegalArgumentException(String.format(
                        Locale.ROOT,
                        "Expected a rate above 0 and 1 s or more, got %s reads/s, %d s and %d s",
                        readsPerSecond,
                        seconds,
                        sampleSeconds));
            }
        }
    }

    private final Settings settings;
    private final Consumer<String> progress;
    private final List<Map<String, Object>> samples = new ArrayList<>();

    /** @param progress told in a line what goes on */
    public SoakBenchmark(Settings settings, Consumer<String> progress) {
        this.settings = settings;
        this.progress = progress;
    }

    /** Figures by name, units in the names; {@code lost} is the number of reads without an annotation. */
    public Map<String, Object> run() throws Exception {
        int total = (int) Math.ceil(settings.readsPerSecond() * settings.seconds());
        BitSet seen = new BitSet(total);
        long duplicates = 0;
        try (EmbeddedKafka kafka = EmbeddedKafka.start()) {
            JobClient job = BenchJob.start(kafka, settings.bundle(), settings.threads(), settings.maxBatchWindows());
            Properties properties = new Properties();
            properties.put("bootstrap.servers", kafka.bootstrapServers());
            RecordCodec<ReadAnnotation> codec = new RecordCodec<>(ReadAnnotation.class);
            try (KafkaProducer<byte[], byte[]> producer =
                            new KafkaProducer<>(properties, new ByteArraySerializer(), new ByteArraySerializer());
                    KafkaConsumer<byte[], byte[]> consumer =
                            new KafkaConsumer<>(properties, new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
                List<TopicPartition> partitions = List.of(new TopicPartition("annotations", 0));
                consumer.assign(partitions);
                consumer.seekToBeginning(partitions);
                long start = System.nanoTime();
                long nextSample = settings.sampleSeconds();
                long last = start;
                int sent = 0;
                while (seen.cardinality() < total && System.nanoTime() - last < STUCK.toNanos()) {
                    double seconds = (System.nanoTime() - start) / 1e9;
                    int due = (int) Math.min(total, seconds * settings.readsPerSecond());
                    for (; sent < due; sent++) {
                        int bases = SHORTEST + Math.floorMod(sent * 7_919, LENGTHS);
                        byte[] read = BenchJob.encodedReads("soak-" + sent + "-", 1, bases)
                                .get(0);
                        producer.send(new ProducerRecord<>("reads", read));
                        last = System.nanoTime();
                    }
                    for (var record : consumer.poll(POLL)) {
                        String id = codec.decode(record.value()).getReadId();
                        int number = Integer.parseInt(id.split("-")[1]);
                        duplicates += seen.get(number) ? 1 : 0;
                        seen.set(number);
                        last = System.nanoTime();
                    }
                    if (seconds >= nextSample) {
                        sample(seconds, sent, seen.cardinality());
                        nextSample += settings.sampleSeconds();
                    }
                }
            } finally {
                job.cancel().get();
            }
        }
        return report(total, seen.cardinality(), duplicates);
    }

    private void sample(double seconds, int sent, int annotated) throws IOException {
        System.gc();
        var memory = ManagementFactory.getMemoryMXBean();
        double resident = ProcessStatus.residentMebibytes();
        long java = memory.getHeapMemoryUsage().getCommitted()
                + memory.getNonHeapMemoryUsage().getCommitted();
        Map<String, Object> row = new LinkedHashMap<>();
        row.put("second", Math.round(seconds));
        row.put("sent_reads", sent);
        row.put("annotated_reads", annotated);
        row.put("heap_after_gc_mib", memory.getHeapMemoryUsage().getUsed() / MEBI);
        row.put("resident_mib", resident);
        row.put("resident_less_java_committed_mib", resident - java / MEBI);
        samples.add(row);
        progress.accept(row.toString());
    }

    private Map<String, Object> report(int reads, int annotated, long duplicates) {
        Map<String, Object> report = new LinkedHashMap<>();
        report.put("model_digest", settings.bundle().digest());
        report.put("threads", settings.threads());
        report.put("seconds", settings.seconds());
        report.put("reads_per_s", settings.readsPerSecond());
        report.put("reads", reads);
        report.put("annotated", annotated);
        report.put("duplicates", duplicates);
        report.put("lost", reads - annotated);
        for (String name : List.of("heap_after_gc_mib", "resident_mib", "resident_less_java_committed_mib")) {
            report.put(name + "_per_hour_second_half", slopePerHour(samples, name));
        }
        report.put("samples", samples);
        return report;
    }

    /** Least-squares slope over the second half of the run, when everything has been compiled and cached; NaN below 2 samples. */
    static double slopePerHour(List<Map<String, Object>> samples, String name) {
        List<Map<String, Object>> half = samples.subList(samples.size() / 2, samples.size());
        double time = half.stream()
                .mapToDouble(row -> number(row, "second"))
                .average()
                .orElse(0);
        double mean =
                half.stream().mapToDouble(row -> number(row, name)).average().orElse(0);
        double product = 0;
        double square = 0;
        for (Map<String, Object> row : half) {
            double distance = number(row, "second") - time;
            product += distance * (number(row, name) - mean);
            square += distance * distance;
        }
        return product / square * 3_600;
    }

    private static double number(Map<String, Object> row, String name) {
        return ((Number) row.get(name)).doubleValue();
    }
}
