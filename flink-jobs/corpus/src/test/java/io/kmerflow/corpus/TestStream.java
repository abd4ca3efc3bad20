package io.kmerflow.corpus;

import io.kmerflow.job.JobOptions;
import io.kmerflow.job.TestTopics;
import io.kmerflow.job.json.AnnotationJson;
import io.kmerflow.job.kafka.LabelTopic;
import io.kmerflow.schema.AnnotationStatus;
import io.kmerflow.schema.ReadAnnotation;
import io.kmerflow.schema.ReadCall;
import io.kmerflow.schema.ReadLabel;
import io.kmerflow.schema.SequencedRead;
import io.kmerflow.schema.codec.RecordCodec;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.apache.flink.configuration.Configuration;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/** Topics of reads, annotations and labels, under names of their own, and what tests write to them. */
final class TestStream {
    private static final int PARTITIONS = 3;

    private final String servers;
    private final String name;
    private final List<byte[]> reads = new ArrayList<>();
    private final List<byte[]> annotations = new ArrayList<>();
    private final List<ReadLabel> labels = new ArrayList<>();

    TestStream(String servers, String name) {
        this.servers = servers;
        this.name = name;
    }

    /** Bases that no other number has. */
    static String bases(int number, int length) {
        Random random = new Random(number);
        StringBuilder bases = new StringBuilder();
        for (int i = 0; i < length; i++) {
            bases.append("ACGT".charAt(random.nextInt(4)));
        }
        return bases.toString();
    }

    TestStream read(String id, String sample, String bases, int quality) {
        SequencedRead read = TestTopics.read(id);
        read.setSampleId(sample);
        read.setBases(ByteBuffer.wrap(bases.getBytes(StandardCharsets.US_ASCII)));
        byte[] qualities = new byte[bases.length()];
        Arrays.fill(qualities, (byte) quality);
        read.setPhredQualities(ByteBuffer.wrap(qualities));
        reads.add(TestTopics.bytes(read));
        return this;
    }

    TestStream undecodable() {
        reads.add(new byte[] {1, 2, 3});
        annotations.add(new byte[] {'{', '}'});
        return this;
    }

    private static ReadAnnotation annotated(String id, AnnotationStatus status, String call, String model, long time) {
        return ReadAnnotation.newBuilder()
                .setAnnotationId("0")
                .setReadId(id)
                .setRunId("run")
                .setReadLength(30)
                .setStatus(status)
                .setReadCall(new ReadCall(call, 0.75f))
                .setModelName("m")
                .setModelVersion("1")
                .setModelDigest(model)
                .setVocabularyHash("v")
                .setAnnotatedTime(Instant.ofEpochMilli(time))
                .build();
    }

    TestStream annotation(String id, AnnotationStatus status, String call, String model, long time) {
        annotations.add(new RecordCodec<>(ReadAnnotation.class).encode(annotated(id, status, call, model, time)));
        return this;
    }

    /** In JSON, which does not tell when it was made. */
    TestStream jsonAnnotation(String id, AnnotationStatus status, String call, String model) {
        annotations.add(
                AnnotationJson.text(annotated(id, status, call, model, 0)).getBytes(StandardCharsets.UTF_8));
        return this;
    }

    static ReadLabel labelled(String id, String source, String label) {
        return ReadLabel.newBuilder()
                .setReadId(id)
                .setRunId("run")
                .setLabel(label)
                .setSource(source)
                .setLabelledTime(Instant.EPOCH)
                .build();
    }

    TestStream label(String id, String source, String label) {
        labels.add(labelled(id, source, label));
        return this;
    }

    Configuration options(Path output, int parallelism) {
        Configuration options = new Configuration();
        options.set(JobOptions.KAFKA_BOOTSTRAP_SERVERS, servers);
        options.set(JobOptions.KAFKA_READS_TOPIC, name + "-reads");
        options.set(JobOptions.KAFKA_ANNOTATIONS_TOPIC, name + "-annotations");
        options.set(JobOptions.KAFKA_DEAD_LETTERS_TOPIC, name + "-dead-letters");
        options.set(CorpusOptions.KAFKA_LABELS_TOPIC, name + "-labels");
        options.set(JobOptions.KAFKA_CREATE_TOPICS, true);
        options.set(JobOptions.KAFKA_NEW_TOPIC_PARTITIONS, PARTITIONS);
        options.set(JobOptions.KAFKA_PROPERTIES, Map.of("linger.ms", "0"));
        options.set(JobOptions.PARALLELISM, parallelism);
        options.set(CorpusOptions.OUTPUT, output.toString());
        return options;
    }

    /** Makes the topics and writes what was given. */
    TestStream send() throws Exception {
        SnapshotConfig config = SnapshotConfig.from(options(Path.of("unused"), 1));
        SnapshotJob.ranges(config); // makes the topics
        try (KafkaProducer<byte[], byte[]> producer = new KafkaProducer<>(
                Map.of("bootstrap.servers", servers), new ByteArraySerializer(), new ByteArraySerializer())) {
            for (int i = 0; i < reads.size(); i++) {
                producer.send(new ProducerRecord<>(name + "-reads", i % PARTITIONS, null, reads.get(i)));
            }
            annotations.forEach(one -> producer.send(new ProducerRecord<>(name + "-annotations", 0, null, one)));
            producer.flush();
        }
        try (LabelTopic topic = labels()) {
            labels.forEach(topic::send);
            topic.flush();
        }
        return this;
    }

    LabelTopic labels() {
        return new LabelTopic(SnapshotConfig.from(options(Path.of("unused"), 1)).kafka(), name + "-labels");
    }
}
