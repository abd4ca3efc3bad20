package io.kmerflow.pretraining.trainer;

import io.kmerflow.pretraining.model.TokenRows;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/**
 * What one step learns from.
 *
 * @param rows token ids
 * @param positions masked positions as indices into the ids; null for a classifier
 * @param labels true token id of each masked position, or class of each sequence
 * @param stage mask span of this step in tokens, for the trace; 0 for a classifier
 * @param shares row-major (labels, rows): weight of each row in the logits of each sequence, for sequences that are
 *     longer than the model and come in several rows; null if every sequence is one row
 * @param weights how much each label counts in the mean loss, 1 on average over what is trained on; null if all count 1
 */
public record TrainingBatch(TokenRows rows, int[] positions, int[] labels, int stage, float[] shares, float[] weights) {
    public TrainingBatch {
        if (shares != null && shares.length != labels.length * rows.rows()) {
            throw new IllegalArgumentException(String.format(
                    Locale.ROOT,
                    "Expected shares of %d sequences in %d rows, got %d",
                    labels.length,
                    rows.rows(),
                    shares.length));
        }
    }

    /** A batch in which every sequence is one row. */
    public TrainingBatch(TokenRows rows, int[] positions, int[] labels, int stage) {
        this(rows, positions, labels, stage, null, null);
    }

    /** The same, in which each label counts as its class does. */
    public TrainingBatch weighted(float[] classWeights) {
        float[] own = new float[labels.length];
        for (int i = 0; i < own.length; i++) {
            own[i] = classWeights[labels[i]];
        }
        return new TrainingBatch(rows, positions, labels, stage, shares, own);
    }

    /**
     * The same rows in a number of parts of nearly equal size, in order; a part without a label is left out.
     *
     * @param parts 1 or more
     */
    List<TrainingBatch> split(int parts) {
        if (parts == 1 || shares != null) { // rows of one sequence must meet in one graph
            return List.of(this);
        }
        List<TrainingBatch> split = new ArrayList<>();
        int used = 0;
        for (int part = 0; part < parts; part++) {
            int from = part * rows.rows() / parts;
            int to = (part + 1) * rows.rows() / parts;
            int firstLabel = used;
            while (used < labels.length && rowOf(used) < to) {
                used++;
            }
            if (used > firstLabel) {
                int width = rows.width();
                int[] places = positions == null ? null : Arrays.copyOfRange(positions, firstLabel, used);
                for (int i = 0; places != null && i < places.length; i++) {
                    places[i] -= from * width;
                }
                TokenRows some = new TokenRows(
                        Arrays.copyOfRange(rows.tokenIds(), from * width, to * width),
                        Arrays.copyOfRange(rows.tokenCounts(), from, to),
                        width);
                float[] counts = weights == null ? null : Arrays.copyOfRange(weights, firstLabel, used);
                split.add(new TrainingBatch(
                        some, places, Arrays.copyOfRange(labels, firstLabel, used), stage, null, counts));
            }
        }
        return split;
    }

    private int rowOf(int label) {
        return positions == null ? label : positions[label] / rows.width();
    }
}
