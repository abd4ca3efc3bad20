package io.kmerflow.pretraining.study;

import java.util.List;
import java.util.Optional;
import org.apache.commons.math3.distribution.TDistribution;
import org.apache.commons.math3.stat.descriptive.SummaryStatistics;

/**
 * How far seeds lie apart: the 95 % interval of the mean of paired differences, one per seed, by Student's t. With three
 * seeds it is wide; what it holds 0 for may still hold for the very weights that were measured.
 *
 * @param low of the mean difference
 * @param high of the mean difference
 * @param detectable smallest mean difference that as many seeds would show, their spread given: the t of 5 % two-sided plus
 *     that of 80 % power, times the standard error
 */
record SeedSpread(double low, double high, double detectable) {
    private static final double TWO_SIDED = 0.975;
    private static final double POWER = 0.8;

    /** Of the differences of each seed; empty with less than two. */
    static Optional<SeedSpread> of(List<Double> differences) {
        if (differences.size() < 2) {
            return Optional.empty();
        }
        SummaryStatistics statistics = new SummaryStatistics();
        differences.forEach(statistics::addValue);
        TDistribution t = new TDistribution(differences.size() - 1);
        double error = statistics.getStandardDeviation() / Math.sqrt(differences.size());
        double half = t.inverseCumulativeProbability(TWO_SIDED) * error;
        return Optional.of(new SeedSpread(
                statistics.getMean() - half,
                statistics.getMean() + half,
                half + t.inverseCumulativeProbability(POWER) * error));
    }
}
