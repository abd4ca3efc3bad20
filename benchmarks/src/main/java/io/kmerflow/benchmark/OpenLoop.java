package io.kmerflow.benchmark;

import io.kmerflow.kafka.EmbeddedKafka;
import io.kmerflow.schema.ReadAnnotation;
import io.kmerflow.schema.codec.RecordCodec;
import io.kmerflow.schema.codec.UndecodableRecordException;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Properties;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.locks.LockSupport;
import java.util.function.IntFunction;
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
 * Puts reads onto the reads topic when they are due, whether or not the job keeps up, and takes their annotations. The wait of a
 * read counts from when it was due: a stall is felt by every read that was due in it (no coordinated omission, Gil Tene).
 */
final class OpenLoop {
    private static final Duration POLL = Duration.ofMillis(50);
    private static final Duration STUCK = Duration.ofMinutes(3);
    private static final long LEAD_NANOS = 1_000_000_000L;
    private static final int MICROS = 1_000;

    private final EmbeddedKafka kafka;
    private final String prefix;
    private final IntFunction<byte[]> reads;
    private final long[] dueNanos;

    /** Takes what came of a read. */
    interface Taker {
        /**
         * Called once for each read, on the caller's thread.
         *
         * @param read its number
         * @param waitedMicros from when it was due to when its annotation came
         */
        void came(int read, long waitedMicros, ReadAnnotation annotation);
    }

    /**
     * @param kafka with a topic reads, and annotations of one partition
     * @param prefix of the names of the reads, before their number; of no other read on the topics
     * @param reads encoded, by number from 0
     * @param dueNanos when each read is due, from the start, rising
     */
    OpenLoop(EmbeddedKafka kafka, String prefix, IntFunction<byte[]> reads, long[] dueNanos) {
        this.kafka = kafka;
        this.prefix = prefix;
        this.reads = reads;
        this.dueNanos = dueNanos;
    }

    /**
     * Sends all reads and takes all annotations.
     *
     * @return seconds from the start to the last annotation
     * @throws IllegalStateException if none comes for 3 minutes
     */
    double run(Taker taker) throws UndecodableRecordException, InterruptedException, ExecutionException {
        try (KafkaConsumer<byte[], byte[]> consumer = consumer()) {
            long start = System.nanoTime() + LEAD_NANOS;
            CompletableFuture<Void> sender = CompletableFuture.runAsync(() -> send(start));
            collect(consumer, start, taker);
            sender.get();
            return (System.nanoTime() - start) / 1e9;
        }
    }

    private void send(long start) {
        Properties properties = new Properties();
        properties.put(ProducerConfig.BOOTSTRAP_SERVERS_CONFIG, kafka.bootstrapServers());
        // As 'ingest' sends them. Uncompressed reads, one to a request, cost the broker a fifth of a core at 1 Mb/s.
        properties.put(ProducerConfig.COMPRESSION_TYPE_CONFIG, "zstd");
        properties.put(ProducerConfig.LINGER_MS_CONFIG, "50");
        properties.put(ProducerConfig.MAX_REQUEST_SIZE_CONFIG, 32 << 20);
        try (KafkaProducer<byte[], byte[]> producer =
                new KafkaProducer<>(properties, new ByteArraySerializer(), new ByteArraySerializer())) {
            producer.partitionsFor("reads"); // connects before the first read is due
            for (int read = 0; read < dueNanos.length; read++) {
                byte[] encoded = reads.apply(read);
                long due = start + dueNanos[read];
                for (long left = due - System.nanoTime(); left > 0; left = due - System.nanoTime()) {
                    LockSupport.parkNanos(left);
                }
                producer.send(new ProducerRecord<>("reads", encoded));
            }
        }
    }

    private void collect(KafkaConsumer<byte[], byte[]> consumer, long start, Taker taker)
            throws UndecodableRecordException {
        RecordCodec<ReadAnnotation> codec = new RecordCodec<>(ReadAnnotation.class);
        int came = 0;
        long last = System.nanoTime();
        while (came < dueNanos.length) {
            for (ConsumerRecord<byte[], byte[]> record : consumer.poll(POLL)) {
                long now = System.nanoTime();
                last = now;
                ReadAnnotation annotation = codec.decode(record.value());
                if (annotation.getReadId().startsWith(prefix)) {
                    came++;
                    int read = Integer.parseInt(annotation.getReadId().substring(prefix.length()));
                    taker.came(read, (now - start - dueNanos[read]) / MICROS, annotation);
                }
            }
            if (System.nanoTime() - last > STUCK.toNanos()) {
                throw new IllegalStateException(String.format(
                        Locale.ROOT,
                        "Expected %d annotations, only %d came; nothing for %d s",
                        dueNanos.length,
                        came,
                        STUCK.toSeconds()));
            }
        }
    }

    private KafkaConsumer<byte[], byte[]> consumer() {
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
