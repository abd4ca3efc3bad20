package io.kmerflow.pretraining.finetune;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import io.kmerflow.pretraining.settings.Setting;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

/** How to fine-tune on a labelled set, as a YAML file has it: what it does not say, null, stays as the protocol has it. */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record Recipe(
        @Setting("Passes over the training split.") Integer epochs,

        @Setting("The run ends here if its epochs would take longer.")
        Long maxSteps,

        @Setting("Sequences per step.") Integer batchSize,
        @Setting("Highest learning rate.") Double learningRate,

        @Setting("Steps to the highest rate; at most a quarter of the run.")
        Long warmUpSteps,

        @Setting(
                "Steps between measurements on dev, of which the lowest loss chooses the checkpoint; once an epoch if that is sooner.")
        Integer evaluateEvery,

        @Setting("Dropout while training, 0 to below 1; without it 0.1.")
        Double dropout,

        @Setting("Decay of matrices, per step and times the rate; without it 0.01.")
        Double weightDecay,

        @Setting(
                "`one`: the strand that is written, right where the label depends on it, such as splice sites, and without this"
                        + " key; `both`: while training each sequence is turned to its reverse complement with probability 1/2,"
                        + " and logits on dev and test are the mean over both strands.")
        Strands strands,

        @Setting(
                "Decay of a moving average of the weights, 0 to below 1: the average is what is measured and kept; without it"
                        + " none.")
        Double weightAverage,

        @Setting(
                "Whether the logits also have a learned term of every k-mer, averaged over the sequence, as a k-mer regression has;"
                        + " without it not.")
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

    /** What it changes in a run besides the numbers of the protocol, by the keys of the run's settings. */
    Map<String, Object> changes() {
        Map<String, Object> changes = new LinkedHashMap<>();
        changes.put("dropout", dropout);
        changes.put("bothStrands", strands == Strands.BOTH);
        changes.put("wide", wide);
        changes.put("training.weightDecay", weightDecay);
        changes.put("training.weightAverage", weightAverage);
        return changes;
    }

    private static boolean tooFew(Number count) {
        return count != null && count.longValue() < 1;
    }

    private static boolean notBelowOne(Double share) {
        return share != null && !(share >= 0 && share < 1);
    }
}
