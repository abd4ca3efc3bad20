package io.kmerflow.pretraining.annotation;

import io.kmerflow.pretraining.random.Xoshiro256;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/** Runs of coding or of non-coding bases of a set of sequences, to draw places from. Immutable. */
final class CodingRuns {
    /** A base to put a window around: its sequence, its index there, and what it is. */
    record Place(int sequence, int base, CodingMap.State state) {}

    private record Run(int sequence, int start, int end, CodingMap.State state) {}

    private final Run[] runs;
    /** Bases of all runs up to and with each. */
    private final long[] cumulative;

    /**
     * @param maps of the sequences
     * @param coding runs of either strand, or else those of non-coding bases
     */
    CodingRuns(List<CodingMap> maps, boolean coding) {
        this.runs = IntStream.range(0, maps.size())
                .boxed()
                .flatMap(sequence -> maps.get(sequence).runs().stream()
                        .filter(run -> run.state() != CodingMap.State.UNCLEAR
                                && coding == (run.state() != CodingMap.State.NON_CODING))
                        .map(run -> new Run(
                                sequence, run.range().start(), run.range().end(), run.state())))
                .toArray(Run[]::new);
        this.cumulative = new long[runs.length];
        long total = 0;
        for (int i = 0; i < runs.length; i++) {
            total += runs[i].end - runs[i].start;
            cumulative[i] = total;
        }
    }

    /** Bases of all runs. */
    long bases() {
        return cumulative.length == 0 ? 0 : cumulative[cumulative.length - 1];
    }

    /** A base, each with the same chance. */
    Place draw(Xoshiro256 random) {
        long at = random.nextLong(bases());
        int found = Arrays.binarySearch(cumulative, at + 1); // the first run that reaches behind it
        int index = found >= 0 ? found : -found - 1;
        Run run = runs[index];
        return new Place(run.sequence, (int) (run.end - (cumulative[index] - at)), run.state);
    }

    /**
     * A base near an end of a run: every run, either end, and each distance from it with the same chance.
     *
     * @param reach highest distance, in bases, 1 or more; in shorter runs their length
     */
    Place drawNearEnd(int reach, Xoshiro256 random) {
        Run run = runs[random.nextInt(runs.length)];
        int distance = random.nextInt(Math.min(reach, run.end - run.start));
        int base = random.nextInt(2) == 0 ? run.start + distance : run.end - 1 - distance;
        return new Place(run.sequence, base, run.state);
    }
}
