package io.kmerflow.pretraining.study;

import io.kmerflow.pretraining.model.TokenRows;
import io.kmerflow.token.KmerTokenizer;
import io.kmerflow.token.TokenBatch;
import io.kmerflow.token.Vocabulary;
import io.kmerflow.token.WindowEncoder;

/** Stored pieces as token ids, nothing masked. */
final class Pieces {
    private Pieces() {}

    static TokenRows plain(StoredMasks masks, int k, int stride, int most) {
        WindowEncoder encoder = new WindowEncoder(new KmerTokenizer(new Vocabulary(k), stride));
        int rows = Math.min(most, masks.pieces().size());
        int bases = masks.pieces().get(0).bases().length;
        TokenBatch batch = new TokenBatch(encoder, rows, encoder.tokenCount(bases));
        masks.pieces().stream().limit(rows).forEach(p -> batch.add(p.bases(), 0, bases));
        return TokenRows.of(batch);
    }
}
