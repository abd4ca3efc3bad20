package io.kmerflow.pretraining.study;

import com.fasterxml.jackson.annotation.JsonIgnore;
import com.fasterxml.jackson.annotation.JsonInclude;
import java.util.List;

/**
 * Difference in MCC between two groups of runs, one run of each seed in both.
 *
 * @param set labelled set
 * @param how what is compared
 * @param arm one group
 * @param against the other, in words
 * @param difference mean over the seeds, arm minus other
 * @param low of its 95 % interval over test rows
 * @param high of that
 * @param detectable smallest difference that as many test rows would show
 * @param bySeed difference of each seed
 * @param seeds interval over seeds; null with one seed
 * @param oneClass runs that gave every row the same class, as "arm, seed N"; null without
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
record Contrast(
        String set,
        How how,
        String arm,
        String against,
        double difference,
        double low,
        double high,
        double detectable,
        List<Double> bySeed,
        SeedSpread seeds,
        List<String> oneClass) {

    /** Where the interval over rows lies: 1 if all of it above 0, -1 below, else 0. */
    @JsonIgnore
    int side() {
        return side(low, high);
    }

    /** 1 or -1 if the intervals over rows and over seeds both lie there, else 0. */
    @JsonIgnore
    int sideOverSeedsToo() {
        int rows = side();
        return seeds != null && side(seeds.low(), seeds.high()) == rows ? rows : 0;
    }

    private static int side(double low, double high) {
        return low > 0 ? 1 : high < 0 ? -1 : 0;
    }
}
