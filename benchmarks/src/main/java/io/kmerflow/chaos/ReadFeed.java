package io.kmerflow.chaos;

import io.kmerflow.cluster.ClusterException;
import java.nio.charset.StandardCharsets;
import java.util.Properties;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntSupplier;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/**
 * Sends the reads, once each, with an idempotent producer that outlasts the broker's restarts. It runs ahead of the job by
 * a bounded number of reads, and no further than it is allowed to, so that the stream lasts over all kills.
 */
final class ReadFeed implements AutoCloseable {
    /** Header with the number of the read: what is a source record's identity, even if its value is no record. */
    static final String NUMBER_HEADER = "chaos.number";

    private static final int PATIENCE_MILLIS = 900_000;
    private static final int IDLE_MILLIS = 10;

    private final KafkaProducer<byte[], byte[]> producer;
    private final ChaosReads reads;
    private final int count;
    private final int ahead;
    private final IntSupplier done;
    private final AtomicInteger acknowledged = new AtomicInteger();
    private final Thread thread = new Thread(this::run, "read-feed");
    private volatile int sent;
    private volatile int allowed;
    private volatile Exception failure;
    private volatile boolean stopped;

    /**
     * @param count reads to send
     * @param ahead how many reads may be sent and not yet be done
     * @param done tells how many reads are
     */
    ReadFeed(String bootstrapServers, ChaosReads reads, int count, int ahead, IntSupplier done) {
        this.reads = reads;
        this.count = count;
        this.ahead = ahead;
        this.done = done;
        Properties properties = new Properties();
        properties.put(ProducerConfig.BOOTSTRAP_SERVERS_CONFIG, bootstrapServers);
        properties.put(ProducerConfig.ACKS_CONFIG, "all");
        properties.put(ProducerConfig.ENABLE_IDEMPOTENCE_CONFIG, "true");
        properties.put(ProducerConfig.LINGER_MS_CONFIG, "5");
        properties.put(ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG, PATIENCE_MILLIS);
        properties.put(ProducerConfig.MAX_BLOCK_MS_CONFIG, PATIENCE_MILLIS);
        properties.put(ProducerConfig.REQUEST_TIMEOUT_MS_CONFIG, 10_000);
        producer = new KafkaProducer<>(properties, new ByteArraySerializer(), new ByteArraySerializer());
        thread.setDaemon(true);
    }

    /** Begins. */
    void start() {
        thread.start();
    }

    private void run() {
        try {
            for (int i = 0; i < count && !stopped; i++) {
                while ((i >= allowed || i - done.getAsInt() >= ahead) && !stopped) {
                    Thread.sleep(IDLE_MILLIS);
                }
                ProducerRecord<byte[], byte[]> record = new ProducerRecord<>("reads", reads.key(i), reads.value(i));
                record.headers().add(NUMBER_HEADER, Integer.toString(i).getBytes(StandardCharsets.US_ASCII));
                producer.send(record, (metadata, exception) -> {
                    if (exception == null) {
                        acknowledged.incrementAndGet();
                    } else {
                        failure = exception;
                    }
                });
                sent = i + 1;
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (RuntimeException e) {
            failure = e;
        }
    }

    /** Lets it continue until that number of reads is sent. */
    void allow(int reads) {
        allowed = reads;
    }

    /** Reads on their way or there. */
    int sent() {
        return sent;
    }

    /** Reads that the broker has. */
    int acknowledged() {
        return acknowledged.get();
    }

    /** @throws ClusterException if a read could not be delivered */
    void check() {
        if (failure != null) {
            throw new ClusterException("Expected the broker to take every read, got " + failure, failure);
        }
    }

    @Override
    public void close() {
        stopped = true;
        thread.interrupt();
        producer.close(java.time.Duration.ZERO);
    }
}
