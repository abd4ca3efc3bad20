package io.kmerflow.pretraining.study;

import com.fasterxml.jackson.annotation.JsonAnyGetter;
import com.fasterxml.jackson.annotation.JsonAnySetter;
import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * How well an encoder, or a control, predicts what a mask hides.
 *
 * @param byWidth scores of single bases by the width of the mask in tokens
 * @param nextKmer the k-mer after all that is visible
 */
record HiddenScores(
        @JsonAnyGetter @JsonAnySetter Map<String, BaseScores> byWidth,
        @JsonProperty("next-k-mer") NextKmer nextKmer) {
    HiddenScores {
        byWidth = byWidth == null ? new LinkedHashMap<>() : byWidth;
    }

    /** Scores under the mask of a width. */
    BaseScores at(int width) {
        return byWidth.get(Integer.toString(width));
    }
}
