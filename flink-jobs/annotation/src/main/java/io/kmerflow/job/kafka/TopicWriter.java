package io.kmerflow.job.kafka;

import java.util.Locale;
import java.util.Properties;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/** Writes records with an idempotent producer; the first that fails is thrown by the next call. One thread. */
final class TopicWriter implements AutoCloseable {
    private static final int DELIVERY_TIMEOUT_MILLIS = 300_000;

    private final KafkaConfig config;
    private final KafkaProducer<byte[], byte[]> producer;
    private volatile Exception failure;

    /** @param config where */
    TopicWriter(KafkaConfig config) {
        this.config = config;
        Properties properties = config.producerProperties();
        properties.putIfAbsent(ProducerConfig.BOOTSTRAP_SERVERS_CONFIG, config.bootstrapServers());
        properties.putIfAbsent(ProducerConfig.ACKS_CONFIG, "all");
        properties.putIfAbsent(ProducerConfig.ENABLE_IDEMPOTENCE_CONFIG, "true");
        properties.putIfAbsent(ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG, Integer.toString(DELIVERY_TIMEOUT_MILLIS));
        this.producer = new KafkaProducer<>(properties, new ByteArraySerializer(), new ByteArraySerializer());
    }

    /** Puts a record on its way. */
    void send(ProducerRecord<byte[], byte[]> record) {
        check();
        producer.send(record, (metadata, exception) -> {
            if (exception != null && failure == null) {
                failure = KafkaErrors.refusal("write to", record.topic(), config.bootstrapServers(), exception)
                        .map(Exception.class::cast)
                        .orElse(exception);
            }
        });
    }

    /**
     * Waits until the brokers have everything sent so far.
     *
     * @throws KafkaException if a record could not be delivered
     */
    void flush() {
        producer.flush();
        check();
    }

    private void check() {
        if (failure != null) {
            throw failed(failure);
        }
    }

    /** The error as one sentence. */
    KafkaException failed(Exception e) {
        if (e instanceof TopicRefusedException) {
            return new KafkaException(e.getMessage(), e);
        }
        Throwable cause = e instanceof ExecutionException ? e.getCause() : e;
        return new KafkaException(
                String.format(
                        Locale.ROOT,
                        "Expected Kafka at %s to take every record, got: %s",
                        config.bootstrapServers(),
                        cause),
                e);
    }

    @Override
    public void close() {
        producer.close();
    }
}
