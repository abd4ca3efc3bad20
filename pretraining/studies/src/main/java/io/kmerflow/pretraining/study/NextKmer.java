package io.kmerflow.pretraining.study;

import io.kmerflow.pretraining.model.TokenRows;
import io.kmerflow.sequence.Nucleotide;
import io.kmerflow.token.SpecialToken;

/**
 * The probe that cannot leak: the last k-mer of a piece, of which no visible token has a base. With overlapping tokens the
 * last k tokens are masked, with non-overlapping ones the last. Read from the last token alone, softmax over all k-mers;
 * pieces whose length does not end with a token are cut.
 *
 * @param kmers how many were asked for
 * @param loss mean, nats per k-mer
 */
record NextKmer(int kmers, double loss) {
    static NextKmer measure(EncoderModel model, StoredMasks masks, int stride) {
        int k = masks.k();
        TokenRows rows = Pieces.plain(masks, k, stride, Integer.MAX_VALUE);
        int[] positions = new int[rows.rows()];
        int[] truth = new int[rows.rows()];
        for (int row = 0; row < rows.rows(); row++) {
            int last = row * rows.width() + rows.width() - 2;
            positions[row] = last;
            truth[row] = rows.tokenIds()[last];
            for (int i = 0; i < (stride == 1 ? k : 1); i++) {
                rows.tokenIds()[last - i] = SpecialToken.MASK.id();
            }
        }
        float[][] logits = model.maskedLogits(rows, positions);
        double loss = 0;
        for (int row = 0; row < truth.length; row++) {
            double highest = Double.NEGATIVE_INFINITY;
            for (int id = SpecialToken.COUNT; id < logits[row].length; id++) {
                highest = Math.max(highest, logits[row][id]);
            }
            double total = 0;
            for (int id = SpecialToken.COUNT; id < logits[row].length; id++) {
                total += Math.exp(logits[row][id] - highest);
            }
            loss += Math.log(total) + highest - logits[row][truth[row]];
        }
        return new NextKmer(truth.length, loss / truth.length);
    }

    /** The control: the product of the bases' probabilities, each after those before it. */
    static NextKmer measure(MarkovModel model, StoredMasks masks) {
        double loss = 0;
        for (StoredMasks.Piece piece : masks.pieces()) {
            byte[] bases = piece.bases();
            for (int i = bases.length - masks.k(); i < bases.length; i++) {
                loss -= Math.log(model.next(bases, i, Nucleotide.digit(bases[i])));
            }
        }
        int kmers = masks.pieces().size();
        return new NextKmer(kmers, loss / kmers);
    }
}
