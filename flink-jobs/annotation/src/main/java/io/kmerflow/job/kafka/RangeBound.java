package io.kmerflow.job.kafka;

import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/**
 * Where a range of a topic begins or ends, as it was asked for. At most one of both is there; with neither it is an end of the
 * topic.
 *
 * @param time of the first record from then on, or null
 * @param offsets by partition, or null
 */
public record RangeBound(Instant time, Map<Integer, Long> offsets) {
    /** The beginning of a topic where a range begins, its end where one ends. */
    public static final RangeBound END_OF_TOPIC = new RangeBound(null, null);

    /**
     * Fails if a range would end before it begins, as far as times tell.
     *
     * @throws IllegalArgumentException if so
     */
    public static void requireOrder(RangeBound from, RangeBound to) {
        if (from.time() != null && to.time() != null && from.time().isAfter(to.time())) {
            throw new IllegalArgumentException(String.format(
                    Locale.ROOT, "Expected a range that begins before its end, got %s to %s", from.time(), to.time()));
        }
    }

    /**
     * Reads a bound.
     *
     * @param text a word for the end of the topic, a time such as 2026-11-27T08:00:00Z, or PARTITION:OFFSET,...
     * @param word for the end of the topic
     * @throws IllegalArgumentException if it is none of them
     */
    public static RangeBound parse(String text, String word) {
        if (text.equalsIgnoreCase(word)) {
            return END_OF_TOPIC;
        }
        if (text.matches("\\d{1,9}:\\d{1,18}(,\\d{1,9}:\\d{1,18})*")) {
            Map<Integer, Long> offsets = new TreeMap<>();
            for (String one : text.split(",")) {
                String[] pair = one.split(":");
                if (offsets.put(Integer.valueOf(pair[0]), Long.valueOf(pair[1])) != null) {
                    throw new IllegalArgumentException(String.format(
                            Locale.ROOT, "Expected each partition once, got %s twice in '%s'", pair[0], text));
                }
            }
            return new RangeBound(null, offsets);
        }
        try {
            Instant time = Instant.parse(text);
            time.toEpochMilli(); // which is what Kafka is asked for
            return new RangeBound(time, null);
        } catch (DateTimeParseException | ArithmeticException e) {
            throw new IllegalArgumentException(
                    String.format(
                            Locale.ROOT,
                            "Expected %s, a time such as 2026-11-27T08:00:00Z, or PARTITION:OFFSET,..., got '%s'",
                            word,
                            text),
                    e);
        }
    }
}
