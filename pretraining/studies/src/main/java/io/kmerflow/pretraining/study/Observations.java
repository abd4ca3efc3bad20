package io.kmerflow.pretraining.study;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.ToDoubleFunction;
import org.apache.commons.math3.stat.correlation.SpearmansCorrelation;

/**
 * RandomMask's three observations (arXiv 2310.07644) in the figures of a study.
 *
 * @param overlappingInput overlapping input helps fine-tuning
 * @param overlappingTokens overlapping tokens give clear k-mer embeddings and a low loss soon; every pretrained arm, first seed
 * @param attention they narrow the attention of the layers in between
 */
record Observations(OverlappingInput overlappingInput, List<ArmTokens> overlappingTokens, AttentionRanks attention) {
    /** Fewer encoders than this have no rank correlation worth the name. */
    private static final int FEWEST = 4;

    /**
     * Contrasts of overlapping against non-overlapping input.
     *
     * @param contrasts how many
     * @param higher of them over test rows
     * @param lower of them over test rows
     * @param higherOverSeedsToo over test rows and over seeds
     * @param lowerOverSeedsToo over test rows and over seeds
     */
    record OverlappingInput(int contrasts, int higher, int lower, int higherOverSeedsToo, int lowerOverSeedsToo) {}

    /**
     * An arm's tokens, loss and embeddings.
     *
     * @param arm name
     * @param tokenStride bases between tokens
     * @param firstLoss mean of the first stretch, nats
     * @param lastLoss mean of the last stretch
     * @param agreement part of a k-mer's neighbours with the same middle bases
     * @param chance that part for embeddings without order
     */
    record ArmTokens(String arm, int tokenStride, double firstLoss, double lastLoss, double agreement, double chance) {}

    /**
     * Rank correlations with the mean fine-tuned MCC, over the pretrained encoders of overlapping tokens.
     *
     * @param encoders how many
     * @param notable size that one in twenty draws of unrelated ranks has; null with too few encoders
     * @param rankCorrelationWithMcc of each layer's attention at the end of pretraining; null with too few encoders
     */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    record AttentionRanks(int encoders, Double notable, List<LayerRanks> rankCorrelationWithMcc) {}

    /**
     * Spearman's rank correlations of a layer; null where all values are alike and have no ranks.
     *
     * @param layer from 0
     * @param inBetween whether it is neither the first nor the last
     * @param entropyShare see {@link AttentionShape}
     * @param topKeyShare see there
     * @param specialShare see there
     */
    record LayerRanks(int layer, boolean inBetween, Double entropyShare, Double topKeyShare, Double specialShare) {}

    /** @param strides bases between the tokens of each arm by its name */
    static Observations of(Map<String, Integer> strides, List<UnitResult> units, List<Contrast> contrasts) {
        return new Observations(input(contrasts), tokens(strides, units), attention(strides, units));
    }

    private static OverlappingInput input(List<Contrast> contrasts) {
        List<Contrast> overlap =
                contrasts.stream().filter(c -> c.how() == How.OVERLAP).toList();
        return new OverlappingInput(
                overlap.size(),
                count(overlap, Contrast::side, 1),
                count(overlap, Contrast::side, -1),
                count(overlap, Contrast::sideOverSeedsToo, 1),
                count(overlap, Contrast::sideOverSeedsToo, -1));
    }

    private static int count(List<Contrast> contrasts, ToDoubleFunction<Contrast> side, int wanted) {
        return (int)
                contrasts.stream().filter(c -> side.applyAsDouble(c) == wanted).count();
    }

    private static List<ArmTokens> tokens(Map<String, Integer> strides, List<UnitResult> units) {
        List<ArmTokens> arms = new ArrayList<>();
        for (UnitResult unit : units) {
            if (unit.pretrained() && unit.embeddings() != null) {
                List<UnitResult.LossPoint> losses = unit.losses();
                arms.add(new ArmTokens(
                        unit.arm(),
                        strides.get(unit.arm()),
                        losses.get(0).loss(),
                        losses.get(losses.size() - 1).loss(),
                        unit.embeddings().agreement(),
                        unit.embeddings().chance()));
            }
        }
        return arms;
    }

    private static AttentionRanks attention(Map<String, Integer> strides, List<UnitResult> units) {
        List<UnitResult> encoders = units.stream()
                .filter(unit -> unit.pretrained() && strides.get(unit.arm()) == 1 && !Double.isNaN(unit.finetunedMcc()))
                .toList();
        if (encoders.size() < FEWEST) {
            return new AttentionRanks(encoders.size(), null, null);
        }
        double[] scores =
                encoders.stream().mapToDouble(UnitResult::finetunedMcc).toArray();
        int layers = encoders.get(0).attentionAtTheEnd().size();
        List<LayerRanks> byLayer = new ArrayList<>();
        for (int layer = 0; layer < layers; layer++) {
            byLayer.add(new LayerRanks(
                    layer,
                    layer > 0 && layer < layers - 1,
                    rank(encoders, layer, scores, AttentionShape::entropyShare),
                    rank(encoders, layer, scores, AttentionShape::topKeyShare),
                    rank(encoders, layer, scores, AttentionShape::specialShare)));
        }
        return new AttentionRanks(encoders.size(), 1.96 / Math.sqrt(encoders.size() - 1), byLayer);
    }

    private static Double rank(
            List<UnitResult> encoders, int layer, double[] scores, ToDoubleFunction<AttentionShape> shape) {
        double[] values = encoders.stream()
                .mapToDouble(
                        unit -> shape.applyAsDouble(unit.attentionAtTheEnd().get(layer)))
                .toArray();
        double rank = new SpearmansCorrelation().correlation(values, scores);
        return Double.isNaN(rank) ? null : rank;
    }
}
