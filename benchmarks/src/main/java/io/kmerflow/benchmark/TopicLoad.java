package io.kmerflow.benchmark;

import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Properties;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/** Puts the same reads onto the reads topic, its partitions in turn, again and again, and counts the annotations that come back. */
public final class TopicLoad implements AutoCloseable {
    private static final Duration POLL = Duration.ofMillis(100);
    private static final double RAMP = 0.1;

    private final KafkaProducer<byte[], byte[]> producer;
    private final KafkaConsumer<byte[], byte[]> consumer;
    private final List<byte[]> reads;
    private final int readPartitions;

    /** @param reads encoded, sent in this order */
    public TopicLoad(String bootstrapServers, List<byte[]> reads) {
        this.reads = reads;
        Properties properties = new Properties();
        properties.put(ProducerConfig.BOOTSTRAP_SERVERS_CONFIG, bootstrapServers);
        properties.put(ProducerConfig.LINGER_MS_CONFIG, "5");
        producer = new KafkaProducer<>(properties, new ByteArraySerializer(), new ByteArraySerializer());
        Properties reading = new Properties();
        reading.put(ConsumerConfig.BOOTSTRAP_SERVERS_CONFIG, bootstrapServers);
        reading.put(ConsumerConfig.MAX_POLL_RECORDS_CONFIG, "10000");
        reading.put(ConsumerConfig.FETCH_MIN_BYTES_CONFIG, "1000000"); // not a request for every few annotations
        reading.put(ConsumerConfig.FETCH_MAX_WAIT_MS_CONFIG, "100");
        consumer = new KafkaConsumer<>(reading, new ByteArrayDeserializer(), new ByteArrayDeserializer());
        readPartitions = producer.partitionsFor("reads").size();
        List<TopicPartition> partitions = consumer.partitionsFor("annotations").stream()
                .map(partition -> new TopicPartition(partition.topic(), partition.partition()))
                .toList();
        consumer.assign(partitions);
        consumer.seekToEnd(partitions);
        partitions.forEach(consumer::position);
    }

    /**
     * One burst, there and back.
     *
     * @param reads sent
     * @param seconds from the first send to the last annotation: with the empty job at the start and the last, lonely
     *     batches at the end
     * @param steadyReads annotations that came between the first and the last tenth
     * @param steadySeconds in which they came
     */
    public record RoundTrip(int reads, double seconds, int steadyReads, double steadySeconds) {
        /** Reads per second of the whole burst. */
        public double readsPerSecond() {
            return reads / seconds;
        }

        /** Reads per second while the job was full. */
        public double steadyReadsPerSecond() {
            return steadyReads / steadySeconds;
        }
    }

    /**
     * Sends all reads and waits for as many annotations.
     *
     * @throws IllegalStateException if none comes for so long
     */
    public RoundTrip roundTrip(Duration stuck) {
        long start = System.nanoTime();
        for (int read = 0; read < reads.size(); read++) {
            producer.send(new ProducerRecord<>("reads", read % readPartitions, null, reads.get(read)));
        }
        producer.flush();
        int annotations = 0;
        long last = System.nanoTime();
        Steady steady = new Steady(reads.size());
        while (annotations < reads.size()) {
            int came = consumer.poll(POLL).count();
            annotations += came;
            long now = System.nanoTime();
            last = came > 0 ? now : last;
            if (came > 0) {
                steady.came(annotations, now);
            }
            if (now - last > stuck.toNanos()) {
                throw new IllegalStateException(String.format(
                        Locale.ROOT,
                        "Expected %d annotations, only %d came; nothing for %d s",
                        reads.size(),
                        annotations,
                        stuck.toSeconds()));
            }
        }
        return steady.roundTrip((System.nanoTime() - start) / 1e9);
    }

    /** Finds the time in which the job was full. */
    static final class Steady {
        private final int reads;
        private int from;
        private int to;
        private long start;
        private long end;

        /** @param reads of the burst */
        Steady(int reads) {
            this.reads = reads;
        }

        /** So many annotations have come in all, the last of them just now. */
        void came(int annotations, long nanos) {
            if (annotations >= reads * RAMP && from == 0) {
                from = annotations;
                start = nanos;
            }
            if (annotations <= reads * (1 - RAMP)) {
                to = annotations;
                end = nanos;
            }
        }

        /** The burst, all of it steady if its annotations came in too few pieces to tell. */
        RoundTrip roundTrip(double seconds) {
            return to > from
                    ? new RoundTrip(reads, seconds, to - from, (end - start) / 1e9)
                    : new RoundTrip(reads, seconds, reads, seconds);
        }
    }

    @Override
    public void close() {
        producer.close();
        consumer.close();
    }
}
