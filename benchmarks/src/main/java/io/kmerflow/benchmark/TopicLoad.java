package io.kmerflow.benchmark;

import java.time.Duration;
import java.util.List;
import java.util.Properties;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/** Puts the same reads onto the reads topic, again and again, and counts the annotations that come back. */
final class TopicLoad implements AutoCloseable {
    private static final Duration POLL = Duration.ofMillis(100);

    private final KafkaProducer<byte[], byte[]> producer;
    private final KafkaConsumer<byte[], byte[]> consumer;
    private final List<byte[]> reads;

    TopicLoad(String bootstrapServers, List<byte[]> reads) {
        this.reads = reads;
        Properties properties = new Properties();
        properties.put(ProducerConfig.BOOTSTRAP_SERVERS_CONFIG, bootstrapServers);
        properties.put(ProducerConfig.LINGER_MS_CONFIG, "5");
        producer = new KafkaProducer<>(properties, new ByteArraySerializer(), new ByteArraySerializer());
        Properties reading = new Properties();
        reading.put(ConsumerConfig.BOOTSTRAP_SERVERS_CONFIG, bootstrapServers);
        reading.put(ConsumerConfig.MAX_POLL_RECORDS_CONFIG, "10000");
        consumer = new KafkaConsumer<>(reading, new ByteArrayDeserializer(), new ByteArrayDeserializer());
        List<TopicPartition> partitions = List.of(new TopicPartition("annotations", 0));
        consumer.assign(partitions);
        consumer.seekToEnd(partitions);
        partitions.forEach(consumer::position);
    }

    /**
     * Sends all reads and waits for as many annotations.
     *
     * @return seconds from the first send to the last annotation
     * @throws IllegalStateException if none comes for so long
     */
    double roundTripSeconds(Duration stuck) {
        long start = System.nanoTime();
        for (byte[] read : reads) {
            producer.send(new ProducerRecord<>("reads", read));
        }
        producer.flush();
        int annotations = 0;
        long last = System.nanoTime();
        while (annotations < reads.size()) {
            int came = consumer.poll(POLL).count();
            annotations += came;
            last = came > 0 ? System.nanoTime() : last;
            if (System.nanoTime() - last > stuck.toNanos()) {
                throw new IllegalStateException("Expected %d annotations, only %d came; nothing for %d s"
                        .formatted(reads.size(), annotations, stuck.toSeconds()));
            }
        }
        return (System.nanoTime() - start) / 1e9;
    }

    @Override
    public void close() {
        producer.close();
        consumer.close();
    }
}
