package io.kmerflow.job.annotate;

import java.io.Serializable;

/**
 * What an annotation holds.
 *
 * @param windowScores whether the probabilities of every window go along
 * @param labelScores whether the probability of every label over the whole read goes along
 * @param maxBytes largest annotation the topic takes, key and value; window scores that would outgrow it are left out, and
 *     an annotation that outgrows it without them is none
 */
public record AnnotationSettings(boolean windowScores, boolean labelScores, int maxBytes) implements Serializable {
    /** 32 MiB, the topics' own limit. */
    public static final int DEFAULT_MAX_BYTES = 32 << 20;

    /** No window scores, 32 MiB. */
    public static final AnnotationSettings DEFAULT = new AnnotationSettings(false, false, DEFAULT_MAX_BYTES);

    /**
     * What decides a score besides the model, as text to be hashed: one {@code key=value} a line, keys in order.
     *
     * @param precision arithmetic of the scoring: fp32, fp16 or int8
     * @param threshold least score of a call, which may be another than the model's own
     */
    static String scoringOptions(String precision, double threshold) {
        return "precision=" + precision + "\nthreshold=" + threshold + "\n";
    }
}
