package io.kmerflow.export.certainty;

import io.kmerflow.contract.ModelContract;
import io.kmerflow.contract.ReadScores;
import io.kmerflow.pretraining.evaluation.Calibration;
import io.kmerflow.pretraining.evaluation.ScoredExamples;
import io.kmerflow.scoring.ScoringException;
import io.kmerflow.scoring.WindowScorer;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * Fits the thresholds of long reads, as fine-tuning does on windows of the training genomes, on reads whose label is known: of each label's
 * reads that it leads, nine of ten keep their call. Reads of fewer than {@value ModelContract#LONG_READ_WINDOWS} windows are left out.
 */
public final class ThresholdFit {
    private static final double DIGITS = 1e6;

    private ThresholdFit() {}

    /**
     * A read to fit on.
     *
     * @param bases upper-case ASCII A C G T N, not trained on
     * @param label name of its label, one of the contract's that is no background
     */
    public record Read(byte[] bases, String label) {}

    /**
     * What came out.
     *
     * @param contract with the thresholds
     * @param reads used
     */
    public record Fit(ModelContract contract, int reads) {
        /** For the provenance of the model. */
        public Map<String, Object> provenance() {
            Map<String, Object> labels = new LinkedHashMap<>();
            contract.labels().forEach(label -> labels.put(label.name(), label.longReadThreshold()));
            Map<String, Object> all = new LinkedHashMap<>();
            all.put("reads", reads);
            all.put("longReadThreshold", contract.longReadThreshold());
            all.put("ofLabels", labels);
            return all;
        }
    }

    /**
     * Fits on what the exported model gives.
     *
     * @param scorers that model, once for each thread that scores
     * @throws IllegalArgumentException if a read's label is none of the model's, or no read is long enough
     */
    public static Fit fit(ModelContract contract, List<? extends WindowScorer> scorers, List<Read> reads)
            throws ScoringException {
        List<String> names =
                contract.labels().stream().map(ModelContract.Label::name).toList();
        boolean[] backgrounds = new boolean[names.size()];
        for (int label = 0; label < backgrounds.length; label++) {
            backgrounds[label] = contract.labels().get(label).background();
        }
        List<Read> used = reads.stream()
                .filter(read -> contract.windower().windowCount(read.bases().length) >= ModelContract.LONG_READ_WINDOWS)
                .toList();
        for (Read read : used) {
            int label = names.indexOf(read.label());
            if (label < 0 || backgrounds[label]) {
                throw new IllegalArgumentException(String.format(
                        Locale.ROOT,
                        "Expected reads of labels among %s to fit thresholds on, got %s",
                        names,
                        read.label()));
            }
        }
        ModelContract whole = contract.withCertainty(null);
        List<FullScores> scores = FullScores.of(used.stream().map(Read::bases).toList(), whole, scorers);
        List<float[]> logits = new ArrayList<>();
        List<Integer> labels = new ArrayList<>();
        for (int i = 0; i < used.size(); i++) {
            ReadScores.Outcome outcome = scores.get(i).all().outcome();
            if (!outcome.ambiguous()) {
                logits.add(logarithms(outcome.probabilities()));
                labels.add(names.indexOf(used.get(i).label()));
            }
        }
        if (logits.isEmpty()) {
            throw new IllegalArgumentException(String.format(
                    Locale.ROOT,
                    "Expected reads of %d windows or more to fit thresholds on, got none among %d",
                    ModelContract.LONG_READ_WINDOWS,
                    reads.size()));
        }
        ScoredExamples examples = new ScoredExamples(
                logits.toArray(float[][]::new), labels.stream().mapToInt(i -> i).toArray());
        List<Double> ofLabels = new ArrayList<>();
        Calibration.labelThresholds(examples, 1, backgrounds)
                .forEach(threshold -> ofLabels.add(threshold == null ? null : roundedDown(threshold)));
        double ofAll = roundedDown(Calibration.threshold(examples, 1, backgrounds));
        return new Fit(contract.withLongReadThresholds(ofAll, ofLabels), logits.size());
    }

    /**
     * Thresholds that are not fitted but given.
     *
     * @param thresholds by name of the label, 0 to 1; the others keep theirs
     * @throws IllegalArgumentException if a label is none of the model's, or a threshold does not fit the contract
     */
    public static ModelContract given(ModelContract contract, Map<String, Double> thresholds) {
        if (thresholds.isEmpty()) {
            return contract;
        }
        List<String> names =
                contract.labels().stream().map(ModelContract.Label::name).toList();
        for (String name : thresholds.keySet()) {
            if (!names.contains(name)) {
                throw new IllegalArgumentException(
                        String.format(Locale.ROOT, "Expected a label among %s, got %s", names, name));
            }
        }
        if (contract.longReadThreshold() == null) {
            throw new IllegalArgumentException(
                    "Expected a model with a threshold of long reads to set that of a label, got one without");
        }
        List<Double> ofLabels = new ArrayList<>();
        contract.labels()
                .forEach(label -> ofLabels.add(thresholds.getOrDefault(label.name(), label.longReadThreshold())));
        return contract.withLongReadThresholds(contract.longReadThreshold(), ofLabels);
    }

    /** The read whose score is the threshold keeps its call, whatever the last digit of its score. */
    private static double roundedDown(double threshold) {
        return Math.floor(threshold * DIGITS) / DIGITS;
    }

    /** Whose softmax the probabilities are. */
    private static float[] logarithms(float[] probabilities) {
        float[] logarithms = new float[probabilities.length];
        for (int i = 0; i < logarithms.length; i++) {
            logarithms[i] = (float) Math.log(Math.max(probabilities[i], Float.MIN_NORMAL));
        }
        return logarithms;
    }
}
