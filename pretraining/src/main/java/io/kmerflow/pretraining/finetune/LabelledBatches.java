package io.kmerflow.pretraining.finetune;

import io.kmerflow.pretraining.corpus.LabelledSequence;
import io.kmerflow.pretraining.model.TokenRows;
import io.kmerflow.pretraining.trainer.TrainingBatch;
import io.kmerflow.token.TokenBatch;
import io.kmerflow.token.WindowEncoder;
import java.util.List;

/** Turns labelled sequences into batches padded to their longest row. */
final class LabelledBatches {
    private LabelledBatches() {}

    static TrainingBatch of(List<LabelledSequence> sequences, WindowEncoder encoder) {
        int width = 0;
        int[] labels = new int[sequences.size()];
        for (int row = 0; row < labels.length; row++) {
            width = Math.max(width, encoder.tokenCount(sequences.get(row).bases().length));
            labels[row] = sequences.get(row).label();
        }
        TokenBatch batch = new TokenBatch(encoder, labels.length, width);
        for (LabelledSequence sequence : sequences) {
            batch.add(sequence.bases(), 0, sequence.bases().length);
        }
        return new TrainingBatch(TokenRows.of(batch), null, labels, 0);
    }
}
