package io.kmerflow.export.certainty;

import io.kmerflow.contract.ModelContract;
import io.kmerflow.contract.ModelContract.Label;
import io.kmerflow.scoring.WindowScorer;
import io.kmerflow.token.TokenBatch;
import io.kmerflow.token.Vocabulary;
import java.util.List;

/** A model of windows of one base each: those of A lead for the first label, of C for the second, of G for the background. */
final class LetterScorer implements WindowScorer {
    static final int WINDOW = 10;
    static final ModelContract CONTRACT = new ModelContract(
            3,
            1,
            new Vocabulary(3).hash(),
            16,
            WINDOW,
            WINDOW,
            WINDOW,
            0,
            ModelContract.StrandRule.UNSTRANDED,
            ModelContract.Aggregation.READ,
            1,
            0.36,
            List.of(new Label("adenine", null), new Label("cytosine", null), new Label("neither", null, true)));

    private final Vocabulary vocabulary = new Vocabulary(3);
    private final float[] leads;

    /** @param leads by label, in nats */
    LetterScorer(float... leads) {
        this.leads = leads;
    }

    @Override
    public float[] score(TokenBatch batch) {
        float[] logits = new float[leads.length * batch.windows()];
        for (int row = 0; row < batch.windows(); row++) {
            int id = batch.tokenIds()[row * batch.width() + 1];
            int label = id == vocabulary.id("AAA") ? 0 : id == vocabulary.id("CCC") ? 1 : 2;
            logits[leads.length * row + label] = leads[label];
        }
        return logits;
    }

    @Override
    public void close() {}
}
