package io.kmerflow.export.graph;

import io.kmerflow.export.graph.EncoderGraph.Sizes;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;

/** Weights of any size, drawn from a seed, under their Hugging Face names; large enough that every path matters. */
final class RandomWeights {
    private final Random random;
    private final Map<String, float[]> weights = new HashMap<>();

    private RandomWeights(long seed) {
        random = new Random(seed);
    }

    static Map<String, float[]> of(Sizes sizes, long seed) {
        RandomWeights drawn = new RandomWeights(seed);
        int hidden = sizes.hidden();
        drawn.put("bert.embeddings.word_embeddings.weight", sizes.vocabulary() * hidden, 0);
        drawn.put("bert.embeddings.position_embeddings.weight", sizes.maxPositions() * hidden, 0);
        drawn.put("bert.embeddings.token_type_embeddings.weight", 2 * hidden, 0);
        drawn.norm("bert.embeddings.LayerNorm", hidden);
        for (int layer = 0; layer < sizes.layers(); layer++) {
            String name = "bert.encoder.layer." + layer + ".";
            for (String part : List.of(
                    "attention.self.query", "attention.self.key", "attention.self.value", "attention.output.dense")) {
                drawn.linear(name + part, hidden, hidden);
            }
            drawn.norm(name + "attention.output.LayerNorm", hidden);
            drawn.linear(name + "intermediate.dense", hidden, sizes.feedForward());
            drawn.linear(name + "output.dense", sizes.feedForward(), hidden);
            drawn.norm(name + "output.LayerNorm", hidden);
        }
        drawn.linear("bert.pooler.dense", hidden, hidden);
        drawn.linear("classifier", hidden, sizes.labels());
        return drawn.weights;
    }

    private void linear(String name, int in, int out) {
        put(name + ".weight", in * out, 0);
        put(name + ".bias", out, 0);
    }

    private void norm(String name, int width) {
        put(name + ".weight", width, 1);
        put(name + ".bias", width, 0);
    }

    private void put(String name, int values, float mean) {
        float[] drawn = new float[values];
        for (int i = 0; i < values; i++) {
            drawn[i] = (float) (mean + 0.2 * random.nextGaussian());
        }
        weights.put(name, drawn);
    }
}
