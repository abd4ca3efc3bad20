package io.kmerflow.pretraining.finetune;

import io.kmerflow.pretraining.corpus.LabelledSequence;
import io.kmerflow.pretraining.model.TokenRows;
import io.kmerflow.pretraining.trainer.TrainingBatch;
import io.kmerflow.sequence.ReadWindower;
import io.kmerflow.token.TokenBatch;
import io.kmerflow.token.WindowEncoder;
import java.util.List;

/**
 * Turns labelled sequences into batches padded to their longest row. A sequence longer than the window becomes several
 * rows, each weighted by the bases that no earlier one covers: what serving does with long reads.
 */
final class LabelledBatches {
    private LabelledBatches() {}

    /** Every sequence in one row. */
    static TrainingBatch of(List<LabelledSequence> sequences, WindowEncoder encoder) {
        return of(sequences, encoder, new ReadWindower(Integer.MAX_VALUE, Integer.MAX_VALUE));
    }

    static TrainingBatch of(List<LabelledSequence> sequences, WindowEncoder encoder, ReadWindower windower) {
        int width = 0;
        int rows = 0;
        int[] labels = new int[sequences.size()];
        for (int s = 0; s < labels.length; s++) {
            int bases = sequences.get(s).bases().length;
            width = Math.max(width, encoder.tokenCount(windower.end(0, bases)));
            rows += windower.windowCount(bases);
            labels[s] = sequences.get(s).label();
        }
        TokenBatch batch = new TokenBatch(encoder, rows, width);
        float[] shares = rows == labels.length ? null : new float[labels.length * rows];
        int row = 0;
        for (int s = 0; s < labels.length; s++) {
            byte[] bases = sequences.get(s).bases();
            for (int w = 0; w < windower.windowCount(bases.length); w++) {
                batch.add(bases, windower.start(w, bases.length), windower.end(w, bases.length));
                if (shares != null) {
                    shares[s * rows + row] = (float) windower.newBases(w, bases.length) / bases.length;
                }
                row++;
            }
        }
        return new TrainingBatch(TokenRows.of(batch), null, labels, 0, shares, null);
    }
}
