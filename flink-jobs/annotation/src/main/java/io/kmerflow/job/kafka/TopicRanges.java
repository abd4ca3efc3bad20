package io.kmerflow.job.kafka;

import io.kmerflow.job.kafka.TopicRange.Offsets;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Function;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndTimestamp;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.PartitionInfo;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/** Turns what was asked for into offsets, once: what comes later is not part of a range. */
public final class TopicRanges {
    private static final Duration TIMEOUT = Duration.ofSeconds(15);

    private final KafkaConfig config;

    /** @param config where */
    public TopicRanges(KafkaConfig config) {
        this.config = config;
    }

    /** All that is on a topic now. */
    public TopicRange whole(String topic) {
        return between(topic, RangeBound.END_OF_TOPIC, RangeBound.END_OF_TOPIC);
    }

    /**
     * From one bound to the other, or to the last record of a finished transaction.
     *
     * @throws PreflightException if there is no such topic, or not all that was asked for
     */
    public TopicRange between(String topic, RangeBound from, RangeBound to) {
        return with(topic, ends -> {
            Map<Integer, Offsets> chosen = new TreeMap<>();
            Map<Integer, Long> starts = ends.resolve(from, ends.begins);
            Map<Integer, Long> stops = ends.resolve(to, ends.ends);
            for (Map.Entry<Integer, Long> start : starts.entrySet()) {
                Long stop = stops.get(start.getKey());
                if (stop != null) {
                    chosen.put(start.getKey(), ends.offsets(start.getKey(), start.getValue(), stop, from, to));
                }
            }
            if (chosen.isEmpty()) { // the connector would wait for ever for its first partition
                throw new PreflightException(String.format(
                        Locale.ROOT,
                        "Expected a partition of topic %s with both a start and an end, got starts of %s and ends of %s",
                        topic,
                        starts.keySet(),
                        stops.keySet()));
            }
            return ends.require(TopicRange.of(topic, chosen));
        });
    }

    /**
     * A range of earlier, if the topic still has it.
     *
     * @throws PreflightException if not: records were deleted, or the topic was created anew
     */
    public TopicRange again(TopicRange range) {
        return with(range.topic(), ends -> ends.require(range));
    }

    private TopicRange with(String topic, Function<Ends, TopicRange> task) {
        Properties properties = config.clientProperties();
        // An open transaction ends a range: records behind it could not be read until it ends.
        properties.putIfAbsent(ConsumerConfig.ISOLATION_LEVEL_CONFIG, "read_committed");
        properties.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, "false");
        try (KafkaConsumer<byte[], byte[]> consumer =
                new KafkaConsumer<>(properties, new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
            List<PartitionInfo> known = consumer.partitionsFor(topic, TIMEOUT);
            if (known == null || known.isEmpty()) {
                throw new PreflightException(String.format(
                        Locale.ROOT, "Expected a topic %s at %s, there is none", topic, config.bootstrapServers()));
            }
            return task.apply(new Ends(
                    topic,
                    consumer,
                    known.stream()
                            .map(partition -> new TopicPartition(topic, partition.partition()))
                            .toList()));
        } catch (KafkaException e) {
            throw new PreflightException(
                    ConnectionProblem.sentence(config.bootstrapServers(), config.properties(), e), e);
        }
    }

    /** The ends of a topic as they are now. */
    private static final class Ends {
        private final String topic;
        private final KafkaConsumer<byte[], byte[]> consumer;
        private final Map<Integer, Long> begins = new TreeMap<>();
        private final Map<Integer, Long> ends = new TreeMap<>();

        Ends(String topic, KafkaConsumer<byte[], byte[]> consumer, List<TopicPartition> partitions) {
            this.topic = topic;
            this.consumer = consumer;
            consumer.beginningOffsets(partitions, TIMEOUT)
                    .forEach((partition, offset) -> begins.put(partition.partition(), offset));
            consumer.endOffsets(partitions, TIMEOUT)
                    .forEach((partition, offset) -> ends.put(partition.partition(), offset));
        }

        Map<Integer, Long> resolve(RangeBound bound, Map<Integer, Long> unbounded) {
            if (bound.offsets() != null) {
                requireKnown(bound.offsets().keySet());
                return bound.offsets();
            }
            if (bound.time() == null) {
                return unbounded;
            }
            Map<TopicPartition, Long> times = new HashMap<>();
            ends.keySet()
                    .forEach(partition -> times.put(
                            new TopicPartition(topic, partition), bound.time().toEpochMilli()));
            Map<TopicPartition, OffsetAndTimestamp> found = consumer.offsetsForTimes(times, TIMEOUT);
            Map<Integer, Long> offsets = new TreeMap<>();
            found.forEach((partition, first) -> {
                long end = ends.get(partition.partition());
                offsets.put(partition.partition(), first == null ? end : Math.min(first.offset(), end));
            });
            return offsets;
        }

        private void requireKnown(Set<Integer> partitions) {
            if (!ends.keySet().containsAll(partitions)) {
                throw new PreflightException(String.format(
                        Locale.ROOT, "Expected partitions of topic %s, %s, got %s", topic, ends.keySet(), partitions));
            }
        }

        /** A range that begins behind its end is empty where times ask for it, for a partition may have no record of them. */
        Offsets offsets(int partition, long start, long stop, RangeBound from, RangeBound to) {
            boolean named = from.offsets() != null || to.offsets() != null;
            if (start > stop && named) {
                throw new PreflightException(String.format(
                        Locale.ROOT,
                        "Expected a range that begins before its end in partition %d of topic %s, got [%d, %d)",
                        partition,
                        topic,
                        start,
                        stop));
            }
            return new Offsets(Math.min(start, stop), stop);
        }

        TopicRange require(TopicRange range) {
            range.partitions().forEach((partition, wanted) -> {
                long begin = begins.getOrDefault(partition, 0L);
                long end = ends.getOrDefault(partition, 0L);
                if (wanted.start() < begin || wanted.end() > end) {
                    throw new PreflightException(String.format(
                            Locale.ROOT,
                            "Expected offsets [%d, %d) in partition %d of topic %s, it has [%d, %d); the others were deleted, or are not yet there",
                            wanted.start(),
                            wanted.end(),
                            partition,
                            topic,
                            begin,
                            end));
                }
            });
            return range;
        }
    }
}
