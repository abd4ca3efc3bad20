package io.kmerflow.job.ingest;

import java.util.Locale;

/**
 * Where a record came from: a topic or a file. A Flink POJO; a number that is not known is {@value #UNKNOWN}, a name null.
 */
public class Origin {
    /** Stands for a number that is not known. */
    public static final long UNKNOWN = -1;

    /** Topic, or null. */
    public String topic;
    /** Partition of the topic. */
    public int partition = (int) UNKNOWN;
    /** Offset in the partition. */
    public long offset = UNKNOWN;
    /** Timestamp of the record on its topic, milliseconds since 1970-01-01 UTC. */
    public long timestampMillis = UNKNOWN;
    /** File as given, or null. */
    public String file;
    /** Record number within the file, from 1. */
    public long recordNumber = UNKNOWN;
    /** Line where it begins, from 1. */
    public long line = UNKNOWN;
    /** First byte in the uncompressed file. */
    public long byteStart = UNKNOWN;
    /** One past the last byte. */
    public long byteEnd = UNKNOWN;

    /** For Flink; fields are set after. */
    public Origin() {}

    /** Place on a topic. */
    public static Origin ofTopic(String topic, int partition, long offset, long timestampMillis) {
        Origin origin = new Origin();
        origin.topic = topic;
        origin.partition = partition;
        origin.offset = offset;
        origin.timestampMillis = timestampMillis;
        return origin;
    }

    /** Place in a file. */
    public static Origin ofFile(String file, long recordNumber, long line, long byteStart, long byteEnd) {
        Origin origin = new Origin();
        origin.file = file;
        origin.recordNumber = recordNumber;
        origin.line = line;
        origin.byteStart = byteStart;
        origin.byteEnd = byteEnd;
        return origin;
    }

    /** The place in words: {@code reads-0@17}, or {@code a.fastq record 3, line 9, bytes [120, 180)}. */
    @Override
    public String toString() {
        return topic != null
                ? String.format(Locale.ROOT, "%s-%d@%d", topic, partition, offset)
                : String.format(
                        Locale.ROOT,
                        "%s record %d, line %d, bytes [%d, %d)",
                        file,
                        recordNumber,
                        line,
                        byteStart,
                        byteEnd);
    }
}
