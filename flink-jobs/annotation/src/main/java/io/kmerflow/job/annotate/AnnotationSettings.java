package io.kmerflow.job.annotate;

import io.kmerflow.contract.ModelContract;
import java.io.Serializable;
import java.util.stream.Collectors;

/**
 * What an annotation holds.
 *
 * @param windowScores whether the probabilities of every window go along
 * @param labelScores whether the probability of every label over the whole read goes along
 * @param scoreAll whether every window is scored, also where the model could be certain before the last
 * @param maxBytes largest annotation the topic takes, key and value; window scores that would outgrow it are left out, and
 *     an annotation that outgrows it without them is none
 * @param format of the annotations on their topic, by which their size is told
 */
public record AnnotationSettings(
        boolean windowScores, boolean labelScores, boolean scoreAll, int maxBytes, AnnotationFormat format)
        implements Serializable {
    /** 32 MiB, the topics' own limit. */
    public static final int DEFAULT_MAX_BYTES = 32 << 20;

    /** No window scores, 32 MiB. */
    public static final AnnotationSettings DEFAULT =
            new AnnotationSettings(false, false, false, DEFAULT_MAX_BYTES, AnnotationFormat.AVRO);

    /** Window scores need every window's. */
    public AnnotationSettings {
        scoreAll = scoreAll || windowScores;
    }

    /**
     * What decides a score besides the model, as text to be hashed: one {@code key=value} a line, keys in order.
     *
     * @param precision arithmetic of the scoring: fp32, fp16 or int8
     * @param contract of the model, with the threshold of the job, which may be another than the model's
     */
    String scoringOptions(String precision, ModelContract contract) {
        String all = scoreAll && contract.certainty() != null ? "score-all=true\n" : "";
        String ofLabels = contract.labels().stream().allMatch(label -> label.longReadThreshold() == null)
                ? ""
                : "label-long-read-thresholds="
                        + contract.labels().stream()
                                .map(label -> String.valueOf(label.longReadThreshold()))
                                .collect(Collectors.joining(","))
                        + "\n";
        String longReads = contract.longReadThreshold() == null
                ? ""
                : "long-read-threshold=" + contract.longReadThreshold() + "\n";
        return ofLabels + longReads + "precision=" + precision + "\n" + all + "threshold=" + contract.threshold()
                + "\n";
    }
}
