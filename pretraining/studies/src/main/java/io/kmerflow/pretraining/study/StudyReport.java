package io.kmerflow.pretraining.study;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** The report: one HTML page that loads nothing, every sentence and plot made from results.json. */
final class StudyReport {
    private static final String STYLE =
            "body{font:15px/1.5 sans-serif;max-width:960px;margin:2em auto;padding:0 1em;color:#222}"
                    + "table{border-collapse:collapse;margin:1em 0}td,th{padding:3px 10px;border-bottom:1px solid #ddd;text-align:right}"
                    + "td:first-child,th:first-child{text-align:left}.plots{display:flex;flex-wrap:wrap;gap:12px}"
                    + ".key span{margin-right:14px;white-space:nowrap}h2{margin-top:2em}";

    private final JsonNode results;
    private final StringBuilder html = new StringBuilder();
    private final List<JsonNode> firstSeed = new ArrayList<>();

    private StudyReport(JsonNode results) {
        this.results = results;
        JsonNode seed = results.at("/settings/seeds/0");
        results.get("units").forEach(u -> {
            if (u.get("seed").asLong() == seed.asLong()) {
                firstSeed.add(u);
            }
        });
    }

    static String of(JsonNode results) {
        return new StudyReport(results).write();
    }

    private String write() {
        html.append("<!DOCTYPE html><html lang='en'><meta charset='utf-8'><title>kmerflow study</title><style>" + STYLE
                + "</style><h1>Study of masking arms</h1>");
        paragraph(String.format(
                        Locale.ROOT,
                        "Commit %s; %d arms, seeds %s, %d pretraining steps each. All arms have the same encoder and, with one",
                        escape(results.get("commit").asText()),
                        results.at("/settings/arms").size(),
                        results.at("/settings/seeds"),
                        results.at("/settings/pretraining/steps").asLong())
                + " seed, see the same pieces in the same order. The contrast is stated in the settings before anything is run:"
                + " every arm against the first.");
        html.append("<h2>What reproduces at this scale, and what does not</h2>");
        observations();
        contrasts();
        scores();
        losses();
        hidden();
        embeddings();
        attention();
        html.append("<h2>Settings</h2><details><summary>as run</summary><pre>")
                .append(escape(results.get("settings").toPrettyString()))
                .append("</pre></details></html>");
        return html.toString();
    }

    private void paragraph(String text) {
        html.append("<p>").append(text).append("</p>");
    }

    private static String escape(String text) {
        return Svg.escape(text);
    }

    private void row(String tag, List<String> cells) {
        html.append("<tr>");
        cells.forEach(c -> html.append('<')
                .append(tag)
                .append('>')
                .append(c)
                .append("</")
                .append(tag)
                .append('>'));
        html.append("</tr>");
    }

    private void key(List<String> names) {
        html.append("<p class='key'>");
        for (int i = 0; i < names.size(); i++) {
            html.append(String.format(
                    Locale.ROOT,
                    "<span><b style='color:%s'>&#9632;</b> %s</span>",
                    Svg.colour(i),
                    escape(names.get(i))));
        }
        html.append("</p>");
    }

    /** RandomMask's three observations, each with its figures and a verdict that follows from them. */
    private void observations() {
        JsonNode all = results.get("observations");
        html.append("<ol>");
        item("Overlapping tokens are better input for fine-tuning: " + overlappingInput(all.get("overlappingInput")));
        item("With overlapping tokens k-mer embeddings soon are clear and the loss is low: "
                + overlappingTokens(all.get("overlappingTokens")));
        item("They narrow the attention of the layers in between: " + attentionAgainstScores(all.get("attention")));
        html.append("</ol>");
    }

    private void item(String text) {
        html.append("<li>").append(text).append("</li>");
    }

