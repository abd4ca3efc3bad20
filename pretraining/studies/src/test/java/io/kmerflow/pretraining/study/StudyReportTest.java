package io.kmerflow.pretraining.study;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.kmerflow.pretraining.Provenance;
import java.io.IOException;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Every sentence and figure is that of results.json. */
class StudyReportTest {
    private static final ObjectMapper JSON = new ObjectMapper();

    private static ObjectNode results() throws IOException {
        return (ObjectNode) JSON.readTree("""
                {"commit": "abc123",
                 "settings": {"arms": [{"name": "a<b>&"}, {"name": "two"}], "seeds": [1, 2], "pretraining": {"steps": 1000}},
                 "units": [
                   {"arm": "a<b>&", "seed": 1, "pretrainingSeconds": 61.4, "tokens": 1234567,
                    "losses": [[10, 6, 8.25], [20, 6, 7.125]],
                    "hidden": {"6": {"all": {"bases": 10, "loss": 1.3, "accuracy": 0.4}},
                               "10": {"all": {"bases": 0}},
                               "14": {"all": {"bases": 10, "loss": 1.38, "accuracy": 0.26},
                                      "unique": {"bases": 9, "loss": 1.37, "accuracy": 0.27}, "repeat": {"bases": 0}},
                               "20": {"all": {"bases": 10, "loss": 1.3862, "accuracy": 0.25}},
                               "next-k-mer": {"loss": 8.3178}},
                    "embeddings": {"agreement": 0.625, "chance": 0.0625, "pca": [[0, 0, 0], [1, 1, 1]], "tsne": [[0, 1, 2]]},
                    "attention": [{"step": 1000, "layers": [
                       {"layer": 1, "entropyShare": 0.75, "topKeyShare": 0.125, "specialShare": 0.0625}]}],
                    "scores": [{"set": "set<1>", "how": "finetune", "stride": 1, "mcc": 0.5125, "calls": [0, 1]}]},
                   {"arm": "a<b>&", "seed": 2, "scores": [{"set": "set<1>", "how": "probe", "stride": 1, "mcc": -0.25, "calls": [0, 1]}]}],
                 "controls": {"hidden": {"uniform": {"6": {"all": {"bases": 10, "loss": 1.3862, "accuracy": 0.25}},
                               "10": {"all": {"bases": 0}}, "14": {"all": {"bases": 0}, "unique": {"bases": 0}, "repeat": {"bases": 0}},
                               "20": {"all": {"bases": 0}}, "next-k-mer": {"loss": 8.5}}}},
                 "contrasts": [],
                 "observations": {
                   "overlappingInput": {"contrasts": 0},
                   "overlappingTokens": [{"arm": "a<b>&", "tokenStride": 1, "firstLoss": 8.25, "lastLoss": 7.125,
                                          "agreement": 0.625, "chance": 0.0625}],
                   "attention": {"encoders": 2}}}
                """);
    }

    private static String page(JsonNode results) {
        return StudyReport.of(new StudyResults(
                results.get("settings"),
                JSON.convertValue(results, Provenance.Software.class),
                Map.of(),
                JSON.convertValue(results.get("controls"), Controls.class),
                JSON.convertValue(results.get("units"), new TypeReference<>() {}),
                JSON.convertValue(results.get("contrasts"), new TypeReference<>() {}),
                JSON.convertValue(results.get("observations"), Observations.class)));
    }

    private static ObjectNode with(String field, String json) throws IOException {
        ObjectNode results = results();
        results.set(field, JSON.readTree(json));
        return results;
    }

    @Test
    void figuresAreThoseOfTheResults() throws IOException {
        assertThat(page(results()))
                .contains("Commit abc123; 2 arms, seeds [1,2], 1000 pretraining steps each.")
                .contains("(stride 1): loss 8.250 to 7.125 nats, 62.5 % of neighbours alike, by chance 6.3 %")
                .contains("not looked at, as 2 encoders are too few.")
                .contains("not looked at, as no arm is fine-tuned with both.")
                .contains("ends at 7.125 nats, 1.125 below its start.")
                .contains(
                        "<td>1</td><td>set&lt;1&gt;</td><td>fine-tuned</td><td>1</td><td>0.513</td><td>61</td><td>1,234,567</td>")
                .contains(
                        "<td>2</td><td>set&lt;1&gt;</td><td>frozen encoder</td><td>1</td><td>-0.250</td><td>-</td><td>-</td>")
                .contains("<td>1.300 / 0.400</td><td>none</td><td>1.380 / 0.260</td><td>1.386 / 0.250</td>"
                        + "<td>1.370 / 0.270</td><td>none</td><td>8.318</td>")
                .contains("<td>uniform</td><td>1.386 / 0.250</td>")
                .contains("62.5 % share its two middle bases (by chance 6.3 %)")
                .contains("<td>1000</td><td>1</td><td>0.750</td><td>0.125</td><td>0.063</td>");
    }

