package io.kmerflow.pretraining.study;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import io.kmerflow.pretraining.checkpoint.CheckpointException;
import io.kmerflow.pretraining.checkpoint.TrainingCheckpoint;
import io.kmerflow.pretraining.model.BertEncoder;
import io.kmerflow.pretraining.model.BertModel;
import io.kmerflow.pretraining.model.EncoderConfig;
import io.kmerflow.pretraining.model.HeadConfig;
import io.kmerflow.pretraining.model.OwnMemory;
import io.kmerflow.pretraining.model.ParameterLayout;
import io.kmerflow.pretraining.model.Parameters;
import io.kmerflow.pretraining.model.TokenRows;
import io.kmerflow.pretraining.trainer.TorchSession;
import java.util.Arrays;
import java.util.List;

/** A pretrained encoder with its head, to look into. One thread. Closing it frees its weights. */
final class EncoderModel implements AutoCloseable {
    private final BertModel model;
    private final BertEncoder encoder;
    private final NDManager manager;
    private final NDArray weights;
    private final float[] values;

    private EncoderModel(TorchSession session, BertModel model, float[] values) {
        this.model = model;
        this.encoder = new BertEncoder(model.layout().encoder());
        this.manager = session.manager().newSubManager();
        this.values = values;
        this.weights = OwnMemory.of(manager, values, new Shape(values.length));
    }

    /**
     * The weights of a pretraining checkpoint.
     *
     * @throws CheckpointException if it lacks a parameter
     */
    static EncoderModel of(TorchSession session, TrainingCheckpoint checkpoint) {
        EncoderModelWeights weights = EncoderModelWeights.of(checkpoint);
        return new EncoderModel(session, weights.model(), weights.values());
    }

    /** Random weights: where a pretraining of this seed begins. */
    static EncoderModel untrained(TorchSession session, EncoderConfig config, long seed) {
        BertModel model = new BertModel(new ParameterLayout(config, HeadConfig.maskedTokens()));
        return new EncoderModel(session, model, model.layout().initialize(seed));
    }

    private record EncoderModelWeights(BertModel model, float[] values) {
        static EncoderModelWeights of(TrainingCheckpoint checkpoint) {
            BertModel model = new BertModel(new ParameterLayout(checkpoint.config(), HeadConfig.maskedTokens()));
            float[] values = new float[model.layout().size()];
            List<String> missing = model.layout().fill(values, checkpoint.weights());
            if (!missing.isEmpty()) {
                throw new CheckpointException("Expected all parameters of the model, got none for " + missing);
            }
            return new EncoderModelWeights(model, values);
        }
    }

    /** All weights, in the layout's order; shared. */
    float[] values() {
        return values;
    }

    ParameterLayout layout() {
        return model.layout();
    }

    /** Logits at positions of the ids, one row of vocabulary size each. */
    float[][] maskedLogits(TokenRows rows, int[] positions) {
        try (NDManager scope = manager.newSubManager()) {
            float[] flat = model.maskedTokenLogits(parameters(scope), scope, rows, positions, false)
                    .toFloatArray();
            int width = flat.length / positions.length;
            float[][] logits = new float[positions.length][];
            for (int i = 0; i < logits.length; i++) {
                logits[i] = Arrays.copyOfRange(flat, i * width, (i + 1) * width);
            }
            return logits;
        }
    }

    /** Mean of the last layer's vectors over the real tokens of each row, [CLS] and [SEP] included. */
    float[][] meanStates(TokenRows rows) {
        try (NDManager scope = manager.newSubManager()) {
            float[] states =
                    encoder.forward(parameters(scope), scope, rows, false).toFloatArray();
            int hidden = model.layout().encoder().hidden();
            float[][] means = new float[rows.rows()][hidden];
            for (int row = 0; row < means.length; row++) {
                int count = rows.tokenCounts()[row];
                for (int token = 0; token < count; token++) {
                    int from = (row * rows.width() + token) * hidden;
                    for (int h = 0; h < hidden; h++) {
                        means[row][h] += states[from + h] / count;
                    }
                }
            }
            return means;
        }
    }

    /** Runs rows of equal length without padding and shows the attention of each layer. */
    void attention(TokenRows rows, BertEncoder.AttentionListener listener) {
        try (NDManager scope = manager.newSubManager()) {
            encoder.forward(parameters(scope), scope, rows, false, listener);
        }
    }

    private Parameters parameters(NDManager scope) {
        NDArray view = weights.stopGradient();
        view.attach(scope);
        return new Parameters(model.layout(), view);
    }

    @Override
    public void close() {
        manager.close();
    }
}