    private static String overlappingInput(JsonNode found) {
        int contrasts = found.get("contrasts").asInt();
        if (contrasts == 0) {
            return "not looked at, as no arm is fine-tuned with both.";
        }
        int higher = found.get("higherOverSeedsToo").asInt();
        String verdict = higher == contrasts ? "reproduces" : higher > 0 ? "reproduces in part" : "not shown";
        return String.format(
                Locale.ROOT,
                "<b>%s</b>. Of %d contrasts (weights and sets) %d are higher and %d lower over test rows, %d and %d over"
                        + " seeds as well.",
                verdict,
                contrasts,
                found.get("higher").asInt(),
                found.get("lower").asInt(),
                higher,
                found.get("lowerOverSeedsToo").asInt());
    }

    private static String overlappingTokens(JsonNode arms) {
        List<String> texts = new ArrayList<>();
        for (JsonNode arm : arms) {
            texts.add(String.format(
                    Locale.ROOT,
                    "%s (stride %d): loss %.3f to %.3f nats, %.1f %% of neighbours alike, by chance %.1f %%",
                    escape(arm.get("arm").asText()),
                    arm.get("tokenStride").asInt(),
                    arm.get("firstLoss").asDouble(),
                    arm.get("lastLoss").asDouble(),
                    100 * arm.get("agreement").asDouble(),
                    100 * arm.get("chance").asDouble()));
        }
        return "one value per arm, no verdict. " + String.join("; ", texts) + ".";
    }

    private static String attentionAgainstScores(JsonNode found) {
        if (!found.has("rankCorrelationWithMcc")) {
            return String.format(
                    Locale.ROOT,
                    "not looked at, as %d encoders are too few.",
                    found.get("encoders").asInt());
        }
        List<String> texts = new ArrayList<>();
        boolean inBetween = false;
        for (JsonNode layer : found.get("rankCorrelationWithMcc")) {
            inBetween |= layer.get("inBetween").asBoolean();
            texts.add(String.format(
                    Locale.ROOT,
                    "layer %d: entropy %s, top key %s, special tokens %s",
                    layer.get("layer").asInt(),
                    rank(layer.get("entropyShare")),
                    rank(layer.get("topKeyShare")),
                    rank(layer.get("specialShare"))));
        }
        return String.format(
                Locale.ROOT,
                "%s Spearman's rank correlation of the attention at the end with the mean fine-tuned MCC, over %d pretrained"
                        + " encoders of overlapping tokens: %s. From &#177;%.2f on it is notable (5 %%, for one look).",
                inBetween
                        ? "description, no verdict."
                        : "<b>cannot be tested</b>, as this encoder has no layer between its first and its last.",
                found.get("encoders").asInt(),
                String.join("; ", texts),
                found.get("notable").asDouble());
    }

    private static String rank(JsonNode value) {
        return value.isNull() ? "all alike" : String.format(Locale.ROOT, "%+.2f", value.asDouble());
    }

    private void contrasts() {
        html.append("<h3>Every contrast</h3><table>");
        row(
                "th",
                List.of("set", "how", "arm", "against", "verdict", "MCC", "rows", "detectable", "seeds", "each seed"));
        for (JsonNode c : results.get("contrasts")) {
            row(
                    "td",
                    List.of(
                            escape(c.get("set").asText()),
                            switch (c.get("how").asText()) {
                                case "probe" -> "frozen encoder";
                                case "overlap" -> "fine-tuned with overlapping tokens";
                                default -> "fine-tuned";
                            },
                            escape(c.get("arm").asText()),
                            escape(c.get("against").asText()),
                            verdict(c),
                            String.format(
                                    Locale.ROOT, "%+.3f", c.get("difference").asDouble()),
                            interval(c),
                            String.format(
                                    Locale.ROOT, "%.3f", c.get("detectable").asDouble()),
                            c.has("seeds") ? interval(c.get("seeds")) : "one seed",
                            seeds(c.get("bySeed"))));
        }
        html.append("</table>");
        paragraph(
                "MCC: mean over the seeds of the difference. Rows: 95 % interval of 1,000 paired bootstrap draws of test rows, for these"
                        + " very weights; a difference as large as 'detectable' would have been seen in four of five such test sets. Seeds:"
                        + " 95 % interval of the mean over pretraining seeds, by Student's t. A verdict of higher or lower needs both"
                        + " intervals on one side of 0. No correction is made for looking at several contrasts.");
    }

