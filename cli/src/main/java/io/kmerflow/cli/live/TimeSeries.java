package io.kmerflow.cli.live;

import java.util.Map;
import java.util.TreeMap;

/**
 * Reads over time in a fixed number of intervals of equal width. A time that finds no room either makes every interval twice
 * as wide, so that the series always covers all times, or drops the oldest ones. Times may come in any order.
 */
final class TimeSeries {
    /** What happens in one interval. */
    static final class Interval {
        private long reads;
        private long bases;
        private final Counts rows = new Counts();

        private void add(int row, long readBases) {
            reads++;
            bases += readBases;
            rows.add(row, 1);
        }

        private void add(Interval other) {
            reads += other.reads;
            bases += other.bases;
            rows.addAll(other.rows);
        }

        long reads() {
            return reads;
        }

        long bases() {
            return bases;
        }

        /** Reads of a row of the table of calls. */
        long reads(int row) {
            return rows.get(row);
        }
    }

    private static final Interval EMPTY = new Interval();

    private final int capacity;
    private final boolean widens;
    private long widthMillis;
    /** By number of the interval: time divided by the width. */
    private TreeMap<Long, Interval> intervals = new TreeMap<>();

    private long lastMillis = Long.MIN_VALUE;

    private TimeSeries(int capacity, long widthMillis, boolean widens) {
        this.capacity = capacity;
        this.widthMillis = widthMillis;
        this.widens = widens;
    }

    /** Covers all times, at first in intervals of that width. */
    static TimeSeries ofAll(int capacity, long widthMillis) {
        return new TimeSeries(capacity, widthMillis, true);
    }

    /** Covers the last intervals of that width. */
    static TimeSeries ofLast(int capacity, long widthMillis) {
        return new TimeSeries(capacity, widthMillis, false);
    }

    void add(long millis, int row, long bases) {
        lastMillis = Math.max(lastMillis, millis);
        long number = Math.floorDiv(millis, widthMillis);
        Interval interval = intervals.get(number);
        if (interval == null) {
            number = makeRoom(millis);
            if (number < first()) {
                return; // older than what is kept
            }
            interval = intervals.computeIfAbsent(number, key -> new Interval());
        }
        interval.add(row, bases);
    }

    /** Number of the interval for a time, after there is room for it. */
    private long makeRoom(long millis) {
        if (intervals.isEmpty()) {
            return Math.floorDiv(millis, widthMillis);
        }
        while (widens && span(Math.floorDiv(millis, widthMillis)) > capacity) {
            widen();
        }
        long number = Math.floorDiv(millis, widthMillis);
        if (!widens) {
            intervals.headMap(number - capacity + 1).clear();
        }
        return number;
    }

    private long span(long number) {
        return Math.max(number, intervals.lastKey()) - Math.min(number, intervals.firstKey()) + 1;
    }

    private void widen() {
        TreeMap<Long, Interval> wider = new TreeMap<>();
        for (Map.Entry<Long, Interval> entry : intervals.entrySet()) {
            wider.computeIfAbsent(Math.floorDiv(entry.getKey(), 2L), key -> new Interval())
                    .add(entry.getValue());
        }
        intervals = wider;
        widthMillis *= 2;
    }

    /** Number of the oldest interval that is kept; none is older. */
    private long first() {
        return widens || intervals.isEmpty() ? Long.MIN_VALUE : intervals.lastKey() - capacity + 1;
    }

    boolean isEmpty() {
        return intervals.isEmpty();
    }

    long widthMillis() {
        return widthMillis;
    }

    /** Start of the first interval with a read. */
    long startMillis() {
        return intervals.firstKey() * widthMillis;
    }

    /** The latest time of a read. */
    long lastMillis() {
        return lastMillis;
    }

    /** Intervals from the first with a read to the last one. */
    int length() {
        return isEmpty() ? 0 : (int) (intervals.lastKey() - intervals.firstKey() + 1);
    }

    /** An interval by its place, from 0 for the one at {@link #startMillis}. */
    Interval at(int place) {
        return intervals.getOrDefault(intervals.firstKey() + place, EMPTY);
    }

    /** Reads and bases per second over whole intervals of the given time before a moment. */
    double[] rates(long nowMillis, long beforeMillis) {
        long end = Math.floorDiv(nowMillis, widthMillis);
        long count = Math.max(1, beforeMillis / widthMillis);
        long reads = 0;
        long bases = 0;
        for (Interval interval : intervals.subMap(end - count, end).values()) {
            reads += interval.reads;
            bases += interval.bases;
        }
        double seconds = count * widthMillis / 1e3;
        return new double[] {reads / seconds, bases / seconds};
    }
}