    @Test
    void namesAreTextAndNeverHtml() throws IOException {
        String page = page(results());
        assertThat(page).doesNotContain("a<b>", "set<1>").contains("a&lt;b&gt;&amp;, PCA");
    }

    /** Rows tell of these weights, seeds of others; only both make a verdict. */
    @ParameterizedTest
    @CsvSource({
        "0.1, 0.3, 0.05, 0.4, higher",
        "0.1, 0.3, -0.05, 0.4, higher with these weights only",
        "-0.3, -0.1, -0.4, -0.05, lower",
        "-0.3, -0.1, 0.05, 0.4, lower with these weights only",
        "-0.1, 0.3, 0.05, 0.4, no difference detectable"
    })
    void aVerdictNeedsRowsAndSeeds(double low, double high, double seedsLow, double seedsHigh, String verdict)
            throws IOException {
        String page = page(with("contrasts", String.format(Locale.ROOT, """
                [{"set": "s", "how": "overlap", "arm": "two", "against": "a<b>&", "difference": 0.2, "low": %s, "high": %s,
                  "detectable": 0.05, "seeds": {"low": %s, "high": %s}, "bySeed": [0.1, -0.3]}]
                """, low, high, seedsLow, seedsHigh)));
        assertThat(page)
                .contains("<td>fine-tuned with overlapping tokens</td><td>two</td><td>a&lt;b&gt;&amp;</td><td>"
                        + verdict + "</td><td>+0.200</td>")
                .contains("<td>0.050</td>")
                .contains("<td>+0.100, -0.300</td>");
    }

    @Test
    void runThatCalledOneClassMakesNoVerdict() throws IOException {
        String page = page(with("contrasts", """
                [{"set": "tf/3", "how": "finetune", "arm": "two", "against": "one", "difference": 0, "low": 0, "high": 0,
                  "detectable": 0, "bySeed": [0.0], "oneClass": ["two, seed 1", "one, seed 1"]}]
                """));
        assertThat(page)
                .contains("<td>one class for every row</td><td>+0.000</td>")
                .contains("tf/3, fine-tuned: two, seed 1; tf/3, fine-tuned: one, seed 1.")
                .doesNotContain("no difference detectable");
        assertThat(page(results())).doesNotContain("the same class");
    }

    @Test
    void oneSeedMakesNoVerdict() throws IOException {
        assertThat(page(with("contrasts", """
                [{"set": "s", "how": "probe", "arm": "two", "against": "one", "difference": -0.2, "low": -0.3, "high": -0.1,
                  "detectable": 0.05, "bySeed": [-0.2]}]
                """)))
                .contains(
                        "<td>frozen encoder</td><td>two</td><td>one</td><td>lower with these weights only</td><td>-0.200</td>"
                                + "<td>-0.300 to -0.100</td><td>0.050</td><td>one seed</td><td>-0.200</td>");
    }

    @ParameterizedTest
    @CsvSource({"3, 3, reproduces", "3, 1, reproduces in part", "3, 0, not shown"})
    void theVerdictOnOverlappingInputFollowsFromTheCounts(int contrasts, int higher, String verdict)
            throws IOException {
        ObjectNode results = results();
        ((ObjectNode) results.get("observations"))
                .set("overlappingInput", JSON.readTree(String.format(Locale.ROOT, """
                {"contrasts": %d, "higher": 3, "lower": 0, "higherOverSeedsToo": %d, "lowerOverSeedsToo": 0}
                """, contrasts, higher)));
        assertThat(page(results))
                .contains("<b>" + verdict
                        + "</b>. Of 3 contrasts (weights and sets) 3 are higher and 0 lower over test rows, " + higher
                        + " and 0 over seeds as well.");
    }

    @ParameterizedTest
    @CsvSource({"true, 'description, no verdict.'", "false, <b>cannot be tested</b>"})
    void attentionIsDescribed(boolean inBetween, String verdict) throws IOException {
        ObjectNode results = results();
        ((ObjectNode) results.get("observations"))
                .set("attention", JSON.readTree(String.format(Locale.ROOT, """
                {"encoders": 5, "notable": 0.98, "rankCorrelationWithMcc": [
                  {"layer": 2, "inBetween": %s, "entropyShare": -0.5, "topKeyShare": 1, "specialShare": null}]}
                """, inBetween)));
        assertThat(page(results))
                .contains(verdict)
                .contains("layer 2: entropy -0.50, top key +1.00, special tokens all alike")
                .contains("From &#177;0.98 on");
    }

    @Test
    void thePageIsTheSameInEveryLocale() throws IOException {
        Locale before = Locale.getDefault();
        JsonNode results = results();
        try {
            String english = page(results);
            for (String tag : List.of("de-DE", "tr-TR", "ar-EG-u-nu-arab")) {
                Locale.setDefault(Locale.forLanguageTag(tag));
                assertThat(page(results)).as(tag).isEqualTo(english);
            }
        } finally {
            Locale.setDefault(before);
        }
    }
}
