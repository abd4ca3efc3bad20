package io.kmerflow.pretraining.study;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class ObservationsTest {
    private static final ObjectMapper JSON = new ObjectMapper();

    /** Pretrained encoders of three layers, whose middle layer attends the more to one key the better the encoder is. */
    private static JsonNode results(int encoders, String contrasts) throws IOException {
        String units = IntStream.range(0, encoders)
                .mapToObj(unit -> String.format(Locale.ROOT, """
                        {"arm": "a", "losses": [[10, 6, 8.0], [20, 6, 7.5]], "embeddings": {"agreement": 0.2, "chance": 0.1},
                         "attention": [{"layers": []}, {"layers": [
                           {"entropyShare": 0.5, "topKeyShare": 0.%1$d, "specialShare": 0.1},
                           {"entropyShare": -%1$d, "topKeyShare": 0.%1$d, "specialShare": 0.1},
                           {"entropyShare": 0.5, "topKeyShare": 0.1, "specialShare": 0.1}]}],
                         "scores": [{"how": "finetune", "stride": 1, "mcc": 0.%1$d}, {"how": "finetune", "stride": 6, "mcc": 0.9},
                                    {"how": "probe", "stride": 1, "mcc": 0.9}]}
                        """, unit))
                .collect(Collectors.joining(","));
        String apart = """
                {"arm": "apart", "losses": [[10, 1, 8.2]], "attention": [], "scores": []}
                """;
        return JSON.valueToTree(Observations.of(
                Map.of("a", 1, "apart", 6),
                JSON.readValue("[" + units + "," + apart + "]", new TypeReference<>() {}),
                JSON.readValue("[" + contrasts + "]", new TypeReference<>() {})));
    }

    @Test
    void ranksAreThoseOfTheFinishedEncodersOfOverlappingTokens() throws IOException {
        JsonNode attention = results(5, "").get("attention");
        assertThat(attention.get("encoders").asInt()).isEqualTo(5);
        assertThat(attention.get("notable").asDouble()).isCloseTo(0.98, within(1e-9));
        JsonNode middle = attention.at("/rankCorrelationWithMcc/1");
        assertThat(middle.get("inBetween").asBoolean()).isTrue();
        assertThat(middle.get("topKeyShare").asDouble()).isCloseTo(1, within(1e-9));
        assertThat(middle.get("entropyShare").asDouble()).isCloseTo(-1, within(1e-9));
        assertThat(middle.get("specialShare").isNull()).as("all alike").isTrue();
        assertThat(attention.at("/rankCorrelationWithMcc/2/inBetween").asBoolean())
                .isFalse();
        assertThat(results(3, "").at("/attention").has("rankCorrelationWithMcc"))
                .isFalse();
    }

    @Test
    void aContrastCountsOverSeedsIfBothIntervalsLieOnOneSide() throws IOException {
        JsonNode input = results(4, """
                {"how": "overlap", "low": 0.1, "high": 0.2, "seeds": {"low": 0.05, "high": 0.3}},
                {"how": "overlap", "low": 0.1, "high": 0.2, "seeds": {"low": -0.05, "high": 0.3}},
                {"how": "overlap", "low": 0.1, "high": 0.2},
                {"how": "overlap", "low": -0.2, "high": -0.1, "seeds": {"low": -0.3, "high": -0.1}},
                {"how": "overlap", "low": -0.1, "high": 0.1, "seeds": {"low": 0.01, "high": 0.02}},
                {"how": "finetune", "low": 0.1, "high": 0.2, "seeds": {"low": 0.1, "high": 0.2}}
                """).get("overlappingInput");
        assertThat(input).isEqualTo(JSON.readTree("""
                {"contrasts": 5, "higher": 3, "lower": 1, "higherOverSeedsToo": 1, "lowerOverSeedsToo": 1}
                """));
    }

    @Test
    void lossesAndEmbeddingsAreThoseOfUnitsThatHaveThem() throws IOException {
        JsonNode tokens = results(1, "").get("overlappingTokens");
        assertThat(tokens).hasSize(1);
        assertThat(tokens.at("/0/firstLoss").asDouble()).isEqualTo(8.0);
        assertThat(tokens.at("/0/lastLoss").asDouble()).isEqualTo(7.5);
        assertThat(tokens.at("/0/tokenStride").asInt()).isEqualTo(1);
    }
}
