package io.kmerflow.job.kafka;

import io.kmerflow.job.annotate.AnnotationFormat;
import io.kmerflow.job.ingest.RawRecord;
import io.kmerflow.job.ingest.SizeLimit;
import io.kmerflow.schema.DeadLetter;
import io.kmerflow.schema.DriftReport;
import io.kmerflow.schema.ReadAnnotation;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Properties;
import org.apache.flink.api.connector.sink2.Sink;
import org.apache.flink.api.connector.source.Source;
import org.apache.flink.connector.base.DeliveryGuarantee;
import org.apache.flink.connector.kafka.sink.KafkaRecordSerializationSchema;
import org.apache.flink.connector.kafka.sink.KafkaSink;
import org.apache.flink.connector.kafka.sink.KafkaSinkBuilder;
import org.apache.flink.connector.kafka.source.KafkaSource;
import org.apache.flink.connector.kafka.source.KafkaSourceBuilder;
import org.apache.flink.connector.kafka.source.KafkaSourceOptions;
import org.apache.flink.connector.kafka.source.enumerator.initializer.OffsetsInitializer;
import org.apache.flink.connector.kafka.source.reader.deserializer.KafkaRecordDeserializationSchema;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.OffsetResetStrategy;
import org.apache.kafka.common.TopicPartition;

/** Builds the source and the sinks. Each sink has a transactional-id prefix of its own, or they would fence each other. */
public final class KafkaEnds {
    private final KafkaConfig config;

    /** @param config where and how */
    public KafkaEnds(KafkaConfig config) {
        this.config = config;
    }

    /** Raw records of the reads topic; reads of aborted transactions are not seen. */
    public Source<RawRecord, ?, ?> reads() {
        Properties properties = config.clientProperties();
        properties.putIfAbsent(ConsumerConfig.ISOLATION_LEVEL_CONFIG, "read_committed");
        properties.putIfAbsent(
                ConsumerConfig.MAX_PARTITION_FETCH_BYTES_CONFIG, Integer.toString(config.maxMessageBytes()));
        KafkaSourceBuilder<RawRecord> builder = KafkaSource.<RawRecord>builder()
                .setProperties(properties)
                .setTopics(config.readsTopic())
                .setGroupId(config.groupId())
                .setStartingOffsets(startingOffsets())
                .setDeserializer(new RawRecordDeserializer());
        if (config.bounded()) {
            builder.setBounded(OffsetsInitializer.latest());
        } else {
            properties.putIfAbsent(
                    KafkaSourceOptions.PARTITION_DISCOVERY_INTERVAL_MS.key(),
                    Long.toString(config.partitionDiscovery().toMillis()));
            builder.setProperties(properties);
        }
        return new GuardedSource<>(
                builder.build(),
                config.readsTopic(),
                config.bootstrapServers(),
                presence(),
                new StoppedOffsets(config.clientProperties(), config.groupId()));
    }

    /**
     * The records of a fixed range; those of aborted transactions are not seen. Commits no offsets.
     *
     * @param range that the topic has
     * @param deserializer makes records
     */
    public <T> Source<T, ?, ?> range(TopicRange range, KafkaRecordDeserializationSchema<T> deserializer) {
        return range(range, deserializer, 0);
    }

