package io.kmerflow.pretraining.study;

import com.fasterxml.jackson.annotation.JsonFormat;
import com.fasterxml.jackson.annotation.JsonInclude;
import io.kmerflow.pretraining.Provenance;
import java.util.List;

/**
 * What one arm with one seed came to, as its file in units/ has it.
 *
 * @param arm name
 * @param seed of pretraining and of what followed
 * @param madeBy software and device: a study that goes on may do so with other versions
 * @param pretrainingSeconds of this process; null without pretraining
 * @param tokens seen in pretraining; null without
 * @param losses of pretraining, mean over stretches; null without
 * @param attention at the borders of the stages and at the end
 * @param hidden how well hidden bases are predicted
 * @param scores on the labelled sets
 * @param embeddings of the first seed; null for others
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
record UnitResult(
        String arm,
        long seed,
        Provenance.Software madeBy,
        Double pretrainingSeconds,
        Long tokens,
        List<LossPoint> losses,
        List<AttentionAt> attention,
        HiddenScores hidden,
        List<Score> scores,
        KmerMap embeddings) {

    /**
     * Mean loss of a stretch of steps.
     *
     * @param step last of the stretch
     * @param stage mask span in tokens
     * @param loss nats
     */
    @JsonFormat(shape = JsonFormat.Shape.ARRAY)
    record LossPoint(long step, int stage, double loss) {}

    /**
     * Attention after a number of steps.
     *
     * @param step 0 without pretraining
     * @param layers from the first to the last
     */
    record AttentionAt(long step, List<AttentionShape> layers) {}

    /** Whether the encoder was pretrained. */
    boolean pretrained() {
        return losses != null;
    }

    /** Attention of each layer when all was done. */
    List<AttentionShape> attentionAtTheEnd() {
        return attention.get(attention.size() - 1).layers();
    }

    /** Mean MCC over the sets, fine-tuned with overlapping tokens; NaN if there is none. */
    double finetunedMcc() {
        return scores.stream()
                .filter(score -> score.how() == How.FINETUNE && score.stride() == 1)
                .mapToDouble(Score::mcc)
                .average()
                .orElse(Double.NaN);
    }
}
