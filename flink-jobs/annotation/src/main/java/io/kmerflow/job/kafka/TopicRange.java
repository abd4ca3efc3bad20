package io.kmerflow.job.kafka;

import java.io.Serializable;
import java.util.Locale;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * A fixed stretch of a topic.
 *
 * @param topic its name
 * @param partitions offsets by partition; a partition that is not there gives no record
 */
public record TopicRange(String topic, SortedMap<Integer, Offsets> partitions) implements Serializable {
    /**
     * Offsets {@code [start, end)} of a partition; compaction and transactions leave gaps in them.
     *
     * @param start first
     * @param end one past the last
     */
    public record Offsets(long start, long end) implements Serializable {
        public Offsets {
            if (start < 0 || end < start) {
                throw new IllegalArgumentException(
                        String.format(Locale.ROOT, "Expected 0 <= start <= end, got [%d, %d)", start, end));
            }
        }
    }

    public TopicRange {
        partitions = new TreeMap<>(partitions);
    }

    /** A range of that topic with those offsets. */
    static TopicRange of(String topic, Map<Integer, Offsets> partitions) {
        return new TopicRange(topic, new TreeMap<>(partitions));
    }
}
