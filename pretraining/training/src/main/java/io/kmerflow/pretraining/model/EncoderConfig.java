package io.kmerflow.pretraining.model;

import com.fasterxml.jackson.annotation.JsonIgnore;
import io.kmerflow.pretraining.settings.Setting;
import io.kmerflow.token.Vocabulary;
import java.util.Locale;

/** Sizes of a BERT encoder over k-mers. */
public record EncoderConfig(
        @Setting("Bases per token, 3 to 6; gives the vocabulary.")
        int k,

        @Setting("Width of a token's vector, a multiple of heads.")
        int hidden,

        @Setting("Transformer layers.") int layers,
        @Setting("Attention heads per layer.") int heads,
        @Setting("Inner width of the feed-forward part.") int feedForward,

        @Setting(value = "Maximum tokens of a sequence, [CLS] and [SEP] included.", byDefault = "512")
        int maxPositions,

        @Setting(value = "Token types; only type 0 is used.", byDefault = "2")
        int typeVocabulary,

        @Setting(
                value =
                        "Dropout on embeddings, attention probabilities and sublayer outputs while training, 0 to below 1.",
                byDefault = "0.0")
        double dropout,

        @Setting(value = "Added to variances.", byDefault = "1e-12")
        double layerNormEpsilon) {

    public EncoderConfig {
        new Vocabulary(k); // checks k
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
