package io.kmerflow.pretraining.finetune;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.Locale;

/**
 * How to fine-tune on a labelled set, as a YAML file has it; what is null stays as the protocol has it.
 *
 * @param epochs passes over the training split
 * @param maxSteps the run ends here if its epochs would take longer
 * @param batchSize sequences per step
 * @param learningRate highest
 * @param warmUpSteps to the highest rate; at most a quarter of the run
 * @param evaluateEvery steps between measurements on dev; once an epoch if that is sooner
 * @param dropout while training, 0 to below 1; default 0.1
 * @param weightDecay of matrices, per step and times the rate; default 0.01
 * @param strands default ONE
 * @param weightAverage decay of a moving average of the weights, 0 to below 1: the average is what is measured and kept;
 *     default none. See {@link io.kmerflow.pretraining.trainer.TrainingConfig}
 * @param wide whether the logits also have a learned term of every k-mer, as a k-mer regression has; default false
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record Recipe(
        Integer epochs,
        Long maxSteps,
        Integer batchSize,
        Double learningRate,
        Long warmUpSteps,
        Integer evaluateEvery,
        Double dropout,
        Double weightDecay,
        Strands strands,
        Double weightAverage,
        Boolean wide) {

    /** Which strands a sequence is read from. */
    public enum Strands {
        /** The one that is written: right where the label depends on it, such as a donor and an acceptor site. */
        @JsonProperty("one")
        ONE,
        /**
         * Either: while training each sequence is turned to its reverse complement with probability 1/2, afresh in every
         * epoch; the finished model's logits, on dev and on test, are the mean over both.
         */
        @JsonProperty("both")
        BOTH
    }

    public Recipe {
        if (tooFew(epochs) || tooFew(maxSteps) || tooFew(batchSize) || tooFew(evaluateEvery)) {
            throw new IllegalArgumentException(String.format(
                    Locale.ROOT,
                    "Expected epochs, maxSteps, batchSize and evaluateEvery of 1 or more, got %s, %s, %s and %s",
                    epochs,
                    maxSteps,
                    batchSize,
                    evaluateEvery));
        }
        if (learningRate != null && !(learningRate > 0)
                || warmUpSteps != null && warmUpSteps < 0
                || weightDecay != null && !(weightDecay >= 0)) {
            throw new IllegalArgumentException(String.format(
                    Locale.ROOT,
                    "Expected a learningRate above 0, warmUpSteps and weightDecay of 0 or more, got %s, %s and %s",
                    learningRate,
                    warmUpSteps,
                    weightDecay));
        }
        if (notBelowOne(dropout) || notBelowOne(weightAverage)) {
            throw new IllegalArgumentException(String.format(
                    Locale.ROOT,
                    "Expected dropout and weightAverage of 0 to below 1, got %s and %s",
                    dropout,
                    weightAverage));
        }
    }

    private static boolean tooFew(Number count) {
        return count != null && count.longValue() < 1;
    }

    private static boolean notBelowOne(Double share) {
        return share != null && !(share >= 0 && share < 1);
    }
}
