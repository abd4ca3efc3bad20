package io.kmerflow.pretraining.gue;

import com.fasterxml.jackson.annotation.JsonAlias;
import com.fasterxml.jackson.annotation.JsonInclude;

/**
 * How a run went; null where it has no such figure.
 *
 * @param steps done
 * @param bestStep of the lowest validation loss, whose weights were tested
 * @param k bases of a k-mer, of the control
 * @param l2 strength of the penalty, of the control
 * @param validationLoss lowest loss on dev, in nats
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
record RunFigures(
        Long steps,
        Long bestStep,
        Integer k,
        Double l2,
        @JsonAlias("devLoss") Double validationLoss) {
    /** Of a fine-tuning. */
    static RunFigures ofTraining(long steps, long bestStep, double validationLoss) {
        return new RunFigures(steps, bestStep, null, null, validationLoss);
    }

    /** Of the control. */
    static RunFigures ofControl(int k, double l2, double validationLoss) {
        return new RunFigures(null, null, k, l2, validationLoss);
    }
}