    /**
     * As {@link #range(TopicRange, KafkaRecordDeserializationSchema)}, not faster than a rate.
     *
     * @param recordsPerSecond of all subtasks together; 0 for as fast as can be
     */
    @SuppressWarnings("deprecation") // the connector knows no other way to say "fail where they are gone"
    public <T> Source<T, ?, ?> range(
            TopicRange range, KafkaRecordDeserializationSchema<T> deserializer, double recordsPerSecond) {
        Properties properties = config.clientProperties();
        properties.putIfAbsent(ConsumerConfig.ISOLATION_LEVEL_CONFIG, "read_committed");
        properties.putIfAbsent(
                ConsumerConfig.MAX_PARTITION_FETCH_BYTES_CONFIG, Integer.toString(config.maxMessageBytes()));
        Map<TopicPartition, Long> starts = new HashMap<>();
        Map<TopicPartition, Long> ends = new HashMap<>();
        range.partitions().forEach((partition, offsets) -> {
            starts.put(new TopicPartition(range.topic(), partition), offsets.start());
            ends.put(new TopicPartition(range.topic(), partition), offsets.end());
        });
        KafkaSource<T> source = KafkaSource.<T>builder()
                .setProperties(properties)
                .setPartitions(new HashSet<>(starts.keySet())) // a view cannot travel
                .setStartingOffsets(OffsetsInitializer.offsets(starts, OffsetResetStrategy.NONE))
                .setBounded(OffsetsInitializer.offsets(ends, OffsetResetStrategy.NONE))
                .setDeserializer(deserializer)
                .build();
        return new GuardedSource<>(source, range.topic(), config.bootstrapServers(), presence(), recordsPerSecond);
    }

    private TopicPresence presence() {
        return new TopicPresence(config.clientProperties());
    }

    @SuppressWarnings("deprecation") // the connector knows no other way to say "else the earliest"
    private OffsetsInitializer startingOffsets() {
        return switch (config.start()) {
            case EARLIEST -> OffsetsInitializer.earliest();
            case LATEST -> OffsetsInitializer.latest();
            case COMMITTED -> OffsetsInitializer.committedOffsets(OffsetResetStrategy.EARLIEST);
        };
    }

    /** Sink of annotations. */
    public Sink<ReadAnnotation> annotations() {
        return sink(
                new AnnotationRecords(config.annotationsTopic(), config.annotationsFormat(), annotationSchemaId()),
                config.annotationsTopic(),
                "annotations");
    }

    private int annotationSchemaId() {
        boolean inRegistry = config.annotationsFormat() == AnnotationFormat.CONFLUENT;
        return inRegistry ? SchemaIds.of(config, config.annotationsTopic(), ReadAnnotation.getClassSchema()) : 0;
    }

    /** Sink of dead letters, with the same guarantee. */
    public Sink<DeadLetter> deadLetters() {
        return sink(deadLetterRecords(), config.deadLettersTopic(), "dead-letters");
    }

    /**
     * Sink of the dead letters of ingest. Its transactions have a name of their own: under that of a job which annotates on the
     * same Kafka at the same time, the one to start later would abort those of the other.
     */
    public Sink<DeadLetter> ingestDeadLetters() {
        return sink(deadLetterRecords(), config.deadLettersTopic(), "ingest-dead-letters");
    }

    /** Sink of reports on drift, with the same guarantee. */
    public Sink<DriftReport> drift(String topic) {
        return sink(new DriftRecords(topic), topic, "drift");
    }

    /** Sink of encoded reads. */
    public Sink<RawRecord> ingestedReads() {
        return sink(readRecords(), config.readsTopic(), "reads");
    }

    /** How large a read the topic of reads takes; what is larger belongs to the dead letters. */
    public SizeLimit readLimit() {
        return readRecords();
    }

    private ReadRecords readRecords() {
        return ReadRecords.of(config);
    }

    private DeadLetterRecords deadLetterRecords() {
        return new DeadLetterRecords(config.deadLettersTopic(), config.maxRecordBytes());
    }

    private <T> Sink<T> sink(KafkaRecordSerializationSchema<T> records, String topic, String name) {
        KafkaSinkBuilder<T> builder = KafkaSink.<T>builder()
                .setBootstrapServers(config.bootstrapServers())
                .setKafkaProducerConfig(config.producerProperties())
                .setDeliveryGuarantee(config.delivery())
                .setRecordSerializer(records);
        if (config.delivery() == DeliveryGuarantee.EXACTLY_ONCE) {
            builder.setTransactionalIdPrefix(config.transactionalIdPrefix() + "-" + name);
        }
        return new GuardedSink<>(builder.build(), topic, config.bootstrapServers(), presence());
    }
}
