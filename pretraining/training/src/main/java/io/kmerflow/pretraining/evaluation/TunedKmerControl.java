package io.kmerflow.pretraining.evaluation;

import io.kmerflow.pretraining.corpus.LabelledSequence;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The k-mer control at its best: of k 1 to 6 and three strengths of regularisation the pair with the lowest loss on the
 * dev split. Like the model it sees the test split once, at the end.
 *
 * @param control the chosen one
 * @param settings it was trained with
 * @param devLoss mean cross-entropy on dev, in nats
 */
public record TunedKmerControl(
        KmerLogisticRegression control, KmerLogisticRegression.Settings settings, double devLoss) {
    private static final int LONGEST = 6;
    private static final double[] STRENGTHS = {1e-1, 1e-2, 1e-3};
    private static final int EPOCHS = 15;
    private static final double RATE = 0.01;
    private static final long SEED = 1;

    /**
     * Trains one control per setting and keeps the best on dev.
     *
     * @param classes labels are 0 to this − 1
     */
    public static TunedKmerControl fit(List<LabelledSequence> train, List<LabelledSequence> dev, int classes) {
        TunedKmerControl best = null;
        for (int k = 1; k <= LONGEST; k++) {
            for (double l2 : STRENGTHS) {
                KmerLogisticRegression.Settings settings =
                        new KmerLogisticRegression.Settings(k, l2, EPOCHS, RATE, SEED);
                KmerLogisticRegression control = KmerLogisticRegression.train(train, classes, settings);
                double loss = score(control, dev).negativeLogLikelihood(1);
                if (best == null || loss < best.devLoss) {
                    best = new TunedKmerControl(control, settings, loss);
                }
            }
        }
        return best;
    }

    /** Log-probabilities of sequences, in their order. */
    public ScoredExamples score(List<LabelledSequence> sequences) {
        return score(control, sequences);
    }

    private static ScoredExamples score(KmerLogisticRegression control, List<LabelledSequence> sequences) {
        float[][] logits = new float[sequences.size()][];
        int[] labels = new int[logits.length];
        for (int i = 0; i < logits.length; i++) {
            double[] probabilities = control.probabilities(sequences.get(i).bases());
            logits[i] = new float[probabilities.length];
            for (int c = 0; c < probabilities.length; c++) {
                logits[i][c] = (float) Math.log(Math.max(probabilities[c], 1e-30));
            }
            labels[i] = sequences.get(i).label();
        }
        return new ScoredExamples(logits, labels);
    }

    /** Figures of sequences, with k and l2 that were chosen. */
    public Map<String, Object> metrics(List<LabelledSequence> sequences) {
        Map<String, Object> metrics =
                new LinkedHashMap<>(TestMetrics.of(score(sequences)).tree());
        metrics.put("k", settings.k());
        metrics.put("l2", settings.l2());
        metrics.put("validationLoss", devLoss);
        return metrics;
    }
}
