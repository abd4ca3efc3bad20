package io.kmerflow.cli.training;

import io.kmerflow.pretraining.checkpoint.ClassifierModel;
import io.kmerflow.pretraining.checkpoint.TrainingCheckpoint;
import io.kmerflow.pretraining.model.TokenRows;
import io.kmerflow.pretraining.trainer.TorchSession;
import io.kmerflow.token.TokenBatch;
import java.util.Arrays;

/** A fine-tuned checkpoint in PyTorch, fed with the batches that serving uses. */
final class CheckpointScorer implements AutoCloseable {
    private final TorchSession session;
    private final ClassifierModel model;

    CheckpointScorer(TrainingCheckpoint checkpoint) {
        session = TorchSession.open("cpu", 0);
        model = new ClassifierModel(session, checkpoint);
    }

    /** Logits, row-major (windows, labels). */
    float[] logits(TokenBatch batch) {
        int windows = batch.windows();
        int[] counts = new int[windows];
        for (int window = 0; window < windows; window++) {
            counts[window] = batch.tokenCount(window);
        }
        int[] ids = Arrays.copyOf(batch.tokenIds(), windows * batch.width());
        return model.logits(new TokenRows(ids, counts, batch.width()));
    }

    @Override
    public void close() {
        model.close();
        session.close();
    }
}
