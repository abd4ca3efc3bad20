package io.kmerflow.chaos;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;

/** Follows the committed annotations and dead letters while the job runs: how far it has come. The count that decides is another. */
final class OutputWatch implements AutoCloseable {
    private static final Duration POLL = Duration.ofMillis(200);

    private final KafkaConsumer<byte[], byte[]> consumer;
    private final Set<String> annotated = new HashSet<>();
    private final Set<String> deadLettered = new HashSet<>();
    private final Thread thread = new Thread(this::run, "output-watch");
    private volatile int annotations;
    private volatile int deadLetters;
    private volatile long lastNanos = System.nanoTime();
    private volatile boolean stopped;

    OutputWatch(String bootstrapServers) {
        consumer = Topics.consumer(bootstrapServers, true);
        List<TopicPartition> partitions = Topics.partitions(consumer, List.of(Topics.ANNOTATIONS, Topics.DEAD_LETTERS));
        consumer.assign(partitions);
        consumer.seekToBeginning(partitions);
        thread.setDaemon(true);
        thread.start();
    }

    private void run() {
        while (!stopped) {
            for (ConsumerRecord<byte[], byte[]> record : consumer.poll(POLL)) {
                String key = new String(record.key(), StandardCharsets.UTF_8);
                boolean isNew = (record.topic().equals(Topics.ANNOTATIONS) ? annotated : deadLettered).add(key);
                lastNanos = isNew ? System.nanoTime() : lastNanos;
            }
            annotations = annotated.size();
            deadLetters = deadLettered.size();
        }
        consumer.close();
    }

    /** Reads with an annotation. */
    int annotations() {
        return annotations;
    }

    /** Records with a dead letter. */
    int deadLetters() {
        return deadLetters;
    }

    /** Both. */
    int done() {
        return annotations + deadLetters;
    }

    /** Time since something new came. */
    Duration quiet() {
        return Duration.ofNanos(System.nanoTime() - lastNanos);
    }

    @Override
    public void close() {
        stopped = true;
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
