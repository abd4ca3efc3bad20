package io.kmerflow.export.certainty;

import io.kmerflow.contract.Certainty;
import io.kmerflow.contract.ModelContract;
import io.kmerflow.contract.ReadScores;
import io.kmerflow.scoring.ScoringException;
import io.kmerflow.scoring.WindowScorer;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/**
 * Fits when a read's scoring may end. Every read is scored in full once; then each number of deviations of a grid is tried on these scores. The
 * smallest is taken from which on the label is that of full scoring for the wanted share of the reads that full
 * scoring calls, with 95 % confidence (lower end of Wilson's interval). The temperature of reads scored in part is that of
 * the others: another would move reads near the threshold across it.
 */
public final class CertaintyFit {
    private static final double LOWEST_DEVIATIONS = 0.5;
    private static final double HIGHEST_DEVIATIONS = 8;
    private static final double DEVIATIONS_STEP = Math.pow(2, 0.125);
    /** One-sided 95 % of a normal distribution. */
    private static final double Z = 1.645;

    private CertaintyFit() {}

    /**
     * What to fit on.
     *
     * @param reads upper-case ASCII A C G T N, none of them trained on, as long as those to be served; too short ones are left out
     * @param agreement share of the reads called by full scoring that must get the same label, above 0, below 1
     * @param maxWindows maximum windows scored of one read
     */
    public record Request(List<byte[]> reads, double agreement, int maxWindows) {
        public Request {
            reads = List.copyOf(reads);
            if (!(agreement > 0 && agreement < 1)) {
                throw new IllegalArgumentException(
                        String.format(Locale.ROOT, "Expected an agreement above 0 and below 1, got %s", agreement));
            }
        }
    }

    /**
     * What came out.
     *
     * @param certainty for the contract
     * @param reads scored
     * @param called reads that full scoring calls
     * @param agreement share of these that get the same label
     * @param windowShare part of all windows that is scored
     */
    public record Fit(Certainty certainty, int reads, int called, double agreement, double windowShare) {
        /** For the provenance of the model. */
        public Map<String, Object> provenance() {
            return new TreeMap<>(
                    Map.of("reads", reads, "calledReads", called, "agreement", agreement, "windowShare", windowShare));
        }
    }

    /**
     * Fits on what the exported model gives.
     *
     * @param scorers that model, once for each thread that scores
     * @throws IllegalArgumentException if no number of deviations reaches the agreement, or full scoring calls none of the reads
     */
    public static Fit fit(ModelContract contract, List<? extends WindowScorer> scorers, Request request)
            throws ScoringException {
        ModelContract whole = contract.withCertainty(null);
        List<FullScores> reads = FullScores.of(
                request.reads().stream()
                        .filter(bases -> bases.length >= contract.minReadBases())
                        .toList(),
                whole,
                scorers);
        List<ReadScores.Outcome> full =
                reads.stream().map(read -> read.all().outcome()).toList();
        long called =
                full.stream().filter(outcome -> outcome.label().isPresent()).count();
        if (called == 0) {
            throw new IllegalArgumentException(String.format(
                    Locale.ROOT,
                    "Expected reads that the model calls to fit a certainty on, got none among %d",
                    reads.size()));
        }
        Fit best = null;
        for (double deviations = HIGHEST_DEVIATIONS; deviations >= LOWEST_DEVIATIONS; deviations /= DEVIATIONS_STEP) {
            Fit fit = tried(deviations, reads, full, (int) called, request);
            if (lowerEnd(fit.agreement(), called) < request.agreement()) {
                break;
            }
            best = fit;
        }
        if (best == null) {
            throw new IllegalArgumentException(String.format(
                    Locale.ROOT,
                    "Expected the label of full scoring for %.4f of the called reads, with 95 %% confidence, at up to %.0f deviations and %d windows; %d called reads did not show it; try more reads or windows",
                    request.agreement(),
                    HIGHEST_DEVIATIONS,
                    request.maxWindows(),
                    called));
        }
        return best;
    }

    private static Fit tried(
            double deviations, List<FullScores> reads, List<ReadScores.Outcome> full, int called, Request request) {
        Certainty certainty = new Certainty(
                deviations, request.maxWindows(), reads.get(0).contract().temperature());
        int same = 0;
        long scored = 0;
        long windows = 0;
        for (int i = 0; i < reads.size(); i++) {
            ReadScores scores = reads.get(i).until(certainty);
            boolean isCalled = full.get(i).label().isPresent();
            same += isCalled && scores.outcome().label().equals(full.get(i).label()) ? 1 : 0;
            scored += scores.scoredWindows();
            windows += scores.windows();
        }
        return new Fit(certainty, reads.size(), called, (double) same / called, (double) scored / windows);
    }

    /** Lower end of Wilson's one-sided interval of a share (Wilson 1927). */
    static double lowerEnd(double share, long count) {
        double z2 = Z * Z / count;
        return (share + z2 / 2 - Z * Math.sqrt(share * (1 - share) / count + z2 / (4 * count))) / (1 + z2);
    }
}
