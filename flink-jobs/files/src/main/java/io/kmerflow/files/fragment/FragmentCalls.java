package io.kmerflow.files.fragment;

import io.kmerflow.contract.ModelContract;
import io.kmerflow.contract.ReadScores;
import io.kmerflow.job.annotate.AnnotationIds;
import io.kmerflow.job.annotate.ReadStatuses;
import io.kmerflow.schema.AnnotationStatus;
import io.kmerflow.schema.Call;
import io.kmerflow.schema.ReadAnnotation;
import io.kmerflow.schema.ReadCall;
import java.io.Serializable;
import java.util.List;

/**
 * The rule for mates of one fragment: their log-probabilities per label, after temperature, are summed and normalised, as
 * for two independent looks at one thing that is equally likely to be any label beforehand. Both mates get that call;
 * what each says alone stays in {@code mateCall}. A mate that was not scored changes nothing.
 */
public final class FragmentCalls implements Serializable {
    /** A probability that came out as zero is no proof. */
    private static final double LEAST_PROBABILITY = 1e-30;

    private final String[] labels;
    private final String[] ontologyIds;
    private final boolean[] backgrounds;
    private final double threshold;

    /**
     * @param contract of the model
     * @param threshold least score of a call, 0 to 1
     * @throws IllegalArgumentException if the model calls segments, which mates do not share
     */
    public FragmentCalls(ModelContract contract, double threshold) {
        if (contract.aggregation() != ModelContract.Aggregation.READ) {
            throw new IllegalArgumentException(
                    "Expected a model that calls whole reads for calls per fragment, got one that calls segments");
        }
        int count = contract.labels().size();
        this.labels = new String[count];
        this.ontologyIds = new String[count];
        this.backgrounds = new boolean[count];
        for (int label = 0; label < count; label++) {
            labels[label] = contract.labels().get(label).name();
            ontologyIds[label] = contract.labels().get(label).ontologyId();
            backgrounds[label] = contract.labels().get(label).background();
        }
        this.threshold = threshold;
    }

    /** Gives two mates their common call, in place, if both were scored. */
    public void combine(ReadAnnotation one, ReadAnnotation two) {
        if (one.getLabelScores() == null || two.getLabelScores() == null) {
            return;
        }
        double[] sum = new double[labels.length];
        for (int label = 0; label < sum.length; label++) {
            sum[label] = logarithm(one.getLabelScores().get(label))
                    + logarithm(two.getLabelScores().get(label));
        }
        float[] scores = ReadScores.probabilities(sum, 1);
        int best = ReadScores.argMax(scores);
        String idOfOne = one.getAnnotationId();
        one.setAnnotationId(AnnotationIds.ofFragment(idOfOne, two.getAnnotationId()));
        two.setAnnotationId(AnnotationIds.ofFragment(two.getAnnotationId(), idOfOne));
        put(one, best, scores[best]);
        put(two, best, scores[best]);
    }

    private static double logarithm(float probability) {
        return Math.log(Math.max(LEAST_PROBABILITY, probability));
    }

    private void put(ReadAnnotation mate, int label, float score) {
        boolean called = score >= threshold && !backgrounds[label];
        mate.setMateCall(mate.getReadCall());
        mate.setReadCall(new ReadCall(called ? labels[label] : null, score));
        mate.setStatus(called ? AnnotationStatus.SCORED : AnnotationStatus.UNCALLED);
        mate.setUncalledReason(called ? null : ReadStatuses.uncalledReason(backgrounds[label]));
        mate.setCalls(
                called
                        ? List.of(new Call(labels[label], ontologyIds[label], 0, mate.getReadLength(), score))
                        : List.of());
    }
}