    private static String verdict(JsonNode contrast) {
        int rows = Contrasts.side(contrast);
        int seeds = contrast.has("seeds") ? Contrasts.side(contrast.get("seeds")) : 0;
        if (rows == 0) {
            return "no difference detectable";
        }
        String direction = rows > 0 ? "higher" : "lower";
        return rows == seeds ? "<b>" + direction + "</b>" : direction + " with these weights only";
    }

    private static String interval(JsonNode interval) {
        return String.format(
                Locale.ROOT,
                "%+.3f to %+.3f",
                interval.get("low").asDouble(),
                interval.get("high").asDouble());
    }

    private static String seeds(JsonNode values) {
        List<String> texts = new ArrayList<>();
        values.forEach(v -> texts.add(String.format(Locale.ROOT, "%+.3f", v.asDouble())));
        return String.join(", ", texts);
    }

    private void scores() {
        html.append("<h2>Downstream scores (MCC on the whole test split)</h2>");
        openFold("every arm, seed and set");
        row("th", List.of("arm", "seed", "set", "how", "token stride", "MCC", "pretraining, s", "tokens"));
        for (JsonNode unit : results.get("units")) {
            for (JsonNode s : unit.get("scores")) {
                row(
                        "td",
                        List.of(
                                escape(unit.get("arm").asText()),
                                unit.get("seed").asText(),
                                escape(s.get("set").asText()),
                                s.get("how").asText(),
                                s.get("stride").asText(),
                                String.format(Locale.ROOT, "%.3f", s.get("mcc").asDouble()),
                                unit.has("pretrainingSeconds")
                                        ? String.format(
                                                Locale.ROOT,
                                                "%.0f",
                                                unit.get("pretrainingSeconds").asDouble())
                                        : "-",
                                unit.has("tokens")
                                        ? String.format(
                                                Locale.ROOT,
                                                "%,d",
                                                unit.get("tokens").asLong())
                                        : "-"));
            }
        }
        closeFold();
    }

    /** Long tables are there to look up, not to read. */
    private void openFold(String what) {
        html.append(String.format(Locale.ROOT, "<details><summary>%s</summary><table>", what));
    }

    private void closeFold() {
        html.append("</table></details>");
    }

    private void losses() {
        html.append("<h2>Training loss</h2>");
        Map<String, List<double[]>> lines = new LinkedHashMap<>();
        for (JsonNode unit : firstSeed) {
            if (unit.has("losses")) {
                List<double[]> line = new ArrayList<>();
                unit.get("losses")
                        .forEach(p -> line.add(
                                new double[] {p.get(0).asDouble(), p.get(2).asDouble()}));
                lines.put(unit.get("arm").asText(), line);
            }
        }
        key(new ArrayList<>(lines.keySet()));
        html.append("<div class='plots'>")
                .append(Svg.lines("Loss of the masked tokens", "step", "nats", lines))
                .append("</div>");
        paragraph(
                "Losses of different widths and strides are not comparable. Once an encoder of overlapping 6-mers uses its"
                        + " neighbours, its loss lies below 2.01 nats (6 tokens), 3.70 (8), 4.74 (10), 5.41 (12) and 5.89 (14).");
        lines.forEach((arm, line) -> {
            double last = line.get(line.size() - 1)[1];
            html.append(String.format(
                    Locale.ROOT,
                    "<p>%s ends at %.3f nats, %.3f below its start.</p>",
                    escape(arm),
                    last,
                    line.get(0)[1] - last));
        });
    }

