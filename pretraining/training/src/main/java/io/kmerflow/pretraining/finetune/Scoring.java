package io.kmerflow.pretraining.finetune;

import io.kmerflow.pretraining.corpus.LabelledSequence;
import io.kmerflow.pretraining.evaluation.ScoredExamples;
import io.kmerflow.pretraining.trainer.TrainingBatch;
import io.kmerflow.sequence.ReadWindower;
import io.kmerflow.token.WindowEncoder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.function.Function;

/** Runs a classifier over labelled sequences in batches of similar length; the result is in the given order. */
public final class Scoring {
    private static final int BATCH = 64;

    private Scoring() {}

    /** Scores sequences that fit into the model. */
    public static ScoredExamples score(
            List<LabelledSequence> sequences,
            WindowEncoder encoder,
            Function<TrainingBatch, float[]> logits,
            int classes) {
        return score(sequences, encoder, new ReadWindower(Integer.MAX_VALUE, Integer.MAX_VALUE), logits, classes);
    }

    /**
     * Scores sequences.
     *
     * @param windower of sequences longer than the model
     * @param logits of a batch, row-major (rows, classes)
     */
    public static ScoredExamples score(
            List<LabelledSequence> sequences,
            WindowEncoder encoder,
            ReadWindower windower,
            Function<TrainingBatch, float[]> logits,
            int classes) {
        Integer[] order = new Integer[sequences.size()];
        Arrays.setAll(order, i -> i);
        Arrays.sort(order, Comparator.comparingInt(i -> sequences.get(i).bases().length));
        float[][] scored = new float[order.length][];
        int[] labels = new int[order.length];
        for (int from = 0; from < order.length; from += BATCH) {
            int to = Math.min(from + BATCH, order.length);
            List<LabelledSequence> rows = new ArrayList<>();
            for (int i = from; i < to; i++) {
                rows.add(sequences.get(order[i]));
            }
            float[] values = logits.apply(LabelledBatches.of(rows, encoder, windower));
            for (int i = from; i < to; i++) {
                scored[order[i]] = Arrays.copyOfRange(values, (i - from) * classes, (i - from + 1) * classes);
                labels[order[i]] = sequences.get(order[i]).label();
            }
        }
        return new ScoredExamples(scored, labels);
    }
}
