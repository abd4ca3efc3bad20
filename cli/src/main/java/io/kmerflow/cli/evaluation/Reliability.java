package io.kmerflow.cli.evaluation;

import io.kmerflow.pretraining.evaluation.CalibrationError;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Whether scores mean what they say: {@linkplain CalibrationError expected calibration error} and the risk-coverage curve (El-Yaniv and Wiener 2010: the
 * share wrong among the reads that keep their call, against how many do).
 */
final class Reliability {
    private static final int CALIBRATION_BINS = 15;
    private static final int[] COVERAGE_PERCENT = {100, 95, 90, 80, 70, 60, 50, 25, 10};

    private record Scored(double score, boolean right) {}

    private final List<Scored> reads = new ArrayList<>();

    /** @param score of the best label, 0 to 1 */
    void add(double score, boolean right) {
        reads.add(new Scored(score, right));
    }

    boolean isEmpty() {
        return reads.isEmpty();
    }

    /** 0 (a score is the share that is right) to 1. */
    double expectedCalibrationError() {
        CalibrationError error = new CalibrationError(CALIBRATION_BINS);
        reads.forEach(read -> error.add(read.score(), read.right()));
        return error.value();
    }

    /**
     * The curve at fixed coverages, highest scores kept first.
     *
     * @return rows coverage (0 to 1), minScore (score of the last read kept), risk (share wrong among the kept)
     */
    List<Map<String, Double>> riskCoverage() {
        List<Scored> sorted = new ArrayList<>(reads);
        sorted.sort((a, b) -> Double.compare(b.score(), a.score()));
        int[] wrong = new int[sorted.size() + 1];
        for (int i = 0; i < sorted.size(); i++) {
            wrong[i + 1] = wrong[i] + (sorted.get(i).right() ? 0 : 1);
        }
        List<Map<String, Double>> rows = new ArrayList<>();
        for (int percent : COVERAGE_PERCENT) {
            int kept = Math.max(1, Math.round(sorted.size() * percent / 100f));
            Map<String, Double> row = new LinkedHashMap<>();
            row.put("coverage", (double) kept / sorted.size());
            row.put("minScore", sorted.get(kept - 1).score());
            row.put("risk", (double) wrong[kept] / kept);
            rows.add(row);
        }
        return rows;
    }
}