    private void hidden() {
        html.append("<h2>Hidden bases under stored masks</h2>");
        paragraph(
                "Nats per base / accuracy over the bases that no unmasked token reveals; token probabilities summed to bases,"
                        + " mean over the tokens that cover it. ln 4 = 1.386. In the last column, nats per k-mer of the next k-mer, which"
                        + " nothing visible overlaps. Non-overlapping arms see fewer of the neighbouring bases: a lower bound."
                        + " Repeat: the 24-mer around the base occurs more than once in the genomes.");
        html.append("<table>");
        row(
                "th",
                List.of(
                        "arm or control",
                        "m = 6",
                        "m = 10",
                        "m = 14",
                        "m = 20",
                        "m = 14 unique",
                        "m = 14 repeat",
                        "next k-mer"));
        for (JsonNode unit : firstSeed) {
            hiddenRow(unit.get("arm").asText(), unit.get("hidden"));
        }
        results.at("/controls/hidden").fields().forEachRemaining(e -> hiddenRow(e.getKey(), e.getValue()));
        html.append("</table>");
    }

    private void hiddenRow(String name, JsonNode hidden) {
        List<String> cells = new ArrayList<>(List.of(escape(name)));
        for (int width : StudyConfig.MASK_WIDTHS) {
            cells.add(base(hidden.at("/" + width + "/all")));
        }
        cells.add(base(hidden.at("/14/unique")));
        cells.add(base(hidden.at("/14/repeat")));
        cells.add(
                String.format(Locale.ROOT, "%.3f", hidden.at("/next-k-mer/loss").asDouble()));
        row("td", cells);
    }

    private static String base(JsonNode part) {
        return part.get("bases").asInt() == 0
                ? "none"
                : String.format(
                        Locale.ROOT,
                        "%.3f / %.3f",
                        part.get("loss").asDouble(),
                        part.get("accuracy").asDouble());
    }

    private void embeddings() {
        html.append("<h2>K-mer embeddings, coloured by the two middle bases</h2>");
        for (JsonNode unit : firstSeed) {
            JsonNode map = unit.get("embeddings");
            paragraph(String.format(
                    Locale.ROOT,
                    "%s: of a k-mer's 10 nearest, %.1f %% share its two middle bases (by chance %.1f %%).",
                    escape(unit.get("arm").asText()),
                    100 * map.get("agreement").asDouble(),
                    100 * map.get("chance").asDouble()));
            html.append("<div class='plots'>")
                    .append(Svg.points(unit.get("arm").asText() + ", PCA", points(map.get("pca"))))
                    .append(Svg.points(unit.get("arm").asText() + ", t-SNE", points(map.get("tsne"))))
                    .append("</div>");
        }
    }

    private static List<double[]> points(JsonNode nodes) {
        List<double[]> points = new ArrayList<>();
        nodes.forEach(p -> points.add(
                new double[] {p.get(0).asDouble(), p.get(1).asDouble(), p.get(2).asDouble()}));
        return points;
    }

    private void attention() {
        html.append("<h2>Attention at the stage borders</h2>");
        paragraph(
                "Entropy as a share of that of even attention, largest share of one key, share of [CLS] and [SEP] together,"
                        + " beside the mean fine-tuned MCC of the finished arm. With one value per arm this is description, not evidence;"
                        + " rank correlations over all encoders stand at the top.");
        openFold("every arm, border and layer, first seed");
        row("th", List.of("arm", "step", "layer", "entropy", "top key", "special", "MCC"));
        for (JsonNode unit : firstSeed) {
            double score = Observations.finetuned(unit);
            String mcc = Double.isNaN(score) ? "-" : String.format(Locale.ROOT, "%.3f", score);
            for (JsonNode at : unit.get("attention")) {
                for (JsonNode layer : at.get("layers")) {
                    row(
                            "td",
                            List.of(
                                    escape(unit.get("arm").asText()),
                                    at.get("step").asText(),
                                    layer.get("layer").asText(),
                                    String.format(
                                            Locale.ROOT,
                                            "%.3f",
                                            layer.get("entropyShare").asDouble()),
                                    String.format(
                                            Locale.ROOT,
                                            "%.3f",
                                            layer.get("topKeyShare").asDouble()),
                                    String.format(
                                            Locale.ROOT,
                                            "%.3f",
                                            layer.get("specialShare").asDouble()),
                                    mcc));
                }
            }
        }
        closeFold();
    }
}
