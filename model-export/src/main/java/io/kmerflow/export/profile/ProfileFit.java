package io.kmerflow.export.profile;

import io.kmerflow.bundle.BundleProfile;
import io.kmerflow.contract.ModelContract;
import io.kmerflow.contract.ReadScores;
import io.kmerflow.export.certainty.FullScores;
import io.kmerflow.scoring.ScoringException;
import io.kmerflow.scoring.WindowScorer;
import io.kmerflow.sequence.PhredQualities;
import io.kmerflow.sequence.profile.DriftThresholds;
import io.kmerflow.sequence.profile.Outcome;
import io.kmerflow.sequence.profile.ReadFeatures;
import io.kmerflow.sequence.profile.ReadProfile;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Profiles reads as the job sees them, with the model's calls, and draws windows of them for the thresholds: what a job compares
 * its reads with.
 */
public final class ProfileFit {
    /** Reads of the windows that thresholds are made for, if the profile has twice as many. */
    public static final List<Integer> WINDOW_READS = List.of(250, 1_000, 4_000);

    private static final int FEWEST_READS = 2 * WINDOW_READS.get(0);
    private static final long SEED = 0x9F0F11E;

    private ProfileFit() {}

    /**
     * A read.
     *
     * @param bases upper-case ASCII A C G T N
     * @param phredQualities or null
     */
    public record Sample(byte[] bases, byte[] phredQualities) {}

    /**
     * Profiles reads.
     *
     * @param reads like those to be served
     * @param windows to draw for each number of reads, {@link DriftThresholds#DRAWN_WINDOWS} but in tests
     * @throws IllegalArgumentException if there are fewer than 500 reads
     */
    public static BundleProfile fit(ModelContract contract, WindowScorer scorer, List<Sample> reads, int windows)
            throws ScoringException {
        if (reads.size() < FEWEST_READS) {
            throw new IllegalArgumentException(String.format(
                    Locale.ROOT, "Expected at least %d reads to profile, got %d", FEWEST_READS, reads.size()));
        }
        int labels = contract.labels().size();
        List<ReadFeatures> features = new ArrayList<>();
        ReadProfile profile = new ReadProfile(labels);
        for (Sample read : reads) {
            ReadFeatures one = features(contract, scorer, read);
            features.add(one);
            profile.add(one);
        }
        SortedMap<Integer, DriftThresholds> thresholds = new TreeMap<>();
        for (int windowReads : WINDOW_READS) {
            if (reads.size() < 2 * windowReads) {
                break;
            }
            thresholds.put(windowReads, DriftThresholds.resample(features, labels, windowReads, windows, SEED));
        }
        return new BundleProfile(profile, thresholds);
    }

    private static ReadFeatures features(ModelContract contract, WindowScorer scorer, Sample read)
            throws ScoringException {
        boolean poor = contract.minMeanQuality() > 0
                && read.phredQualities() != null
                && PhredQualities.mean(read.phredQualities()) < contract.minMeanQuality();
        if (read.bases().length < contract.minReadBases() || poor) {
            return of(contract, read, Outcome.NOT_SCORED, 0, 0);
        }
        FullScores scores = FullScores.of(read.bases(), contract, scorer);
        ReadScores.Outcome outcome =
                (contract.certainty() == null ? scores.all() : scores.until(contract.certainty())).outcome();
        if (outcome.ambiguous()) {
            return of(contract, read, Outcome.NOT_SCORED, 0, 0);
        }
        int best = ReadScores.argMax(outcome.probabilities());
        if (outcome.label().isPresent()) {
            return of(contract, read, Outcome.CALLED, outcome.label().getAsInt(), outcome.score());
        }
        boolean background = contract.aggregation() == ModelContract.Aggregation.READ
                && contract.labels().get(best).background();
        return of(contract, read, background ? Outcome.OTHER : Outcome.UNCALLED, 0, outcome.score());
    }

    private static ReadFeatures of(ModelContract contract, Sample read, Outcome outcome, int label, double score) {
        return new ReadFeatures(
                read.bases(), read.phredQualities(), contract.labels().size(), outcome, label, score);
    }
}
