package io.kmerflow.job.model;

import io.kmerflow.contract.ModelContract;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;

/**
 * What a candidate must keep to. Other weights, windows and thresholds are what a change is for; other tokens or another
 * aggregation are another model, and so are other labels, unless the change was announced as one of labels.
 *
 * @param served contract of the model that serves
 * @param labelsMayChange whether labels may be added and removed
 */
public record Succession(ModelContract served, boolean labelsMayChange) {
    /** Labels of two models. */
    private static Set<String> labels(ModelContract contract) {
        return new TreeSet<>(
                contract.labels().stream().map(ModelContract.Label::name).toList());
    }

    /** @throws ModelRefusedException if the candidate does not keep to it */
    void require(ModelContract candidate) throws ModelRefusedException {
        require("vocabulary", candidate.vocabularyHash(), served.vocabularyHash(), "");
        require("aggregation", candidate.aggregation(), served.aggregation(), "");
        if (!labelsMayChange) {
            require(
                    "labels",
                    labels(candidate),
                    labels(served),
                    "; publish with --allow-label-change if labels are to change");
        }
    }

    private static void require(String what, Object candidate, Object served, String remedy)
            throws ModelRefusedException {
        if (!candidate.equals(served)) {
            throw new ModelRefusedException(
                    Refusal.Code.WRONG_CONTRACT,
                    String.format(
                            Locale.ROOT,
                            "Expected the %s of the model that serves, %s, got %s%s",
                            what,
                            served,
                            candidate,
                            remedy),
                    null);
        }
    }

    /** How the labels change to those of a candidate. */
    LabelChange labelChange(ModelContract candidate) {
        return new LabelChange(without(labels(candidate), labels(served)), without(labels(served), labels(candidate)));
    }

    private static ArrayList<String> without(Set<String> all, Set<String> others) {
        List<String> left =
                all.stream().filter(label -> !others.contains(label)).toList();
        return new ArrayList<>(left);
    }
}
