package io.kmerflow.pretraining.study;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.commons.math3.stat.correlation.SpearmansCorrelation;

/**
 * RandomMask's three observations (arXiv 2310.07644) in the figures of a study: overlapping input helps fine-tuning; overlapping
 * tokens give clear k-mer embeddings and a low loss soon; they narrow the attention of the layers in between.
 */
final class Observations {
    private static final List<String> SHAPES = List.of("entropyShare", "topKeyShare", "specialShare");
    /** Fewer encoders than this have no rank correlation worth the name. */
    private static final int FEWEST = 4;

    private final JsonNode results;

    private Observations(JsonNode results) {
        this.results = results;
    }

    /** @param results settings, units and contrasts as results.json has them */
    static Map<String, Object> of(JsonNode results) {
        Observations all = new Observations(results);
        Map<String, Object> tree = new LinkedHashMap<>();
        tree.put("overlappingInput", all.overlappingInput());
        tree.put("overlappingTokens", all.overlappingTokens());
        tree.put("attention", all.attention());
        return tree;
    }

    /** How many contrasts of overlapping against non-overlapping input are higher or lower over test rows, and over seeds too. */
    private Map<String, Object> overlappingInput() {
        int contrasts = 0;
        int[] rows = new int[3];
        int[] both = new int[3];
        for (JsonNode contrast : results.get("contrasts")) {
            if (contrast.get("how").asText().equals("overlap")) {
                contrasts++;
                int side = Contrasts.side(contrast);
                rows[1 + side]++;
                both[1 + (contrast.has("seeds") && Contrasts.side(contrast.get("seeds")) == side ? side : 0)]++;
            }
        }
        Map<String, Object> tree = new LinkedHashMap<>();
        tree.put("contrasts", contrasts);
        tree.put("higher", rows[2]);
        tree.put("lower", rows[0]);
        tree.put("higherOverSeedsToo", both[2]);
        tree.put("lowerOverSeedsToo", both[0]);
        return tree;
    }

    /** Of every pretrained arm, first seed: token stride, how the loss fell, how clear the embeddings are. */
    private List<Map<String, Object>> overlappingTokens() {
        List<Map<String, Object>> arms = new ArrayList<>();
        for (JsonNode unit : results.get("units")) {
            if (unit.has("losses") && unit.has("embeddings")) {
                JsonNode losses = unit.get("losses");
                Map<String, Object> arm = new LinkedHashMap<>();
                arm.put("arm", unit.get("arm").asText());
                arm.put("tokenStride", stride(unit));
                arm.put("firstLoss", losses.get(0).get(2).asDouble());
                arm.put("lastLoss", losses.get(losses.size() - 1).get(2).asDouble());
                arm.put("agreement", unit.at("/embeddings/agreement").asDouble());
                arm.put("chance", unit.at("/embeddings/chance").asDouble());
                arms.add(arm);
            }
        }
        return arms;
    }

    private int stride(JsonNode unit) {
        for (JsonNode arm : results.at("/settings/arms")) {
            if (arm.get("name").equals(unit.get("arm"))) {
                return arm.get("tokenStride").asInt();
            }
        }
        throw new IllegalArgumentException("Expected an arm of the settings, got " + unit.get("arm"));
    }

    /**
     * Spearman's rank correlation of each layer's attention, at the end of pretraining, with the mean fine-tuned MCC, over the
     * pretrained encoders of overlapping tokens. {@code notable} is the size that one in twenty draws of unrelated ranks has.
     */
    private Map<String, Object> attention() {
        List<JsonNode> encoders = new ArrayList<>();
        for (JsonNode unit : results.get("units")) {
            if (unit.has("losses") && stride(unit) == 1 && !Double.isNaN(finetuned(unit))) {
                encoders.add(unit);
            }
        }
        Map<String, Object> tree = new LinkedHashMap<>();
        tree.put("encoders", encoders.size());
        if (encoders.size() < FEWEST) {
            return tree;
        }
        double[] scores = encoders.stream().mapToDouble(Observations::finetuned).toArray();
        int layers = atTheEnd(encoders.get(0)).size();
        List<Map<String, Object>> byLayer = new ArrayList<>();
        for (int number = 0; number < layers; number++) {
            int layer = number;
            Map<String, Object> row = new LinkedHashMap<>();
            row.put("layer", layer);
            row.put("inBetween", layer > 0 && layer < layers - 1);
            for (String shape : SHAPES) {
                double[] values = encoders.stream()
                        .mapToDouble(e -> atTheEnd(e).get(layer).get(shape).asDouble())
                        .toArray();
                double rank = new SpearmansCorrelation().correlation(values, scores);
                row.put(shape, Double.isNaN(rank) ? null : rank); // all values alike have no ranks
            }
            byLayer.add(row);
        }
        tree.put("notable", 1.96 / Math.sqrt(encoders.size() - 1));
        tree.put("rankCorrelationWithMcc", byLayer);
        return tree;
    }

    private static JsonNode atTheEnd(JsonNode unit) {
        JsonNode steps = unit.get("attention");
        return steps.get(steps.size() - 1).get("layers");
    }

    /** Mean MCC over the sets, fine-tuned with overlapping tokens; NaN if there is none. */
    static double finetuned(JsonNode unit) {
        double sum = 0;
        int count = 0;
        for (JsonNode score : unit.get("scores")) {
            if (score.get("how").asText().equals("finetune")
                    && score.get("stride").asInt() == 1) {
                sum += score.get("mcc").asDouble();
                count++;
            }
        }
        return count == 0 ? Double.NaN : sum / count;
    }
}
