package io.kmerflow.pretraining;

import io.kmerflow.pretraining.corpus.GenomePieces;
import io.kmerflow.pretraining.masking.MaskingStrategy;
import io.kmerflow.pretraining.masking.SpanMasker;
import io.kmerflow.pretraining.model.TokenRows;
import io.kmerflow.pretraining.random.Xoshiro256;
import io.kmerflow.pretraining.trainer.BatchSource;
import io.kmerflow.pretraining.trainer.TrainingBatch;
import io.kmerflow.token.TokenBatch;
import io.kmerflow.token.WindowEncoder;

/** Masked pieces of genomes, drawn afresh for every step from (seed, step). One thread. */
final class MaskedBatchSource implements BatchSource {
    private static final long PIECES = 0x91EC;
    private static final long MASKS = 0x3A5C;

    private final GenomePieces pieces;
    private final WindowEncoder encoder;
    private final MaskingStrategy strategy;
    private final SpanMasker masker;
    private final int batchSize;
    private final long seed;

    MaskedBatchSource(GenomePieces pieces, WindowEncoder encoder, MaskingStrategy strategy, int batchSize, long seed) {
        this.pieces = pieces;
        this.encoder = encoder;
        this.strategy = strategy;
        this.masker = new SpanMasker(strategy, encoder.tokenizer().vocabulary().size());
        this.batchSize = batchSize;
        this.seed = seed;
    }

    @Override
    public TrainingBatch batch(long step) {
        Xoshiro256 random = Xoshiro256.of(seed, PIECES, step);
        byte[][] drawn = new byte[batchSize][];
        int width = 0;
        for (int row = 0; row < batchSize; row++) {
            drawn[row] = pieces.draw(random);
            width = Math.max(width, encoder.tokenCount(drawn[row].length));
        }
        TokenBatch batch = new TokenBatch(encoder, batchSize, width);
        for (byte[] piece : drawn) {
            batch.add(piece, 0, piece.length);
        }
        TokenRows rows = TokenRows.of(batch);
        Xoshiro256 maskRandom = Xoshiro256.of(seed, MASKS, step);
        int[] positions;
        do { // a tiny batch may have drawn no centre at all
            masker.clear();
            for (int row = 0; row < batchSize; row++) {
                masker.mask(rows.tokenIds(), row * width, rows.tokenCounts()[row], step, maskRandom);
            }
            positions = masker.positions();
        } while (positions.length == 0);
        return new TrainingBatch(
                rows, positions, masker.labels(), strategy.curriculum().span(step));
    }
}
