package io.kmerflow.cli.compare;

import io.kmerflow.sequence.Sha256;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;

/** What two models call the reads that both annotated: counts by both calls, by sample too, with examples. One thread. */
public final class Comparison {
    /** Where reads without sample or barcode are counted. */
    public static final String NO_SAMPLE = "";

    private final int examples;
    private final Matrix all = new Matrix();
    private final SortedMap<String, Matrix> bySample = new TreeMap<>();
    private final Map<String, Map<String, PriorityQueue<Ranked>>> drawn = new TreeMap<>();
    private long onlyA;
    private long onlyB;
    private long ofOtherLength;

    /** Reads by the calls of both. */
    public static final class Matrix {
        private final SortedMap<String, SortedMap<String, Long>> cells = new TreeMap<>();
        private long reads;
        private long same;

        private void add(String a, String b) {
            cells.computeIfAbsent(a, key -> new TreeMap<>()).merge(b, 1L, Long::sum);
            reads++;
            same += a.equals(b) ? 1 : 0;
        }

        /** Reads of both. */
        public long reads() {
            return reads;
        }

        /** Those of them with the same call. */
        public long same() {
            return same;
        }

        /** Reads with the same call as a share of all, 0 to 1; 0 without reads. */
        public double sameShare() {
            return reads == 0 ? 0 : (double) same / reads;
        }

        /** Reads with those calls. */
        public long reads(String a, String b) {
            return cells.getOrDefault(a, new TreeMap<>()).getOrDefault(b, 0L);
        }

        /** Every call of either, in order, those in brackets last. */
        public List<String> calls() {
            TreeSet<String> calls = new TreeSet<>(Comparator.comparing((String call) -> call.startsWith("("))
                    .thenComparing(Comparator.naturalOrder()));
            cells.forEach((a, row) -> {
                calls.add(a);
                calls.addAll(row.keySet());
            });
            return new ArrayList<>(calls);
        }

        /** Pairs of calls that there are reads of, those with the most reads first. */
        public List<Cell> cells() {
            List<Cell> list = new ArrayList<>();
            cells.forEach((a, row) -> row.forEach((b, count) -> list.add(new Cell(a, b, count))));
            list.sort(Comparator.comparingLong((Cell cell) -> -cell.reads())
                    .thenComparing(Cell::a)
                    .thenComparing(Cell::b));
            return list;
        }
    }

    /** Reads with a pair of calls. */
    public record Cell(String a, String b, long reads) {}

    /** A read that the two call differently. */
    public record Example(ComparedRead read, String a, float scoreA, String b, float scoreB) {}

    /** A read. */
    public record ComparedRead(String key, String sample, int bases) {}

    private record Ranked(long rank, Example example) {}

    /** @param examples to keep of each pair of different calls: those of smallest hash, so they depend on the reads alone */
    public Comparison(int examples) {
        this.examples = examples;
    }

    /**
     * Adds the reads of a part.
     *
     * @param a calls by read of the one
     * @param b calls by read of the other
     */
    void add(Map<String, ComparedCall> a, Map<String, ComparedCall> b) {
        for (ComparedCall one : a.values()) {
            ComparedCall other = b.get(one.read());
            if (other == null) {
                onlyA++;
            } else if (one.bases() != other.bases()) {
                ofOtherLength++; // another read of the same name
            } else {
                add(one, other);
            }
        }
        onlyB += b.keySet().stream().filter(read -> !a.containsKey(read)).count();
    }

    private void add(ComparedCall a, ComparedCall b) {
        all.add(a.call(), b.call());
        String sample = a.sample() == null ? NO_SAMPLE : a.sample();
        bySample.computeIfAbsent(sample, key -> new Matrix()).add(a.call(), b.call());
        if (examples > 0 && !a.call().equals(b.call())) {
            PriorityQueue<Ranked> kept = drawn.computeIfAbsent(a.call(), key -> new TreeMap<>())
                    .computeIfAbsent(
                            b.call(),
                            key -> new PriorityQueue<>(
                                    Comparator.comparingLong(Ranked::rank).reversed()));
            kept.add(new Ranked(
                    rank(a.read()),
                    new Example(
                            new ComparedRead(a.read(), a.sample(), a.bases()),
                            a.call(),
                            a.score(),
                            b.call(),
                            b.score())));
            if (kept.size() > examples) {
                kept.remove();
            }
        }
    }

    private static long rank(String read) {
        byte[] digest = Sha256.start().digest(read.getBytes(StandardCharsets.UTF_8));
        return ByteBuffer.wrap(digest).getLong() >>> 1;
    }

    /** Over all samples. */
    public Matrix all() {
        return all;
    }

    /** By sample, or barcode where there is no sample; {@link #NO_SAMPLE} for reads with neither. */
    public SortedMap<String, Matrix> bySample() {
        return bySample;
    }

    /** Reads with that pair of calls, as many as were asked for. */
    public List<Example> examples(String a, String b) {
        Collection<Ranked> kept = drawn.getOrDefault(a, Map.of()).getOrDefault(b, new PriorityQueue<>());
        return kept.stream()
                .sorted(Comparator.comparingLong(Ranked::rank))
                .map(Ranked::example)
                .toList();
    }

    /** Reads that the first alone annotated. */
    public long onlyA() {
        return onlyA;
    }

    /** Reads that the second alone annotated. */
    public long onlyB() {
        return onlyB;
    }

    /** Reads left out because their length differs: other reads under one name. */
    public long ofOtherLength() {
        return ofOtherLength;
    }
}
