package io.kmerflow.cli.retrain;

import io.kmerflow.cli.topic.TopicFormat;
import io.kmerflow.cli.topic.TopicReader;
import io.kmerflow.schema.AnnotationStatus;
import io.kmerflow.schema.DriftReport;
import io.kmerflow.schema.ReadAnnotation;
import io.kmerflow.schema.ReadLabel;
import io.kmerflow.schema.SequencedRead;
import io.kmerflow.schema.UncalledReason;
import io.kmerflow.schema.codec.RecordCodec;
import io.kmerflow.sequence.identity.ReadIdentity;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Properties;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.LockSupport;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/** A sequencer and a reader of the annotations, for the demonstration. Every read is sent once, under a unique name. */
final class DemoStream implements AutoCloseable {
    private static final String RUN = "loop-demo";
    private static final Duration POLL = Duration.ofMillis(200);

    private final String servers;
    private final KafkaProducer<byte[], byte[]> producer;
    private final RecordCodec<SequencedRead> reads = new RecordCodec<>(SequencedRead.class);
    private final RecordCodec<ReadLabel> labels = new RecordCodec<>(ReadLabel.class);
    private final Map<String, String> truth = new ConcurrentHashMap<>();
    private final Map<String, ReadAnnotation> annotations = new ConcurrentHashMap<>();
    private final List<DriftReport> drift = new ArrayList<>();
    private final Thread follower;
    private volatile long duplicates;
    private volatile boolean closed;
    private volatile RuntimeException failure;
    private int sent;

    /** @param servers whose topics exist */
    DemoStream(String servers) {
        this.servers = servers;
        Properties properties = new Properties();
        properties.put("bootstrap.servers", servers);
        properties.put("acks", "all");
        producer = new KafkaProducer<>(properties, new ByteArraySerializer(), new ByteArraySerializer());
        follower = new Thread(this::follow, "loop-demo-annotations");
        follower.setDaemon(true);
        follower.start();
    }

    private void follow() {
        try (TopicReader<ReadAnnotation> annotated = reader("annotations", ReadAnnotation.class);
                TopicReader<DriftReport> drifted = reader("drift", DriftReport.class)) {
            while (!closed) {
                for (ReadAnnotation annotation : annotated.poll(POLL)) {
                    if (annotations.put(annotation.getReadId(), annotation) != null) {
                        duplicates++;
                    }
                }
                List<DriftReport> reports = drifted.poll(Duration.ZERO);
                synchronized (drift) {
                    drift.addAll(reports);
                }
            }
        } catch (RuntimeException e) {
            failure = e;
        }
    }

    private <T extends SpecificRecord> TopicReader<T> reader(String topic, Class<T> type) {
        return new TopicReader<>(
                servers, Map.of(), topic, type, TopicFormat.AVRO, TopicReader.Start.BEGINNING, notice -> {});
    }

    /** Sends a read; returns its name. */
    synchronized String send(DemoData.Row row) {
        String name = String.format(Locale.ROOT, "read-%07d", ++sent);
        truth.put(name, row.label());
        SequencedRead read = SequencedRead.newBuilder()
                .setReadId(name)
                .setRunId(RUN)
                .setSampleId("stream")
                .setBases(ByteBuffer.wrap(row.bases()))
                .build();
        producer.send(
                new ProducerRecord<>("reads", (RUN + "/" + name).getBytes(StandardCharsets.UTF_8), reads.encode(read)));
        return name;
    }

    /** Says what a read is. */
    void label(String name, String label, String source) {
        String key = new ReadIdentity(RUN, name, 0).key() + '\t' + source;
        producer.send(new ProducerRecord<>(
                "labels",
                key.getBytes(StandardCharsets.UTF_8),
                labels.encode(ReadLabel.newBuilder()
                        .setReadId(name)
                        .setRunId(RUN)
                        .setLabel(label)
                        .setSource(source)
                        .setLabelledTime(Instant.now())
                        .build())));
    }

    /** Waits until all that was sent is annotated. */
    void awaitAnnotated(Duration most) {
        producer.flush();
        long deadline = System.nanoTime() + most.toNanos();
        while (annotations.size() < sent) {
            if (failure != null) {
                throw failure;
            }
            if (System.nanoTime() > deadline) {
                throw new io.kmerflow.cli.base.CommandFailure(String.format(
                        Locale.ROOT,
                        "Expected annotations of all %,d reads within %d s, got %,d",
                        sent,
                        most.toSeconds(),
                        annotations.size()));
            }
            LockSupport.parkNanos(POLL.toNanos());
        }
    }

    /** Digests of the models that annotated, and how many reads each did. */
    Map<String, Long> models() {
        Map<String, Long> models = new LinkedHashMap<>();
        annotations.values().forEach(annotation -> models.merge(annotation.getModelDigest(), 1L, Long::sum));
        return models;
    }

    /** What was seen of some reads of one model. */
    record Seen(long reads, long other, Map<String, long[]> byTruth) {
        double uncalledShare() {
            long uncalled = byTruth.values().stream()
                    .mapToLong(counts -> counts[0] - counts[1] - counts[2])
                    .sum();
            return reads == 0 ? 0 : (double) uncalled / reads;
        }

        double otherShare() {
            return reads == 0 ? 0 : (double) other / reads;
        }
    }

    /**
     * Tallies annotations: for each truth the reads, those called right, those called something else.
     *
     * @param digest of the model; null for any
     * @param from first read, by number from 1
     * @param to last read
     */
    Seen seen(String digest, int from, int to) {
        Map<String, long[]> byTruth = new TreeMap<>();
        long all = 0;
        long other = 0;
        for (ReadAnnotation annotation : annotations.values()) {
            int number = Integer.parseInt(annotation.getReadId().substring("read-".length()));
            if (number < from || number > to || digest != null && !digest.equals(annotation.getModelDigest())) {
                continue;
            }
            String label = truth.get(annotation.getReadId());
            long[] counts = byTruth.computeIfAbsent(label, l -> new long[3]);
            counts[0]++;
            all++;
            boolean called = annotation.getStatus() == AnnotationStatus.SCORED;
            if (called) {
                counts[annotation.getReadCall().getLabel().equals(label) ? 1 : 2]++;
            } else if (annotation.getUncalledReason() == UncalledReason.OTHER) {
                other++;
            }
        }
        return new Seen(all, other, byTruth);
    }

    /** Drift reports so far, all and those over a threshold. */
    long[] drift() {
        synchronized (drift) {
            return new long[] {
                drift.size(),
                drift.stream().filter(report -> !report.getExceeded().isEmpty()).count()
            };
        }
    }

    /** Measures over their thresholds in the drift reports after that many. */
    Map<String, Integer> exceeded(long after) {
        Map<String, Integer> measures = new TreeMap<>();
        synchronized (drift) {
            drift.stream()
                    .skip(after)
                    .forEach(report ->
                            report.getExceeded().forEach(measure -> measures.merge(measure, 1, Integer::sum)));
        }
        return measures;
    }

    synchronized int sent() {
        return sent;
    }

    int annotated() {
        return annotations.size();
    }

    long duplicates() {
        return duplicates;
    }

    @Override
    public void close() {
        closed = true;
        try {
            follower.join(5_000);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        producer.close(Duration.ofSeconds(5));
    }
}
