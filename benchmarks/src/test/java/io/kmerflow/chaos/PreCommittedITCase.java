package io.kmerflow.chaos;

import static org.assertj.core.api.Assertions.assertThat;

import io.kmerflow.kafka.EmbeddedKafka;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.Test;

class PreCommittedITCase {
    private static final String TOPIC = "annotations";

    /** A producer with an open transaction that has a record. */
    private static KafkaProducer<byte[], byte[]> open(EmbeddedKafka kafka, String transactionalId) throws Exception {
        KafkaProducer<byte[], byte[]> producer = new KafkaProducer<>(
                Map.of(
                        ProducerConfig.BOOTSTRAP_SERVERS_CONFIG,
                        kafka.bootstrapServers(),
                        ProducerConfig.TRANSACTIONAL_ID_CONFIG,
                        transactionalId),
                new ByteArraySerializer(),
                new ByteArraySerializer());
        producer.initTransactions();
        producer.beginTransaction();
        producer.send(new ProducerRecord<>(TOPIC, new byte[1])).get();
        return producer;
    }

    @Test
    void aSubtaskWithTwoOpenTransactionsIsBetweenPreCommitAndCommit() throws Exception {
        try (EmbeddedKafka kafka = EmbeddedKafka.start();
                Admin admin = Admin.create(Map.of("bootstrap.servers", kafka.bootstrapServers()));
                PreCommitted transactions = new PreCommitted(kafka.bootstrapServers())) {
            admin.createTopics(List.of(new NewTopic(TOPIC, 1, (short) 1))).all().get(30, TimeUnit.SECONDS);
            assertThat(transactions.any()).as("without transactions").isFalse();
            try (KafkaProducer<byte[], byte[]> one = open(kafka, "kmerflow-annotations-0-7");
                    KafkaProducer<byte[], byte[]> other = open(kafka, "kmerflow-annotations-1-7")) {
                assertThat(transactions.any()).as("of two subtasks").isFalse();
                try (KafkaProducer<byte[], byte[]> next = open(kafka, "kmerflow-annotations-0-8")) {
                    assertThat(transactions.any()).as("of one subtask").isTrue();

                    one.commitTransaction();
                    assertThat(transactions.any()).as("after the commit").isFalse();
                    next.abortTransaction();
                }
                other.abortTransaction();
            }
        }
    }
}
