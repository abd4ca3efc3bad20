package io.kmerflow.pretraining.checkpoint;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import io.kmerflow.pretraining.model.BertModel;
import io.kmerflow.pretraining.model.OwnMemory;
import io.kmerflow.pretraining.model.ParameterLayout;
import io.kmerflow.pretraining.model.TokenRows;
import io.kmerflow.pretraining.trainer.TorchSession;
import java.util.Arrays;
import java.util.List;

/** A trained classifier in PyTorch, to score with. One thread. Closing it frees its weights. */
public final class ClassifierModel implements AutoCloseable {
    private final BertModel model;
    private final NDManager manager;
    private final NDArray weights;

    /**
     * Loads a checkpoint.
     *
     * @throws CheckpointException if it is no classifier, or lacks a parameter
     */
    public ClassifierModel(TorchSession session, TrainingCheckpoint checkpoint) {
        if (!checkpoint.head().isClassifier()) {
            throw new CheckpointException("Expected a classifier, got a checkpoint with the head "
                    + checkpoint.head().kind());
        }
        ParameterLayout layout = new ParameterLayout(checkpoint.config(), checkpoint.head());
        float[] values = new float[layout.size()];
        List<String> missing = layout.fill(values, checkpoint.weights());
        if (!missing.isEmpty()) {
            throw new CheckpointException("Expected all parameters of the model, got none for " + missing);
        }
        this.model = new BertModel(layout);
        this.manager = session.manager().newSubManager();
        this.weights = OwnMemory.of(manager, values, new Shape(values.length));
    }

    /**
     * Logits of sequences of any lengths.
     *
     * @param tokenIds of each sequence, [CLS] and [SEP] included, no padding
     * @return one row per sequence, one logit per label, not normalised
     */
    public float[][] logits(int[][] tokenIds) {
        int classes = model.layout().head().labels();
        float[] flat = logits(TokenRows.of(tokenIds));
        float[][] rows = new float[tokenIds.length][];
        for (int row = 0; row < rows.length; row++) {
            rows[row] = Arrays.copyOfRange(flat, row * classes, (row + 1) * classes);
        }
        return rows;
    }

    /**
     * Logits of a padded batch; the mean over both strands if the head says so.
     *
     * @return row-major (rows, labels), not normalised
     */
    public float[] logits(TokenRows rows) {
        return logits(rows, null);
    }

    /**
     * Logits of sequences that come in several rows.
     *
     * @param shares weight of each row in each sequence; see {@link BertModel#classLogits}
     * @return row-major (sequences, labels), not normalised
     */
    public float[] logits(TokenRows rows, float[] shares) {
        return model.scores(manager, weights, rows, shares);
    }

    @Override
    public void close() {
        manager.close();
    }
}
