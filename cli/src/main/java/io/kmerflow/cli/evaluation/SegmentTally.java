package io.kmerflow.cli.evaluation;

import io.kmerflow.cli.evaluation.CalledStretches.Stretch;
import io.kmerflow.pretraining.annotation.CodingMap.State;
import io.kmerflow.sequence.BaseRange;
import io.kmerflow.sequence.Strand;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Compares called with true coding stretches. Strands are apart everywhere: a base that codes forward and is called in reverse is one
 * missed and one called wrongly. Unclear bases count for nothing.
 */
final class SegmentTally {
    /** A called end farther away than this is the end of something else. */
    private static final int MAX_END_DISTANCE = 200;

    private final int minBases;
    private long reads;
    private long bases;
    private long rightBases;
    private long wrongBases;
    private long missedBases;
    private long otherStrandBases;
    private long nonCodingBases;
    private long quietBases;
    private long stretches;
    private long foundStretches;
    private long called;
    private long rightCalled;
    private long ends;
    private final List<Integer> endDistances = new ArrayList<>();

    /**
     * @param minBases shortest true or called stretch that counts as one, and what has to follow a true end within the read without coding
     *     on its strand or being unclear, so that it is an end
     */
    SegmentTally(int minBases) {
        this.minBases = minBases;
    }

    /** Adds a read. */
    void add(State[] truth, List<Stretch> calls) {
        reads++;
        bases += truth.length;
        boolean[][] called = new boolean[2][truth.length];
        for (Stretch call : calls) {
            Arrays.fill(
                    called[call.strand().ordinal()],
                    call.range().start(),
                    call.range().end(),
                    true);
        }
        for (int base = 0; base < truth.length; base++) {
            boolean other = false;
            boolean own = false;
            for (Strand strand : Strand.values()) {
                boolean codes = truth[base] == state(strand);
                boolean says = called[strand.ordinal()][base];
                own |= codes && says;
                other |= !codes && says;
                rightBases += codes && says ? 1 : 0;
                missedBases += codes && !says ? 1 : 0;
                wrongBases += !codes && says && truth[base] != State.UNCLEAR ? 1 : 0;
            }
            boolean codes = truth[base] == State.FORWARD || truth[base] == State.REVERSE;
            otherStrandBases += codes && other && !own ? 1 : 0;
            boolean neither = !codes && truth[base] != State.UNCLEAR;
            nonCodingBases += neither ? 1 : 0;
            quietBases += neither && !other ? 1 : 0;
        }
        for (Strand strand : Strand.values()) {
            boolean[] says = called[strand.ordinal()];
            boolean[] codes = new boolean[truth.length];
            for (int base = 0; base < codes.length; base++) {
                codes[base] = truth[base] == state(strand);
            }
            addStretches(truth, codes, says);
            addEnds(truth, codes, says);
        }
    }

    private static State state(Strand strand) {
        return strand == Strand.FORWARD ? State.FORWARD : State.REVERSE;
    }

    private void addStretches(State[] truth, boolean[] codes, boolean[] says) {
        for (BaseRange run : runs(codes)) {
            stretches++;
            foundStretches += 2 * count(says, run) >= run.length() ? 1 : 0;
        }
        for (BaseRange run : runs(says)) {
            int clear = 0;
            for (int base = run.start(); base < run.end(); base++) {
                clear += truth[base] == State.UNCLEAR ? 0 : 1;
            }
            if (clear > 0) {
                called++;
                rightCalled += 2 * count(codes, run) >= clear ? 1 : 0;
            }
        }
    }

    private void addEnds(State[] truth, boolean[] codes, boolean[] says) {
        List<Integer> starts = new ArrayList<>();
        List<Integer> stops = new ArrayList<>();
        for (BaseRange run : allRuns(says)) {
            starts.add(run.start());
            stops.add(run.end());
        }
        for (BaseRange run : runs(codes)) {
            if (quiet(truth, codes, run.start() - minBases, run.start())) {
                addEnd(run.start(), starts);
            }
            if (quiet(truth, codes, run.end(), run.end() + minBases)) {
                addEnd(run.end(), stops);
            }
        }
    }

    private void addEnd(int end, List<Integer> called) {
        ends++;
        called.stream()
                .map(other -> Math.abs(other - end))
                .min(Integer::compare)
                .filter(distance -> distance <= MAX_END_DISTANCE)
                .ifPresent(endDistances::add);
    }

    /** Whether a stretch lies within the read and neither codes nor is unclear. */
    private static boolean quiet(State[] truth, boolean[] codes, int start, int end) {
        if (start < 0 || end > truth.length) {
            return false;
        }
        for (int base = start; base < end; base++) {
            if (codes[base] || truth[base] == State.UNCLEAR) {
                return false;
            }
        }
        return true;
    }

    private static int count(boolean[] flags, BaseRange range) {
        int count = 0;
        for (int base = range.start(); base < range.end(); base++) {
            count += flags[base] ? 1 : 0;
        }
        return count;
    }

    private List<BaseRange> runs(boolean[] flags) {
        return allRuns(flags).stream().filter(run -> run.length() >= minBases).toList();
    }

    private static List<BaseRange> allRuns(boolean[] flags) {
        List<BaseRange> runs = new ArrayList<>();
        int start = -1;
        for (int base = 0; base <= flags.length; base++) {
            boolean on = base < flags.length && flags[base];
            if (on && start < 0) {
                start = base;
            } else if (!on && start >= 0) {
                runs.add(new BaseRange(start, base));
                start = -1;
            }
        }
        return runs;
    }

    /** Figures by name; NaN where there is nothing to divide by. */
    Map<String, Object> figures() {
        double precision = ratio(rightBases, rightBases + wrongBases);
        double recall = ratio(rightBases, rightBases + missedBases);
        Map<String, Object> figures = new LinkedHashMap<>();
        figures.put("reads", reads);
        figures.put("bases", bases);
        figures.put("codingBases", rightBases + missedBases);
        figures.put("basePrecision", precision);
        figures.put("baseRecall", recall);
        figures.put("baseF1", 2 * precision * recall / (precision + recall));
        figures.put("nonCodingBases", nonCodingBases);
        figures.put("specificity", ratio(quietBases, nonCodingBases));
        figures.put("strandRight", ratio(rightBases, rightBases + otherStrandBases));
        figures.put("stretches", stretches);
        figures.put("stretchRecall", ratio(foundStretches, stretches));
        figures.put("calledStretches", called);
        figures.put("stretchPrecision", ratio(rightCalled, called));
        figures.put("ends", ends);
        figures.put("endsFound", ratio(endDistances.size(), ends));
        figures.put("endDistanceMedian", quantile(0.5));
        figures.put("endDistance90", quantile(0.9));
        return figures;
    }

    private static double ratio(long part, long all) {
        return all == 0 ? Double.NaN : (double) part / all;
    }

    private double quantile(double share) {
        if (endDistances.isEmpty()) {
            return Double.NaN;
        }
        List<Integer> sorted = endDistances.stream().sorted().toList();
        return sorted.get((int) Math.ceil(share * sorted.size()) - 1);
    }
}
