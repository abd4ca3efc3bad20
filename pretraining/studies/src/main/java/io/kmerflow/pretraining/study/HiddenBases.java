package io.kmerflow.pretraining.study;

import io.kmerflow.pretraining.model.TokenRows;
import io.kmerflow.sequence.Nucleotide;
import io.kmerflow.token.KmerTokenizer;
import io.kmerflow.token.SpecialToken;
import io.kmerflow.token.TokenBatch;
import io.kmerflow.token.Vocabulary;
import io.kmerflow.token.WindowEncoder;
import java.util.ArrayList;
import java.util.List;

/**
 * What an encoder says of the hidden bases. The rule: softmax over the k-mers alone (special tokens have no bases), summed
 * over the k-mers with a base at its place, and the mean of these over all masked tokens that cover the base. Overlapping
 * tokens: k of them, all masked. Non-overlapping tokens: every token that holds a hidden base is masked, so that such an
 * encoder sees up to 2 (k − 1) bases less of the same piece: its figures are a lower bound.
 */
final class HiddenBases {
    private static final int ROWS = 16;

    private HiddenBases() {}

    /**
     * Probabilities of every hidden base, piece by piece, span by span.
     *
     * @param stride bases between tokens, 1 or k
     */
    static double[][] predict(EncoderModel model, StoredMasks masks, int stride) {
        KmerTokenizer tokenizer =
                new KmerTokenizer(new Vocabulary(model.layout().encoder().k()), stride);
        WindowEncoder encoder = new WindowEncoder(tokenizer);
        List<double[]> predictions = new ArrayList<>();
        for (int from = 0; from < masks.pieces().size(); from += ROWS) {
            List<StoredMasks.Piece> some = masks.pieces()
                    .subList(from, Math.min(from + ROWS, masks.pieces().size()));
            int width = encoder.tokenCount(some.get(0).bases().length);
            TokenBatch batch = new TokenBatch(encoder, some.size(), width);
            some.forEach(piece -> batch.add(piece.bases(), 0, piece.bases().length));
            TokenRows rows = TokenRows.of(batch);
            List<Integer> positions = new ArrayList<>();
            for (int row = 0; row < some.size(); row++) {
                for (int span : some.get(row).spans()) {
                    for (int token = first(masks, span, stride); token <= last(masks, span, stride); token++) {
                        int position = row * width + 1 + token;
                        rows.tokenIds()[position] = SpecialToken.MASK.id();
                        positions.add(position);
                    }
                }
            }
            float[][] logits =
                    model.maskedLogits(rows, positions.stream().mapToInt(i -> i).toArray());
            int next = 0;
            for (StoredMasks.Piece piece : some) {
                for (int span : piece.spans()) {
                    int first = first(masks, span, stride);
                    int tokens = last(masks, span, stride) - first + 1;
                    double[][][] marginals = new double[tokens][][];
                    for (int i = 0; i < tokens; i++) {
                        marginals[i] = marginals(logits[next++], masks.k());
                    }
                    for (int h = 0; h < masks.hiddenBases(); h++) {
                        predictions.add(mean(marginals, masks.firstHidden(span) + h, first, stride, masks.k()));
                    }
                }
            }
        }
        return predictions.toArray(double[][]::new);
    }

    private static int first(StoredMasks masks, int span, int stride) {
        return stride == 1 ? span : masks.firstHidden(span) / stride;
    }

    private static int last(StoredMasks masks, int span, int stride) {
        return stride == 1 ? span + masks.width() - 1 : (masks.firstHidden(span) + masks.hiddenBases() - 1) / stride;
    }

    /** Probability of each digit at each of the k places of a token. */
    static double[][] marginals(float[] logits, int k) {
        double highest = Double.NEGATIVE_INFINITY;
        for (int id = SpecialToken.COUNT; id < logits.length; id++) {
            highest = Math.max(highest, logits[id]);
        }
        double[][] sums = new double[k][4];
        double total = 0;
        for (int id = SpecialToken.COUNT; id < logits.length; id++) {
            double p = Math.exp(logits[id] - highest);
            total += p;
            int code = id - SpecialToken.COUNT;
            for (int place = k - 1; place >= 0; place--) {
                sums[place][code & 3] += p;
                code >>= 2;
            }
        }
        for (double[] place : sums) {
            for (int digit = 0; digit < 4; digit++) {
                place[digit] /= total;
            }
        }
        return sums;
    }

    private static double[] mean(double[][][] marginals, int base, int firstToken, int stride, int k) {
        double[] mean = new double[4];
        int covering = 0;
        for (int i = 0; i < marginals.length; i++) {
            int place = base - (firstToken + i) * stride;
            if (place >= 0 && place < k) {
                covering++;
                for (int digit = 0; digit < 4; digit++) {
                    mean[digit] += marginals[i][place][digit];
                }
            }
        }
        for (int digit = 0; digit < 4; digit++) {
            mean[digit] /= covering;
        }
        return mean;
    }

    /** True digits of the hidden bases, in the order of {@link #predict}. */
    static int[] truth(StoredMasks masks) {
        List<Integer> digits = new ArrayList<>();
        for (StoredMasks.Piece piece : masks.pieces()) {
            for (int span : piece.spans()) {
                for (int h = 0; h < masks.hiddenBases(); h++) {
                    digits.add(Nucleotide.digit(piece.bases()[masks.firstHidden(span) + h]));
                }
            }
        }
        return digits.stream().mapToInt(i -> i).toArray();
    }

    /** The control's probabilities of the same bases. */
    static double[][] predict(MarkovModel control, StoredMasks masks) {
        List<double[]> predictions = new ArrayList<>();
        for (StoredMasks.Piece piece : masks.pieces()) {
            for (int span : piece.spans()) {
                predictions.addAll(
                        List.of(control.posterior(piece.bases(), masks.firstHidden(span), masks.hiddenBases())));
            }
        }
        return predictions.toArray(double[][]::new);
    }
}
