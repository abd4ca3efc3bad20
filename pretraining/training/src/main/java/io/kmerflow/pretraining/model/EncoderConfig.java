package io.kmerflow.pretraining.model;

import com.fasterxml.jackson.annotation.JsonIgnore;
import io.kmerflow.token.Vocabulary;
import java.util.Locale;

/**
 * Sizes of a BERT encoder over k-mers.
 *
 * @param k bases per token, 3 to 6; gives the vocabulary
 * @param hidden width of a token's vector, a multiple of heads
 * @param layers transformer layers
 * @param heads attention heads per layer
 * @param feedForward inner width of the feed-forward part
 * @param maxPositions most tokens of a sequence, [CLS] and [SEP] included
 * @param typeVocabulary token types; only type 0 is used
 * @param dropout on embeddings, attention probabilities and sublayer outputs while training, 0 to below 1
 * @param layerNormEpsilon added to variances
 */
public record EncoderConfig(
        int k,
        int hidden,
        int layers,
        int heads,
        int feedForward,
        int maxPositions,
        int typeVocabulary,
        double dropout,
        double layerNormEpsilon) {

    public EncoderConfig {
        new Vocabulary(k); // checks k
        maxPositions = maxPositions == 0 ? 512 : maxPositions;
        typeVocabulary = typeVocabulary == 0 ? 2 : typeVocabulary;
        layerNormEpsilon = layerNormEpsilon == 0 ? 1e-12 : layerNormEpsilon;
        if (hidden < 1 || layers < 1 || heads < 1 || hidden % heads != 0 || feedForward < 1 || maxPositions < 3) {
            throw new IllegalArgumentException(String.format(
                            Locale.ROOT,
                            "Expected positive sizes with hidden a multiple of heads, got hidden %d, layers %d, heads %d,",
                            hidden,
                            layers,
                            heads)
                    + String.format(Locale.ROOT, " feedForward %d, maxPositions %d", feedForward, maxPositions));
        }
        if (!(dropout >= 0 && dropout < 1)) {
            throw new IllegalArgumentException("Expected a dropout of 0 to below 1, got " + dropout);
        }
    }

    /** DNABERT: 12 layers of 768, 12 heads, 3072, dropout 0.1. */
    public static EncoderConfig base(int k) {
        return new EncoderConfig(k, 768, 12, 12, 3072, 512, 2, 0.1, 1e-12);
    }

    /** The same sizes with another dropout. */
    public EncoderConfig withDropout(double newDropout) {
        return new EncoderConfig(
                k, hidden, layers, heads, feedForward, maxPositions, typeVocabulary, newDropout, layerNormEpsilon);
    }

    /** Token ids: 5 + 4^k. */
    @JsonIgnore
    public int vocabularySize() {
        return new Vocabulary(k).size();
    }
}
