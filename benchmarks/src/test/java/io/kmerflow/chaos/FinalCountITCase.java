package io.kmerflow.chaos;

import static org.assertj.core.api.Assertions.assertThat;

import io.kmerflow.kafka.EmbeddedKafka;
import io.kmerflow.schema.AnnotationStatus;
import io.kmerflow.schema.DeadLetter;
import io.kmerflow.schema.DeadLetterStage;
import io.kmerflow.schema.ReadAnnotation;
import io.kmerflow.schema.codec.RecordCodec;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.Test;

/** The count finds what is missing, repeated or foreign: it is the run's only judge. */
class FinalCountITCase {
    private static final int MALFORMED = 250;

    @Test
    void whatIsLostTwiceOrForeignIsCounted() throws Exception {
        try (EmbeddedKafka kafka = EmbeddedKafka.start();
                Admin admin = Admin.create(Map.of("bootstrap.servers", kafka.bootstrapServers()));
                KafkaProducer<byte[], byte[]> producer = new KafkaProducer<>(
                        Map.of("bootstrap.servers", kafka.bootstrapServers()),
                        new ByteArraySerializer(),
                        new ByteArraySerializer())) {
            admin.createTopics(List.of(
                            new NewTopic(Topics.READS, 1, (short) 1),
                            new NewTopic(Topics.ANNOTATIONS, 1, (short) 1),
                            new NewTopic(Topics.DEAD_LETTERS, 1, (short) 1)))
                    .all()
                    .get(30, TimeUnit.SECONDS);
            ChaosReads reads = new ChaosReads(1, 50);
            for (int number : new int[] {0, 1, 2, 3, MALFORMED}) {
                ProducerRecord<byte[], byte[]> record =
                        new ProducerRecord<>(Topics.READS, reads.key(number), reads.value(number));
                record.headers()
                        .add(ReadFeed.NUMBER_HEADER, Integer.toString(number).getBytes(StandardCharsets.UTF_8));
                producer.send(record);
            }
            annotate(producer, 0, "a");
            annotate(producer, 1, "b");
            annotate(producer, 1, "b"); // repeated
            annotate(producer, 2, "c");
            annotate(producer, 2, "other"); // repeated, under another id
            annotate(producer, 7, "d"); // never sent; read 3 has none
            letter(producer, 4);
            letter(producer, 0); // of a good record
            producer.flush();

            FinalCount count = FinalCount.of(kafka.bootstrapServers());

            assertThat(count).isEqualTo(new FinalCount(5, 3, 1, 2, 1, 1, 2));
        }
    }

    private static void annotate(KafkaProducer<byte[], byte[]> producer, int read, String id) {
        ReadAnnotation annotation = new ReadAnnotation();
        annotation.setAnnotationId(id);
        annotation.setReadId(ChaosReads.name(read));
        annotation.setRunId(ChaosReads.RUN);
        annotation.setStatus(AnnotationStatus.SCORED);
        annotation.setCalls(List.of());
        annotation.setModelName("m");
        annotation.setModelVersion("1");
        annotation.setModelDigest("d");
        annotation.setVocabularyHash("v");
        annotation.setPrecision("fp32");
        annotation.setAnnotatedTime(Instant.EPOCH);
        producer.send(
                new ProducerRecord<>(Topics.ANNOTATIONS, new RecordCodec<>(ReadAnnotation.class).encode(annotation)));
    }

    private static void letter(KafkaProducer<byte[], byte[]> producer, long offset) {
        DeadLetter letter = new DeadLetter();
        letter.setDeadLetterId("letter-" + offset);
        letter.setTopic(Topics.READS);
        letter.setPartition(0);
        letter.setOffset(offset);
        letter.setStage(DeadLetterStage.DECODE);
        letter.setReason("UNDECODABLE");
        letter.setMessage("m");
        letter.setErrorType("");
        letter.setFailedTime(Instant.EPOCH);
        producer.send(new ProducerRecord<>(Topics.DEAD_LETTERS, new RecordCodec<>(DeadLetter.class).encode(letter)));
    }
}
