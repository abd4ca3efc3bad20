package io.kmerflow.pretraining.model;

import com.fasterxml.jackson.annotation.JsonIgnore;
import java.util.Locale;

/**
 * What sits on the encoder.
 *
 * @param kind the objective
 * @param labels classes of a classifier, at least 2; 0 for masked tokens
 * @param bothStrands a finished classifier's logits are the mean over a sequence and its reverse complement; training
 *     sees one strand at a time all the same
 * @param wide a classifier's logits also have a learned term of every token id, averaged over the real tokens: what a k-mer
 *     regression has (Cheng et al. 2016, wide and deep)
 */
public record HeadConfig(Kind kind, int labels, boolean bothStrands, boolean wide) {
    /** Name of the bias of a classifier's last layer, shape (labels). */
    public static final String BIAS = "classifier.bias";
    /** Name of the table of the wide term, shape (vocabulary, labels). */
    public static final String WIDE = "classifier.wide.weight";
    /**
     * Factor of the wide term's mean. The optimizer moves a value by about the learning rate a step; one k-mer among a hundred must still
     * be able to count within a few hundred steps.
     */
    public static final float WIDE_SCALE = 32;

    /** Heads, with the way from token vectors to one vector where there is one. */
    public enum Kind {
        /** Dense, GELU, LayerNorm, then a decoder tied to the word embedding; the pooler is kept but not trained. */
        MASKED_TOKENS,
        /** Mean of all real tokens' vectors, [CLS] and [SEP] included, then dropout and a linear layer. */
        CLASSIFIER_MEAN,
        /** [CLS] vector through dense and tanh (BERT's pooler), then dropout and a linear layer. */
        CLASSIFIER_CLS
    }

    public HeadConfig {
        if (kind == null || (kind == Kind.MASKED_TOKENS ? labels != 0 : labels < 2)) {
            throw new IllegalArgumentException(String.format(
                    Locale.ROOT,
                    "Expected a head with at least 2 labels, or masked tokens with 0, got %s with %d",
                    kind,
                    labels));
        }
        if ((bothStrands || wide) && kind == Kind.MASKED_TOKENS) {
            throw new IllegalArgumentException(
                    "Expected a classifier to score both strands or have a wide term, got " + kind);
        }
    }

    /** One that scores the strand it is given, without a wide term. */
    public HeadConfig(Kind kind, int labels) {
        this(kind, labels, false, false);
    }

    /** The pretraining head. */
    public static HeadConfig maskedTokens() {
        return new HeadConfig(Kind.MASKED_TOKENS, 0);
    }

    /** Whether this is a classifier. */
    @JsonIgnore
    public boolean isClassifier() {
        return kind != Kind.MASKED_TOKENS;
    }
}
