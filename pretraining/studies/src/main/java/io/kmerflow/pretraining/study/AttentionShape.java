package io.kmerflow.pretraining.study;

import io.kmerflow.pretraining.model.TokenRows;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** How narrow the attention of each layer is: means over rows, heads and queries. */
final class AttentionShape {
    private AttentionShape() {}

    /**
     * One map per layer: entropyShare (entropy over ln of the tokens, 1 is even), topKeyShare (largest probability) and
     * specialShare (what goes to [CLS] and [SEP]; even attention would give 2 / tokens).
     */
    static List<Map<String, Object>> measure(EncoderModel model, TokenRows rows) {
        List<Map<String, Object>> layers = new ArrayList<>();
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
            Map<String, Object> shape = new LinkedHashMap<>();
            shape.put("layer", layer);
            shape.put("entropyShare", entropy / queries / Math.log(keys));
            shape.put("topKeyShare", top / queries);
            shape.put("specialShare", special / queries);
            layers.add(shape);
        });
        return layers;
    }
}
