package io.kmerflow.pretraining.study;

import io.kmerflow.pretraining.model.TokenRows;
import java.util.ArrayList;
import java.util.List;

/**
 * How narrow the attention of a layer is: means over rows, heads and queries.
 *
 * @param layer from 0
 * @param entropyShare entropy over ln of the tokens; 1 is even
 * @param topKeyShare largest probability
 * @param specialShare what goes to [CLS] and [SEP]; even attention would give 2 / tokens
 */
record AttentionShape(int layer, double entropyShare, double topKeyShare, double specialShare) {
    /** Of every layer. */
    static List<AttentionShape> measure(EncoderModel model, TokenRows rows) {
        List<AttentionShape> layers = new ArrayList<>();
        int keys = rows.width();
        model.attention(rows, (layer, probabilities) -> {
            float[] p = probabilities.toFloatArray();
            double entropy = 0;
            double top = 0;
            double special = 0;
            int queries = p.length / keys;
            for (int q = 0; q < queries; q++) {
                double highest = 0;
                for (int key = 0; key < keys; key++) {
                    double share = p[q * keys + key];
                    entropy -= share > 0 ? share * Math.log(share) : 0;
                    highest = Math.max(highest, share);
                }
                top += highest;
                special += p[q * keys] + p[q * keys + keys - 1];
            }
            layers.add(new AttentionShape(layer, entropy / queries / Math.log(keys), top / queries, special / queries));
        });
        return layers;
    }
}
