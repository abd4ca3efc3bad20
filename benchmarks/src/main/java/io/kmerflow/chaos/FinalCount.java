package io.kmerflow.chaos;

import io.kmerflow.cluster.ClusterException;
import io.kmerflow.schema.DeadLetter;
import io.kmerflow.schema.ReadAnnotation;
import io.kmerflow.schema.codec.RecordCodec;
import io.kmerflow.schema.codec.UndecodableRecordException;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/**
 * What became of every record of the reads topic, from the topics themselves. A well-formed one is matched with annotations
 * by its read id, a malformed one with dead letters by its partition and offset.
 *
 * @param read source records
 * @param annotated reads with an annotation
 * @param deadLettered malformed records with a dead letter
 * @param duplicates annotations and dead letters beyond the first of a source record
 * @param otherIds reads whose annotations differ in their annotation id: they are not harmless repetitions
 * @param lost source records with neither
 * @param strangers annotations and dead letters of what was never sent
 */
public record FinalCount(
        int read, int annotated, int deadLettered, int duplicates, int otherIds, int lost, int strangers) {
    /** How often a source record was answered, and under which id first. */
    private static final class Answers {
        private int count;
        private String id;
        private boolean otherId;

        void add(String answer) {
            count++;
            otherId |= id != null && !id.equals(answer);
            id = answer;
        }
    }

    /** Reads the three topics. */
    static FinalCount of(String bootstrapServers) {
        Map<String, Answers> reads = new HashMap<>();
        Map<String, Answers> malformed = new HashMap<>();
        int[] source = new int[1];
        Topics.readAll(bootstrapServers, Topics.READS, record -> {
            int number = Integer.parseInt(new String(
                    record.headers().lastHeader(ReadFeed.NUMBER_HEADER).value(), StandardCharsets.US_ASCII));
            source[0]++;
            Answers before = ChaosReads.malformed(number)
                    ? malformed.put(place(record.topic(), record.partition(), record.offset()), new Answers())
                    : reads.put(ChaosReads.name(number), new Answers());
            if (before != null) {
                throw new ClusterException(String.format(
                        Locale.ROOT,
                        "Expected every read once on the reads topic, read %d is there again at %s",
                        number,
                        place(record.topic(), record.partition(), record.offset())));
            }
        });
        int[] strangers = new int[1];
        RecordCodec<ReadAnnotation> annotations = new RecordCodec<>(ReadAnnotation.class);
        Topics.readAll(bootstrapServers, Topics.ANNOTATIONS, record -> {
            ReadAnnotation annotation = decode(annotations, record);
            answer(reads.get(annotation.getReadId()), annotation.getAnnotationId(), strangers);
        });
        RecordCodec<DeadLetter> deadLetters = new RecordCodec<>(DeadLetter.class);
        Topics.readAll(bootstrapServers, Topics.DEAD_LETTERS, record -> {
            DeadLetter letter = decode(deadLetters, record);
            String place = place(letter.getTopic(), letter.getPartition(), letter.getOffset());
            answer(malformed.get(place), letter.getDeadLetterId(), strangers);
        });
        return new FinalCount(
                source[0],
                answered(reads),
                answered(malformed),
                repeated(reads) + repeated(malformed),
                otherIds(reads) + otherIds(malformed),
                source[0] - answered(reads) - answered(malformed),
                strangers[0]);
    }

    private static void answer(Answers answers, String id, int[] strangers) {
        if (answers == null) {
            strangers[0]++;
        } else {
            answers.add(id);
        }
    }

    private static String place(Object topic, Object partition, Object offset) {
        return topic + "-" + partition + "@" + offset;
    }

    private static <T extends org.apache.avro.specific.SpecificRecord> T decode(
            RecordCodec<T> codec, ConsumerRecord<byte[], byte[]> record) {
        try {
            return codec.decode(record.value());
        } catch (UndecodableRecordException e) {
            throw new ClusterException(
                    String.format(
                            Locale.ROOT,
                            "Expected a record of the job at %s, got %s",
                            place(record.topic(), record.partition(), record.offset()),
                            e.getMessage()),
                    e);
        }
    }

    private static int answered(Map<String, Answers> sources) {
        return (int)
                sources.values().stream().filter(answers -> answers.count > 0).count();
    }

    private static int repeated(Map<String, Answers> sources) {
        return sources.values().stream()
                .mapToInt(answers -> Math.max(0, answers.count - 1))
                .sum();
    }

    private static int otherIds(Map<String, Answers> sources) {
        return (int)
                sources.values().stream().filter(answers -> answers.otherId).count();
    }
}
